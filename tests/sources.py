"""Every source's sample against what it should give: byte for byte, awkward cell by awkward cell, and with the rows of its files permuted.

Called by tests/command/sources.sh in a scratch folder: sources.py ROOT [SOURCE…]; prints TAP lines.
"""

import json
import os
import random
import shutil
import subprocess

from samples import adapt, each_source, result


def tasks_of(stream):
    """[(task line, [example or instance line, …])] of a stream."""
    tasks = []
    for line in stream.decode().splitlines():
        record = json.loads(line)
        if "task" in record:
            tasks.append((record, []))
        else:
            tasks[-1][1].append(record)
    return tasks


def raw_holds(path, text):
    with open(path, "rb") as file:
        data = file.read()
    if text.encode() in data or text.encode("utf-16-le") in data:
        return True
    read = subprocess.run(["spectrum", "read", path], capture_output=True).stdout
    return text.encode() in read or json.dumps(text, ensure_ascii=False)[1:-1].encode() in read


def check_cell(source, sample, cell, tasks):
    what = f"{source}: {cell['what']}"
    if "file" in cell and not raw_holds(os.path.join(sample, cell["file"]), cell["in"]):
        return result(False, what, f"{cell['file']} does not hold {cell['in']!r}")
    lines = [l for t, ls in tasks if t["task"] == cell["task"] and cell.get("part", t["part"]) == t["part"] for l in ls]
    wanted = [key for key in ("output", "input", "absent", "values") if key in cell]
    if not wanted:
        return result(False, what, "the cell says nothing to expect")
    if "absent" in cell and (not lines or any(cell["absent"] in l.get("output", "") + "\0" + l.get("input", "") for l in lines)):
        return result(False, what, f"{cell['absent']!r} should occur nowhere")
    if "values" in cell and not any(all(l.get("values", {}).get(k) == v for k, v in cell["values"].items()) for l in lines):
        return result(False, what, f"no instance has the values {cell['values']}")
    keys = [key for key in ("output", "input") if key in cell]
    if keys and not any(all(l.get(k) == cell[k] for k in keys) for l in lines if "output" in l):
        near = "\n".join(json.dumps(l, ensure_ascii=False) for l in lines if "output" in l)
        return result(False, what, f"no example has {[cell[k] for k in keys]}; there are\n{near}")
    result(True, what)


def csv_records(text):
    """The records of a CSV text with their line ends: a line end inside quotes does not end one."""
    records, start, quoted = [], 0, False
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif c == "\n" and not quoted:
            records.append(text[start : i + 1])
            start = i + 1
    return records, text[start:]


def is_json_lines(text):
    """Some publishers call JSON Lines .json."""
    try:
        return len([json.loads(line) for line in text.split("\n") if line.strip()]) > 1
    except ValueError:
        return False


def permute(path, header, seed):
    """Puts the rows of a text file into another order; False when this file's kind cannot be."""
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "surrogateescape")
    shuffle = random.Random(seed).shuffle
    json_lines = path.endswith(".jsonl") or (path.endswith(".json") and is_json_lines(text))
    if json_lines or path.endswith((".csv", ".tsv", ".txt")):
        records, rest = csv_records(text) if path.endswith(".csv") else (text.splitlines(keepends=True), "")
        if rest:
            records.append(rest + "\n")
        if not path.endswith(".csv") and records and not records[-1].endswith("\n"):
            records[-1] += "\n"
        head = records[:1] if header and not json_lines else []
        body = records[len(head) :]
        shuffle(body)
        text = "".join(head + body)
    elif path.endswith(".json"):
        try:
            rows = json.loads(text)
        except ValueError:
            return False
        if isinstance(rows, list):
            shuffle(rows)
        elif isinstance(rows, dict) and all(isinstance(v, dict) for v in rows.values()):
            items = list(rows.items())
            shuffle(items)
            rows = dict(items)
        else:
            return False
        text = json.dumps(rows, ensure_ascii=False)
    else:
        return False
    with open(path, "wb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
    return True


def check_permuted(source, folder, sample, manifest, exempt, wanted):
    shutil.rmtree("permuted", ignore_errors=True)
    shutil.copytree(sample, "permuted")
    readers = {table.get("reader") for table in manifest["tables"]}
    header = not any(table.get("header") is False for table in manifest["tables"] if table.get("reader") in ("csv", "tsv"))
    headless = {t["files"].rsplit("/", 1)[-1].split("{")[0] for t in manifest["tables"] if t.get("header") is False}
    count = 0
    for top, _, names in os.walk("permuted"):
        for name in sorted(names):
            path = os.path.join(top, name)
            local = os.path.relpath(path, "permuted")
            if local in exempt or (name.endswith(".txt") and "lines" in readers):
                continue
            has_header = header or not any(name.startswith(h) for h in headless)
            count += permute(path, has_header, 7)
    if not count:
        return
    got, errors, status = adapt(folder, "permuted")
    result(status == 0 and got == wanted, f"{source}: the rows of its {count} files permuted give the same bytes", errors)


def check_source(root, source):
    folder = os.path.join(root, "sources", source)
    with open(os.path.join(folder, "source.json")) as file:
        manifest = json.load(file)
    sample, expect = os.path.join(folder, "sample"), os.path.join(folder, "expect")
    generated = manifest["access"] == "generated"
    if generated and not os.path.isdir(sample):
        os.makedirs("empty", exist_ok=True)
        sample = "empty"
    for path in (sample, expect):
        if not os.path.isdir(path):
            return result(False, f"{source}: has {os.path.basename(path)}/")
    got, errors, status = adapt(folder, sample)
    with open(os.path.join(expect, "instances.jsonl" if not generated else "instances.sha256"), "rb") as file:
        wanted = file.read()
    if generated:
        import hashlib

        result(status == 0 and hashlib.sha256(got).hexdigest() == wanted.decode().strip(), f"{source}: the same bytes as ever", errors)
        return
    with open("got.jsonl", "wb") as file:
        file.write(got)
    difference = subprocess.run(["diff", os.path.join(expect, "instances.jsonl"), "got.jsonl"], capture_output=True)
    result(status == 0 and got == wanted, f"{source}: its sample adapts to expect/ byte for byte", errors + difference.stdout.decode(errors="replace"))
    declared = {(t["name"], t.get("part", "")) for t in manifest["tasks"]}
    tasks = tasks_of(got) if got else []
    built = {(t["task"], t["part"]) for t, lines in tasks if lines}
    result(declared == built, f"{source}: every task and part gives examples", f"nothing of {sorted(declared - built)}")
    cells = []
    if os.path.exists(os.path.join(expect, "cells.jsonl")):
        with open(os.path.join(expect, "cells.jsonl")) as file:
            cells = [json.loads(line) for line in file if line.strip()]
    exempt = {name for cell in cells if "row_order_matters" in cell for name in cell["files"]}
    for cell in cells:
        if "row_order_matters" not in cell:
            check_cell(source, sample, cell, tasks)
    check_permuted(source, folder, sample, manifest, exempt, got)


each_source(check_source)
