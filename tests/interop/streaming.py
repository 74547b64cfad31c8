"""The published mosaicml-streaming reads our data sets, and we read its.

Usage: streaming.py BIN [ROWS.jsonl]     (BIN: the folder of the programs; an environment with mosaicml-streaming)

Packs token rows (made up, or of ROWS.jsonl) and checks, sample by sample, against what `spectrum cat` prints:
  - random access, with sha1 and with xxh64 validated, compressed and not;
  - shuffled, over several DataLoader workers and two epochs: every row exactly once;
  - a trainer that unpacked the shards into a cache of its own; `cat` reads that too;
  - shards of MosaicML's own MDSWriter with the same samples equal ours byte for byte, and `cat` reads them.
Prints TAP lines; leaves with 1 when one fails.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.path.pop(0)  # this file's own folder, where the name `streaming` is this file
import numpy as np
import streaming
from streaming import MDSWriter, StreamingDataset
from streaming.base.util import clean_stale_shared_memory
from torch.utils.data import DataLoader

BIN = pathlib.Path(sys.argv[1]).resolve()
warnings.filterwarnings("ignore", message="This DataLoader will create")  # more workers than this machine has processors
ARRAYS = {"input_ids": np.int32, "labels": np.int32, "example": np.int16}
COLUMNS = {
    "example": "ndarray:int16", "input_ids": "ndarray:int32", "instance": "str", "labels": "ndarray:int32",
    "part": "str", "sequence": "int", "source": "str", "task": "str",
}
failures = 0


def check(what, good):
    global failures
    failures += not good
    print(("ok - " if good else "not ok - ") + what, flush=True)


def program(verb, *arguments, text=None):
    return subprocess.run([BIN / f"spectrum-{verb}", *map(str, arguments)], input=text, check=True, capture_output=True, encoding="utf-8").stdout


def cat(path):
    return [json.loads(line) for line in program("cat", path).split("\n") if line]


def made_up_rows(count):
    """Rows of all lengths that change the form of an array's shape (below 256, below 65,536, above)."""
    rng = random.Random(5)
    for i in range(count):
        length = {3: 255, 4: 256, 5: 70000, 6: 65535, 7: 65536}.get(i, rng.randrange(1, 400))
        ids = [rng.randrange(262144) for _ in range(length)]
        loss = [rng.random() < 0.3 for _ in ids]
        yield {
            "task": f"task_{i % 5}", "part": ["", "é"][i % 2], "source": f"s{i % 3}", "split": "test" if i % 9 == 0 else "train",
            "instance": f"a/{i // 7} \"日本\"\u0001", "sequence": i, "input_ids": ids,
            "labels": [t if l else -100 for t, l in zip(ids, loss)], "example": [k % 32768 if l else -1 for k, l in enumerate(loss)],
        }


def plain(sample, split):
    """A sample as `spectrum cat` prints it, in one form that compares and hashes; the types are those of the columns."""
    for name, dtype in ARRAYS.items():
        if name in sample and hasattr(sample[name], "dtype") and sample[name].dtype != dtype:
            return f"{name} is of {sample[name].dtype}"
    row = {name: (value.tolist() if hasattr(value, "tolist") else value) for name, value in sample.items()}
    return json.dumps({**row, "split": split}, sort_keys=True)


def collate(batch):
    return batch


def dataset(local, split, **options):
    clean_stale_shared_memory()
    return StreamingDataset(local=str(local), split=split, batch_size=8, **options)


def read_in_order(local, split, wanted, what, **options):
    data = dataset(local, split, **options)
    check(f"{what}: as many samples", len(data) == len(wanted))
    check(f"{what}: sample by sample", all(plain(data[i], split) == wanted[i] for i in range(len(wanted))))


def read_shuffled(local, split, wanted):
    data = dataset(local, split, shuffle=True, shuffle_seed=3, validate_hash="xxh64", num_canonical_nodes=1)
    orders = []
    for _ in range(2):
        loader = DataLoader(data, batch_size=8, num_workers=3, collate_fn=collate)
        orders.append([plain(sample, split) for batch in loader for sample in batch])
    check("shuffled, three workers: every row once an epoch", all(sorted(order) == sorted(wanted) for order in orders))
    check("shuffled: another order an epoch", orders[0] != orders[1] and orders[0] != wanted)


def write_with_theirs(folder, rows, compression, hashes, size_limit):
    with MDSWriter(out=str(folder), columns=COLUMNS, compression=compression, hashes=hashes, size_limit=size_limit) as writer:
        for row in rows:
            sample = {name: row[name] for name in COLUMNS}
            writer.write({**sample, **{name: np.array(row[name], dtype) for name, dtype in ARRAYS.items()}})


def same_files(ours, theirs):
    names = sorted(p.name for p in theirs.glob("shard.*"))
    return len(names) > 1 and names == sorted(p.name for p in ours.glob("shard.*")) and all(
        (ours / n).read_bytes() == (theirs / n).read_bytes() for n in names)


def same_index(ours, theirs):
    return json.loads((ours / "index.json").read_text()) == json.loads((theirs / "index.json").read_text())


def main(work):
    text = open(sys.argv[2], encoding="utf-8").read() if len(sys.argv) > 2 else "".join(
        json.dumps(row, ensure_ascii=False) + "\n" for row in made_up_rows(1500))
    size = 1 << 20
    for name, options in {"zip": [], "raw": ["--level", 0]}.items():
        program("pack", "-o", work / name, "--shard-size", size, *options, text=text)
    for split in ("train", "test"):
        rows = cat(work / "zip" / split)
        wanted = [json.dumps(row, sort_keys=True) for row in rows]
        check(f"{split}: several shards" if split == "train" else f"{split}: rows", len(rows) > 0 and (split == "test" or len(list((work / "zip" / split).glob("shard.*"))) > 1))
        for algorithm in ("sha1", "xxh64"):
            local = work / f"copy-{algorithm}"
            shutil.copytree(work / "zip", local, dirs_exist_ok=True)
            read_in_order(local, split, wanted, f"{split}, {algorithm}", validate_hash=algorithm)
        check(f"{split}: cat reads what a trainer has unpacked", cat(local / split) == rows)
        read_in_order(work / "raw", split, wanted, f"{split}, not compressed", validate_hash="sha1")
        local = work / f"cache-{split}"
        read_in_order(local, split, wanted, f"{split}, from a remote folder", remote=str(work / "zip"), validate_hash="sha1")
        check(f"{split}: cat reads the cache of a trainer", cat(local / split) == rows)
        if split == "train":
            read_shuffled(work / "copy-sha1", split, wanted)
            # their level 3 is written "zstd:3" by us, and their library is another version of zstd: compared uncompressed
            write_with_theirs(work / "theirs-raw" / split, rows, None, ["sha1", "xxh64"], size)
            check("their writer makes the same files", same_files(work / "raw" / split, work / "theirs-raw" / split))
            check("and the same index.json", same_index(work / "raw" / split, work / "theirs-raw" / split))
            for compression in ("zstd", "zstd:7"):
                theirs = work / compression / split
                write_with_theirs(theirs, rows, compression, ["md5", "sha256", "xxh128", "xxh3_64"], size)
                check(f"cat reads their {compression}", cat(theirs) == rows)
            theirs = work / "one" / split
            write_with_theirs(theirs, rows, None, None, None)
            check("cat reads their single shard without hashes", cat(theirs) == rows)
    print(f"# mosaicml-streaming {streaming.__version__}", flush=True)


with tempfile.TemporaryDirectory() as work:
    main(pathlib.Path(work))
sys.exit(1 if failures else 0)
