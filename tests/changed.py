"""Published files that changed: every column and nested key that a source reads, renamed one at a time in a copy of its sample, is an error that
names source, file and what is missing.

Called by tests/command/changed.sh in a scratch folder: changed.py ROOT [SOURCE…]; prints TAP lines.
"""

import bz2
import csv
import gzip
import io
import json
import os
import re
import shutil

from samples import adapt, each_source, result

# Members whose names are data: people, or whatever a survey asked.
DATA = re.compile(r"lewidi-.* annotations/ ?\w+|collective-alignment demographics/\w+|hatespeech ratings/\*/\w+")


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if path.endswith(".gz") else bz2.decompress(data) if path.endswith(".bz2") else data


def write(path, data):
    with open(path, "wb") as file:
        file.write(gzip.compress(data) if path.endswith(".gz") else bz2.compress(data) if path.endswith(".bz2") else data)


def renamed(value, steps, new):
    """A JSON value with the last of `steps` renamed; '*' is any element or member."""
    if isinstance(value, list):
        return [renamed(v, steps[1:], new) for v in value] if steps[0] == "*" else value
    if not isinstance(value, dict):
        return value
    if len(steps) == 1:
        return {new if k == steps[0] else k: v for k, v in value.items()}
    return {k: renamed(v, steps[1:], new) if steps[0] in ("*", k) else v for k, v in value.items()}


def nested(value, at, found):
    """The paths of the keys within a JSON value; what lies deeper (replies to replies) repeats itself."""
    if len(at) >= 6:
        return
    for key, v in value.items() if isinstance(value, dict) else (("*", v) for v in value) if isinstance(value, list) else ():
        if isinstance(value, dict):
            found.add(at + (key,))
        nested(v, at + (key,), found)


class Json:
    """A jsonl or json file; its records' keys are steps behind self.above."""

    def __init__(self, data, table):
        text = data.decode("utf-8", "surrogateescape")
        for repair in table.get("repair", []):
            text = re.sub(repair["match"], re.sub(r"\$(\d)", r"\\\1", repair["with"]), text)
        lines = table["reader"] == "jsonl"
        self.values = [json.loads(line) for line in text.split("\n") if line.strip()] if lines else [json.loads(text)]
        whole = lines or "at" not in table and isinstance(self.values[0], dict)
        self.above = () if whole else tuple(table.get("at", "").split("/")[1:]) + ("*",)

    def nested(self, columns):
        found = set()
        for v in self.values:
            nested(v, (), found)
        inside = {p[len(self.above) :] for p in found if len(p) > len(self.above) + 1}
        return sorted(p for p in inside if p[0] in columns)

    def rename(self, steps):
        values = [renamed(v, self.above + steps, steps[-1] + "_x") for v in self.values]
        return "\n".join(json.dumps(v, ensure_ascii=False) for v in values).encode("utf-8", "surrogateescape") + b"\n"


class Csv:
    def __init__(self, data, table):
        self.encoding = table.get("encoding", "utf-8")
        self.text = data.decode(self.encoding)
        self.delimiter = table.get("delimiter", "\t" if table["reader"] == "tsv" else ",")
        self.header = next(csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter))

    def nested(self, columns):
        return []

    def rename(self, steps):
        line = io.StringIO()
        header = [c + "_x" if c.strip("\ufeff ") == steps[0] else c for c in self.header]
        csv.writer(line, delimiter=self.delimiter, lineterminator="").writerow(header)
        return (line.getvalue() + self.text[self.text.index("\n") :]).encode(self.encoding)


class Parquet:
    """Names are changed in the footer, to others of the same length: its schema and its column chunks have them with their lengths before them."""

    def __init__(self, data, table):
        size = int.from_bytes(data[-8:-4], "little")
        self.data, self.footer, self.end = data[: -8 - size], data[-8 - size : -8], data[-8:]

    def nested(self, columns):
        return []

    def rename(self, steps):
        name = steps[-1].encode()
        return self.data + self.footer.replace(bytes([len(name)]) + name, bytes([len(name)]) + name[:-1] + b"~") + self.end


KINDS = {"jsonl": Json, "json": Json, "csv": Csv, "tsv": Csv, "parquet": Parquet}


def first_file(sample, pattern):
    form = re.compile("".join(".+" if i % 2 else re.escape(s) for i, s in enumerate(re.split(r"\{(\w+)\}", pattern))))
    files = sorted(os.path.relpath(os.path.join(top, f), sample) for top, _, names in os.walk(sample) for f in names)
    return next((f for f in files if form.fullmatch(f)), None)


def check_table(source, folder, table, wanted, problems):
    """Gives how many names were tried."""
    sample = os.path.join(folder, "sample")
    name = first_file(sample, table["files"])
    file = KINDS[table["reader"]](read(os.path.join(sample, name)), table)
    beside = set(re.findall(r"\{(\w+)\}", table["files"])) | {"_row", "_file", "_key"} | set(table.get("optional", []))
    beside |= {table.get("long", {}).get("key"), table.get("long", {}).get("value")}
    columns = [c for c in table["columns"] if c not in beside]
    keys = [tuple(k.split("/")) for k in table.get("keys", [])]
    other = [p for p in file.nested(columns) if p not in keys and not any(k[: len(p)] == p for k in keys)]
    for steps in [(c,) for c in columns] + keys + other:
        shutil.rmtree("changed", ignore_errors=True)
        shutil.copytree(sample, "changed")
        write(os.path.join("changed", name), file.rename(steps))
        got, errors, status = adapt(folder, "changed")
        what = "/".join(steps)
        if steps not in other:
            told = errors.strip().split("\n")[-1]
            kind = "key" if len(steps) > 1 else "column"
            like = "[^']*/" + steps[-1] if kind == "key" and table["reader"] == "parquet" else re.escape(what)
            if status != 1 or not re.search(rf"{source}: {re.escape(name)} has no {kind} '{like}' that table", told):
                problems.append(f"{name}: {what}: status {status}, {told}")
        elif (status or got != wanted) and not DATA.fullmatch(f"{source} {what}"):
            problems.append(f"{name}: {what}: it is read, so \"keys\" should list it")
    return len(columns) + len(keys)


def check_source(root, source):
    folder = os.path.join(root, "sources", source)
    with open(os.path.join(folder, "source.json")) as file:
        manifest = json.load(file)
    tables = [t for t in manifest.get("tables", []) if t["reader"] in KINDS and t.get("header", True)]
    if not tables or not os.path.isdir(os.path.join(folder, "sample")):
        return
    wanted, errors, status = adapt(folder, os.path.join(folder, "sample"))
    problems = [errors] if status else []
    count = sum(check_table(source, folder, table, wanted, problems) for table in tables)
    result(not problems, f"{source}: each of {count} columns and keys, renamed, is an error that names the file and it", problems)


each_source(check_source)
