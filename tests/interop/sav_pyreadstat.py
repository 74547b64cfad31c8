"""The SPSS reader against pyreadstat, value by value.

Usage: sav_pyreadstat.py BIN     (BIN: the folder of the programs; an environment with pandas and pyreadstat)

Files with random variables, labels and missing codes, plain and compressed, a few rows to many. Prints TAP lines; leaves with 1 when one fails.
"""
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import pandas
import pyreadstat

PROGRAM = pathlib.Path(sys.argv[1]) / "spectrum-read"
R = random.Random(2)
compared = differences = 0


def ours(path, *options):
    run = subprocess.run([PROGRAM, *options, str(path)], capture_output=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def differ(what, got, want):
    global compared, differences
    compared += 1
    if got == want:
        return
    differences += 1
    if differences < 5:
        print(f"# {what}: {got!r}, wanted {want!r}")


def make(path, rows):
    columns, labels, values, missing, formats = {}, [], {}, {}, {}
    for i in range(R.randrange(1, 30)):
        name, kind = f"V{i}_é" if i % 5 == 4 else f"V{i}", R.choice(["code", "real", "text", "long"])
        labels.append(R.choice([None, "A label", "Ünï “quoted”"]))
        if kind == "code":
            columns[name] = [R.choice([None, -1.0, 0.0, 1.0, 2.0, 99.0]) for _ in range(rows)]
            values[name] = {float(c): f"code {c}" for c in R.sample([-1, 0, 1, 2, 99], 4)}
            missing[name] = R.choice([[99.0], [{"lo": -9, "hi": -1}], [{"lo": -9, "hi": -1}, 99.0], [1.0, 2.0, 99.0]])
            formats[name] = R.choice(["F2.0", "F8.2"])
        elif kind == "real":
            columns[name] = [R.choice([None, R.random(), R.gauss(0, 1e9), 1e-300]) for _ in range(rows)]
            formats[name] = "F12.4"
        else:
            most = 20 if kind == "text" else 700
            columns[name] = ["".join(R.choice("abc é€\"\n") for _ in range(R.randrange(most))).rstrip(" ") for _ in range(rows)]
    frame = pandas.DataFrame({k: pandas.Series(v, dtype=object if v and isinstance(v[0], str) else float) for k, v in columns.items()})
    pyreadstat.write_sav(frame, path, column_labels=labels, variable_value_labels=values, missing_ranges=missing, variable_format=formats,
                         compress=path.suffix == ".zsav", row_compress=R.random() < 0.5 and path.suffix == ".sav")


def compare(path):
    frame, meta = pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
    rows = ours(path)
    differ(f"{path.name} rows", len(rows), len(frame))
    for name in meta.column_names:
        whole = meta.original_variable_types[name].endswith((".0",)) or "." not in meta.original_variable_types[name]
        for i, (row, want) in enumerate(zip(rows, frame[name])):
            if isinstance(want, float):
                want = None if math.isnan(want) else int(want) if whole and want.is_integer() else want
            got = row[name]
            differ(f"{path.name} row {i + 1} {name}", (type(got), got), (type(want), want))
    variables = ours(path, "--part", "variables")
    differ("names", [v["variable"] for v in variables], meta.column_names)
    differ("labels", [v["label"] for v in variables], [label or None for label in meta.column_labels])
    for v in variables:
        ranges = meta.missing_ranges.get(v["variable"], [])
        differ(f"{path.name} missing {v['variable']}", v["missing"], [[r["lo"], r["hi"]] for r in ranges])
    labels = ours(path, "--part", "labels")
    for name in meta.column_names:
        wanted = list(meta.variable_value_labels.get(name, {}).items())
        differ(f"{path.name} labels of {name}", [(float(v["value"]), v["label"]) for v in labels if v["variable"] == name], wanted)


with tempfile.TemporaryDirectory() as folder:
    for n in range(60):
        path = pathlib.Path(folder) / f"{n}{R.choice(['.sav', '.zsav'])}"
        make(path, R.choice([1, 3, 40, 3000]) if n else 20000)
        compare(path)
        path.unlink()
print(f"{'not ok' if differences else 'ok'} - sav: 60 files of pyreadstat {pyreadstat.__version__}, {compared} values compared, {differences} differences")
sys.exit(differences > 0)
