"""schemas/ and `spectrum check` against the package jsonschema, on valid and on mutated records.

Usage: schemas.py BIN     (BIN: the folder of the programs; an environment with jsonschema)

The schemas must be valid drafts 2020-12; every record of real streams must pass; and of thousands of mutated records (a key dropped, renamed or added, a value of
another type, a number moved) both must say the same. Prints TAP lines; leaves with 1 when one fails.
"""
import copy
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
failures = 0
rng = random.Random(5)


def result(good, what, detail=""):
    global failures
    print(("ok - " if good else "not ok - ") + what)
    if not good:
        failures += 1
        print("#   " + str(detail)[:1500].replace("\n", "\n#   "))


def run(*command, text=None):
    return subprocess.run([str(BIN / command[0]), *map(str, command[1:])], input=text, capture_output=True)


def validator(name):
    schema = json.loads((ROOT / "schemas" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def places(value, path=()):
    """All places inside a value."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    if isinstance(value, list):
        for i in range(min(len(value), 3)):
            yield from places(value[i], path + (i,))


OTHERS = [None, True, 0, -1, 1.5, 2.0, 10**10, "", "x", "test", [], ["x"], {}, {"x": 1}, -100, 1e300]


def mutate(record):
    record = copy.deepcopy(record)
    path = rng.choice([p for p in places(record) if p])
    at = record
    for step in path[:-1]:
        at = at[step]
    kind = rng.randrange(4)
    if kind == 0:
        at[path[-1]] = rng.choice(OTHERS)
    elif kind == 1 and isinstance(at, dict):
        del at[path[-1]]
    elif kind == 2 and isinstance(at, dict):
        at["unheard_of"] = rng.choice(OTHERS)
    elif isinstance(at, dict):
        at[path[-1] + "_"] = at.pop(path[-1])
    else:
        at[path[-1]] = rng.choice(OTHERS)
    return record


def theirs(schema, definition, record):
    if definition:
        schema = {"$defs": schema["$defs"], "$ref": "#/$defs/" + definition}
    return jsonschema.Draft202012Validator(schema).is_valid(record)


def compare(name, schema_file, definition, records, head=()):
    """Ours reads all records of a kind as one stream and says which lines are wrong."""
    schema = validator(schema_file)
    wrong = [r for r in records if not theirs(schema, definition, r)]
    result(records and not wrong, f"{name}: {len(records)} real records are valid", wrong[:1])
    mutants = [mutate(rng.choice(records)) for _ in range(3000)]
    lines = list(head) + mutants
    text = "".join(json.dumps(r) + "\n" for r in lines).encode()
    done = run("spectrum-check", "-", text=text)
    ours = set()
    for line in done.stderr.decode().splitlines():
        parts = line.split(":")
        # what only the contract and not the schema says
        if len(parts) > 2 and parts[1].strip() == "-" and parts[2].isdigit() and not any(rule in line for rule in RULES):
            ours.add(int(parts[2]))
    differences = []
    for number, record in enumerate(lines, 1):
        if number <= len(head):
            continue
        kind = definition
        if definition:  # an instance stream: the keys tell what kind a line is
            kind = "task" if "task" in record else "instance" if "instance" in record else "example"
        if theirs(schema, kind, record) == (number in ours):
            differences.append((number, record))
    invalid = sum(not theirs(schema, definition, m) for m in mutants)
    result(500 < invalid < 3000 and not differences, f"{name}: of 3,000 mutants {invalid} are invalid; both agree on each", differences[:2])


def compare_files(name, schema_file, records, known):
    """Ours reads each record as a file; what the schema says begins with a place in it."""
    schema = validator(schema_file)
    mutants = [m for m in (mutate(rng.choice(records)) for _ in range(3000)) if any(key in m for key in known)]
    for i, mutant in enumerate(mutants):
        pathlib.Path(f"{i}.json").write_text(json.dumps(mutant))
    done = run("spectrum-check", *(f"{i}.json" for i in range(len(mutants))))
    ours = {int(found[1]) for found in re.finditer(r"^spectrum check: (\d+)\.json: (?:/|\(the whole\))", done.stderr.decode(), re.M)}
    differences = [(i, m) for i, m in enumerate(mutants) if theirs(schema, None, m) == (i in ours)]
    result(500 < len(ours) < len(mutants) and not differences, f"{name}: of {len(mutants)} mutants {len(ours)} are invalid; both agree on each", differences[:2])


RULES = ["without a task line", "without an instance line", "that is not the first message", "are not numbered", "without an output",
         "no output", "not of equal length", "neither -100", "do not count up"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        env = ROOT / "sources"
        os.makedirs("raw")
        os.symlink(env / "polis" / "sample", "raw/polis")
        instances = run("spectrum-adapt", env / "polis", "--raw", "raw").stdout
        instances += run("spectrum-adapt", env / "flight", "--limit", "5").stdout
        sequences = run("spectrum-draw", "-", text=instances).stdout
        records = [json.loads(line) for line in instances.splitlines()]
        task, instance = records[0], {"instance": "x"}
        for kind, key in (("task", "task"), ("instance", "instance"), ("example", "output")):
            some = [r for r in records if key in r and (kind == "task") == ("task" in r)]
            compare(f"instances: {kind}", "instances.json", kind, some, head=[task, instance])
        compare("sequences", "sequence.json", None, [json.loads(line) for line in sequences.splitlines()][:200],
                head=[json.loads(sequences.splitlines()[0])])
        row = {"task": "t", "part": "", "source": "s", "split": "train", "instance": "", "sequence": 0, "input_ids": [2, 7, 8], "labels": [-100, 7, 8], "example": [-1, 0, 0]}
        compare("token rows", "token-row.json", None, [row], head=[row])
        manifest = validator("source.json")
        for path in sorted(env.glob("*/source.json")):
            record = json.loads(path.read_text())
            result(theirs(manifest, None, record), f"manifest of {record['id']} is valid")
        formats = [json.loads(path.read_text()) for path in sorted((ROOT / "tools/formats").glob("*.json"))]
        result(len(formats) > 4 and all(theirs(validator("format.json"), None, f) for f in formats), f"{len(formats)} files of formats are valid")
        compare_files("files of formats", "format.json", formats, ("markers", "formats"))
        for name in ("mds-index.json", "meta.json"):
            validator(name)
        pathlib.Path("rows").write_text(json.dumps(row) + "\n")
        run("spectrum-pack", "-o", "set", "rows")
        for name, schema in (("index.json", "mds-index.json"), ("meta.json", "meta.json")):
            result(theirs(validator(schema), None, json.loads(pathlib.Path("set/train", name).read_text())), f"{name} of a packed data set is valid")
    sys.exit(1 if failures else 0)


main()
