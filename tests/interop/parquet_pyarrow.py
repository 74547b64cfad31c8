"""The Parquet reader against pyarrow, value by value.

Usage: parquet_pyarrow.py BIN [FOLDER…]     (BIN: the folder of the programs; an environment with pyarrow; FOLDER: published files)

Compares what `spectrum read` prints with what pyarrow reads, on the files of the folders and on files that pyarrow writes in all combinations of
type × encoding × nesting, with codec, page version, page size, row group size and checksums going round. Prints TAP lines; leaves with 1 when one fails.
"""
import datetime
import decimal
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

PROGRAM = pathlib.Path(sys.argv[1]) / "spectrum-read"
counts = {"files": 0, "values": 0, "differences": 0}


class Number(str):
    """A JSON number with its digits."""


def ours(path, *options):
    run = subprocess.run([PROGRAM, *options, str(path)], capture_output=True)
    if run.returncode:
        raise RuntimeError(run.stderr.decode())
    pairs = lambda items: tuple(("pair", k, v) for k, v in items)
    return [json.loads(line, parse_int=Number, parse_float=Number, object_pairs_hook=pairs) for line in run.stdout.splitlines()]


def date_text(days):
    """Days since 1970, also far outside of Python's years."""
    cycles, rest = divmod(days + 719162, 146097)
    day = datetime.date.fromordinal(rest + 1)
    year = day.year + 400 * cycles
    head = f"{year:04d}" if 0 <= year <= 9999 else f"{year:+07d}"
    return f"{head}-{day.month:02d}-{day.day:02d}"


DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def time_text(units, digits):
    seconds, part = divmod(units, 10**digits)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part:0{digits}d}"


def timestamp_text(units, digits):
    days, rest = divmod(units, 86400 * 10**digits)
    return date_text(days) + "T" + time_text(rest, digits)


def bytes_text(b):
    try:
        return b.decode()
    except UnicodeDecodeError:
        return "\\x" + b.hex()


def wanted(scalar):
    """What our JSON should hold for an Arrow scalar, after `ours` has parsed it."""
    t = scalar.type
    if isinstance(t, pa.ExtensionType) or isinstance(t, pa.BaseExtensionType):
        if t.extension_name == "arrow.uuid":
            return None if not scalar.is_valid else str(uuid.UUID(bytes=scalar.value.as_py()))
        scalar, t = scalar.value, t.storage_type
    if not scalar.is_valid or pa.types.is_null(t):
        return None
    if pa.types.is_boolean(t):
        return scalar.as_py()
    if pa.types.is_integer(t):
        return Number(scalar.as_py())
    if pa.types.is_floating(t):
        v = float(scalar.as_py())
        return v if math.isfinite(v) else None
    if pa.types.is_decimal(t):
        return Number(f"{scalar.as_py():f}")
    if pa.types.is_date(t):
        return date_text(scalar.cast(pa.date32()).value)
    if pa.types.is_time(t):
        return time_text(scalar.value, DIGITS[t.unit])
    if pa.types.is_timestamp(t):
        return timestamp_text(scalar.value, DIGITS[t.unit]) + ("Z" if t.tz else "")
    if pa.types.is_string(t) or pa.types.is_large_string(t):
        return scalar.as_py()
    if pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_fixed_size_binary(t):
        return bytes_text(scalar.as_py())
    if pa.types.is_map(t):
        return tuple(("pair", key_text(entry[0]), wanted(entry[1])) for entry in scalar.values)
    if pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t):
        return [wanted(v) for v in scalar.values]
    if pa.types.is_struct(t):
        return tuple(("pair", t.field(i).name, wanted(scalar[i])) for i in range(t.num_fields))
    if pa.types.is_dictionary(t):
        return wanted(scalar.value)
    raise NotImplementedError(str(t))


def key_text(scalar):
    v = wanted(scalar)
    return v if isinstance(v, str) and not isinstance(v, Number) else str(v) if isinstance(v, Number) else json.dumps(v)


def count_values(v):
    return sum(map(count_values, v)) if isinstance(v, (list, tuple)) and v else 1


def equal(got, want):
    if isinstance(want, float):
        return isinstance(got, Number) and float(got) == want and math.copysign(1, float(got)) == math.copysign(1, want)
    if isinstance(want, (list, tuple)):
        return type(got) is type(want) and len(got) == len(want) and all(map(equal, got, want))
    return type(got) is type(want) and got == want


# pyarrow overflows here; this is what the file's description says
DOCUMENTED = {("int96_from_spark.parquet", 5): "+290000-12-30T23:00:00.000000000"}


