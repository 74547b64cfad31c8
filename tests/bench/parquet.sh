#!/bin/bash
# Speed of reading Parquet to JSON Lines, as a ratio to plain Python scripts that do the same with pyarrow (to_pylist and json) and with pandas (to_json). One
# thread each; imports of the peers are not counted; outputs are compared. Prints a table; fails when an output is wrong.
#   PYTHON=python3  one that has pyarrow and pandas
#   ROWS=2000000    of the file that is made (about 100 bytes each as JSON)
#   RUNS=3          runs of each, taken in turns; medians count
. "$(dirname "$0")/common.bash"
PYTHON=${PYTHON:-python3} ROWS=${ROWS:-2000000} RUNS=${RUNS:-3}
"$PYTHON" -c 'import pyarrow, pandas' 2>/dev/null || { echo "skipped: $PYTHON has no pyarrow and pandas"; exit 0; }

cat >make.py <<'X'
import random, sys
import pyarrow as pa, pyarrow.parquet as pq
R, n = random.Random(1), int(sys.argv[1])
words = ["".join(R.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(R.randrange(2, 9))) for _ in range(5000)]
some = lambda make: [None if R.random() < 0.1 else make() for _ in range(n)]
columns = {
    "flat": {"id": pa.array(range(n)), "vote": pa.array(some(lambda: R.randrange(-1, 2)), pa.int32()), "score": pa.array(some(R.random)),
             "topic": pa.array(some(lambda: R.choice(words))), "text": pa.array(some(lambda: " ".join(R.choices(words, k=7)))), "ok": pa.array(some(lambda: R.random() < 0.5))},
    "nested": {"turns": pa.array(some(lambda: [{"role": R.choice(["user", "model"]), "text": " ".join(R.choices(words, k=4)), "n": R.randrange(100)} for _ in range(R.randrange(5))]))}}
for name, c in columns.items():
    pq.write_table(pa.table(c), name + ".parquet", compression="snappy")
X
cat >peer.py <<'X'
import json, sys, time
import pyarrow as pa, pyarrow.parquet as pq, pandas
pa.set_cpu_count(1)
how, path, out = sys.argv[1:]
start = time.perf_counter()
if how == "pyarrow":
    with open(out, "w") as f:
        for batch in pq.ParquetFile(path).iter_batches(use_threads=False):
            for row in batch.to_pylist():
                f.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
else:
    pandas.read_parquet(path, engine="pyarrow", use_threads=False).to_json(out, orient="records", lines=True, force_ascii=False, double_precision=15)
print(time.perf_counter() - start)
X

"$PYTHON" make.py "$ROWS" || exit 1
for file in flat nested; do
	rm -f ./*.times
	for _ in $(seq "$RUNS"); do
		TIMEFORMAT=%R
		{ time spectrum-read "$file.parquet" -o ours.jsonl; } 2>>ours.times || exit 1
		"$PYTHON" peer.py pyarrow "$file.parquet" pyarrow.jsonl >>pyarrow.times || exit 1
		"$PYTHON" peer.py pandas "$file.parquet" pandas.jsonl >>pandas.times || exit 1
	done
	cmp ours.jsonl pyarrow.jsonl || exit 1
	[ "$(wc -l <ours.jsonl)" -eq "$(wc -l <pandas.jsonl)" ] || exit 1
	awk -v file="$file" -v rows="$ROWS" -v bytes="$(stat -c %s ours.jsonl)" -v o="$(median ours.times)" -v a="$(median pyarrow.times)" -v p="$(median pandas.times)" 'BEGIN {
		printf "parquet %-7s %4.0f MB of JSON   spectrum read %6.2f s %4.0f MB/s %5.2f M rows/s   pyarrow %6.2f s, ratio %4.1f   pandas %6.2f s, ratio %4.1f\n", file, bytes / 1e6, o, bytes / 1e6 / o, rows / 1e6 / o, a, a / o, p, p / o
	}'
done