def compare(path, int96=None):
    """Columns as Arrow reads them against ours; int96 = the unit of those columns in Arrow."""
    file = pq.ParquetFile(path, coerce_int96_timestamp_unit=int96)
    table = file.read()
    rows = ours(path)
    counts["files"] += 1
    problems = 0
    if len(rows) != table.num_rows:
        problems += 1
        print(f"{path}: {len(rows)} rows, wanted {table.num_rows}")
    leaf = {file.schema.column(i).path: file.schema.column(i) for i in range(len(file.schema))}
    for i, name in enumerate(table.column_names):
        converted = leaf.get(name) and leaf[name].physical_type == "INT96"
        utc = leaf.get(name) and "is_from_converted_type=true" in str(leaf[name].logical_type)
        for number, (row, scalar) in enumerate(zip(rows, table.column(i))):
            got, want = row[i][2], wanted(scalar)
            if converted and want is not None:
                want += "0" * (9 - DIGITS[int96 or "ns"])
            want = DOCUMENTED.get((pathlib.Path(path).name, number), want)
            if utc and isinstance(got, str) and pa.types.is_timestamp(table.column(i).type):
                got = got.rstrip("Z")  # what the format's document says, but Arrow does not
            counts["values"] += count_values(want)
            if row[i][1] != name or not equal(got, want):
                problems += 1
                if problems < 4:
                    print(f"{path}: row {number + 1}, column {name} ({table.column(i).type}): {got!r}, wanted {want!r}")
    counts["differences"] += problems


# pyarrow unpacks BIT_PACKED levels from the least significant bit, against the format's document; gives intervals as bytes; passes over unknown types
OTHERWISE = {"bit_packed", "interval", "unknown_type"}


def published(folder):
    for path in sorted(pathlib.Path(folder).glob("*.parquet")):
        if path.stem in OTHERWISE:
            continue
        int96 = "us" if path.name == "int96_from_spark.parquet" else None
        try:
            pq.ParquetFile(path).read()
        except Exception as e:
            print(f"{path}: pyarrow does not read it: {str(e)[:100]}")
            continue
        compare(path, int96)


# Files of all combinations

R = random.Random(1)
N = 700
D = decimal.Decimal


def words(i):
    return R.choice(["", "a", "é", "zebra", "zebr\u0000a", "\U0001F600 \"quoted\"\n", "x" * 300, f"prefix/{i // 9}/{i}"])


MAKERS = {
    "bool": (pa.bool_(), lambda i: R.random() < 0.3),
    **{f"{'u' * u}int{b}": (getattr(pa, f"{'u' * u}int{b}")(), lambda i, b=b, u=u: R.choice([0, 1, 2**(b - 1 + u) - 1, -(1 - u) * 2**(b - 1), R.randrange(2**(b - 1))]))
       for b in (8, 16, 32, 64) for u in (0, 1)},
    "float16": (pa.float16(), lambda i: R.choice([0.0, -1.5, 65504.0, 6e-8, float("nan"), float("inf")])),
    "float": (pa.float32(), lambda i: R.choice([0.0, -0.0, 0.1, 3e38, 1e-45, float("nan"), float("-inf"), R.random()])),
    "double": (pa.float64(), lambda i: R.choice([0.0, -0.0, 0.1, 1e308, 5e-324, float("nan"), R.gauss(0, 1e6)])),
    "decimal5": (pa.decimal128(5, 2), lambda i: D(R.randrange(-99999, 100000)).scaleb(-2)),
    "decimal18": (pa.decimal128(18, 0), lambda i: D(R.randrange(-10**18 + 1, 10**18))),
    "decimal38": (pa.decimal128(38, 38), lambda i: D(R.choice([0, 1, -1, 10**38 - 1, 1 - 10**38])).scaleb(-38, decimal.Context(80))),
    "decimal76": (pa.decimal256(76, 10), lambda i: D(R.choice([-1, 1]) * R.randrange(10**R.randrange(1, 77))).scaleb(-10, decimal.Context(80))),
    "date": (pa.date32(), lambda i: R.choice([0, -1, 18000, -719162, 2932896, R.randrange(-700000, 2900000)])),
    "time_ms": (pa.time32("ms"), lambda i: R.randrange(86400000)),
    "time_us": (pa.time64("us"), lambda i: R.randrange(86400000000)),
    "time_ns": (pa.time64("ns"), lambda i: R.randrange(86400000000000)),
    **{f"stamp_{u}{z and '_utc'}": (pa.timestamp(u, z), lambda i, u=u: R.choice([0, -1, 1, R.randrange(-2**61, 2**61), 2**63 - 1, -2**63 + 1]))
       for u in ("ms", "us", "ns") for z in (None, "UTC")},
    "string": (pa.string(), words),
    "binary": (pa.binary(), lambda i: R.choice([b"", b"\xff\xfe", b"plain", bytes(R.randrange(256) for _ in range(20))])),
    "fixed": (pa.binary(7), lambda i: R.choice([b"1234567", b"\x80" * 7])),
    "uuid": (pa.uuid(), lambda i: bytes(R.randrange(256) for _ in range(16))),
    "null": (pa.null(), lambda i: None),
}


def encodings(t):
    storage = t.storage_type if isinstance(t, pa.BaseExtensionType) else t
    names = [None, "PLAIN"]
    if pa.types.is_boolean(storage):
        return ["PLAIN", "RLE"]
    if pa.types.is_integer(storage) or pa.types.is_temporal(storage):
        names += ["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]
    elif pa.types.is_string(storage) or pa.types.is_binary(storage):
        names += ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"]
    elif pa.types.is_fixed_size_binary(storage):
        names += ["DELTA_BYTE_ARRAY", "BYTE_STREAM_SPLIT"]
    elif pa.types.is_floating(storage) or pa.types.is_decimal(storage):
        names += ["BYTE_STREAM_SPLIT"]
    return names


def nest(shape, t, make):
    """A type around another, and a maker of its values with nulls and emptiness at each depth."""
    some = lambda i: None if R.random() < 0.2 else make(i)
    few = lambda make_one: (lambda i: None if R.random() < 0.2 else [make_one(i) for _ in range(R.choice([0, 1, 1, 2, 5]))])
    struct = lambda make_one: (lambda i: None if R.random() < 0.2 else {"x": make_one(i), "y": i})
    if shape == "flat":
        return t, some
    if shape == "required":
        return t, make
    if shape == "list":
        return pa.list_(t), few(some)
    if shape == "list_list":
        return pa.list_(pa.list_(t)), few(few(some))
    if shape == "struct":
        return pa.struct([("x", t), ("y", pa.int32())]), struct(some)
    if shape == "list_struct":
        return pa.list_(pa.struct([("x", t), ("y", pa.int32())])), few(struct(some))
    if shape == "struct_list_struct":
        inner = pa.list_(pa.struct([("x", t), ("y", pa.int32())]))
        return pa.struct([("x", inner), ("y", pa.int32())]), struct(few(struct(some)))
    if shape == "map":
        entry = lambda i: (words(i), some(i))
        return pa.map_(pa.string(), t), few(entry)
    if shape == "map_list":
        entry = lambda i: (R.randrange(9), few(some)(i))
        return pa.map_(pa.int16(), pa.list_(t)), few(entry)
    raise KeyError(shape)


def combinations(folder):
    shapes = ["flat", "required", "list", "list_list", "struct", "list_struct", "struct_list_struct", "map", "map_list"]
    codecs = ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]
    settings = itertools.cycle(itertools.product(codecs, ["1.0", "2.0"], [N, 100], [60, 2000, 1 << 20], [True, False]))
    for name, (t, make) in MAKERS.items():
        for encoding, shape in itertools.product(encodings(t), shapes):
            if name == "null" and (shape == "required" or encoding):
                continue
            if isinstance(t, pa.BaseExtensionType) and shape not in ("flat", "required"):
                continue
            for _ in range(2):
                codec, version, group, page, crc = next(settings)
                nested, maker = nest(shape, t, make)
                field = pa.field("c", nested, nullable=shape != "required")
                table = pa.Table.from_arrays([pa.array([maker(i) for i in range(N)], nested), pa.array(range(N))], schema=pa.schema([field, pa.field("i", pa.int64())]))
                path = pathlib.Path(folder) / f"{name}-{encoding}-{shape}-{codec}-{version}-{group}-{page}.parquet"
                options = {"use_dictionary": encoding is None}
                if encoding:
                    options["column_encoding"] = {leaf_path(nested): encoding}
                pq.write_table(table, path, compression=codec, data_page_version=version, row_group_size=group, data_page_size=page,
                               write_batch_size=50, write_page_checksum=crc, store_schema=False, version="2.6", **options)
                compare(path)
                path.unlink()


def leaf_path(t, path="c"):
    """The path in the file of the leaf that holds the type under test."""
    if pa.types.is_map(t):
        return leaf_path(t.item_type, path + ".key_value.value")
    if pa.types.is_list(t):
        return leaf_path(t.value_type, path + ".list.element")
    if pa.types.is_struct(t):
        return leaf_path(t.field(0).type, path + ".x")
    return path


def report(what):
    text = "{files} files, {values} values compared, {differences} differences".format(**counts)
    print(f"{'not ok' if counts['differences'] else 'ok'} - parquet: {what}: {text}", flush=True)
    failed = counts["differences"] > 0
    counts.update(files=0, values=0, differences=0)
    return failed


failed = False
for folder in sys.argv[2:] or [pathlib.Path(__file__).parents[2] / "../shared/parquet", pathlib.Path(__file__).parents[1] / "data"]:
    if pathlib.Path(folder).is_dir():
        published(folder)
        failed |= report(pathlib.Path(folder).name)
    else:
        print(f"ok - parquet: published files # skip no {folder}")
with tempfile.TemporaryDirectory() as folder:
    combinations(folder)
failed |= report(f"written by pyarrow {pa.__version__}")
sys.exit(failed)
