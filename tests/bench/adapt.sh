#!/bin/bash
# Speed of adapt on polis_vote, as a ratio to a plain pandas script that gives the same instances and examples. Prints a line; fails when the outputs differ.
#   RUNS=3      runs of each, taken in turns; medians count
#   TMPDIR      where about 1 GB of files are made
# The votes are those of the real conversations beside the checkout (else of the sample), repeated under new voter ids to more than 200 MB; all voters are
# kept, not 500 a conversation, so that the output is large too. The time of pandas is that of its work: its imports are not counted, our start is.
. "$(dirname "$0")/common.bash"
real=$SHARED/raw/polis
[ -d "$real" ] || real=$ROOT/sources/polis/sample

mkdir -p raw/polis source/polis
cp "$ROOT/sources/polis/adapter.sql" source/polis/
jq '(.tasks[] |= del(.sample)) | .tasks |= map(select(.name == "polis_vote"))' "$ROOT/sources/polis/source.json" >source/polis/source.json
size=$(cat "$real"/*/votes.csv | wc -c)
copies=$((210000000 / size + 1))
for votes in "$real"/*/votes.csv; do
	folder=raw/polis/$(basename "$(dirname "$votes")")
	mkdir -p "$folder"
	cp "$(dirname "$votes")"/{comments,summary}.csv "$folder"
	awk -F, -v OFS=, -v copies="$copies" 'NR == 1 { print; next } { id = $4; for (i = 0; i < copies; i++) { $4 = id + i * 1000000; print } }' "$votes" >"$folder/votes.csv"
done
echo "votes: $(($(cat raw/polis/*/votes.csv | wc -c) / 1000000)) MB"

# collect NAME command…: its output, seconds, goes to NAME.times
collect() { name=$1; shift; "$@" >>"$name.times" || { echo "$name failed"; exit 1; }; }
ours() { TIMEFORMAT=%R; { time spectrum adapt source/polis --raw raw -o ours.jsonl 2>/dev/null; } 2>&1; }
# -P: a benchmark called tokenize.py lies beside the script, and pandas imports a module of that name
theirs() { python -P "$ROOT/tests/bench/adapt_pandas.py" raw/polis theirs.jsonl; }
for _ in $(seq "$RUNS"); do
	collect ours ours
	collect theirs theirs
done
# An instance's examples stand in another order there: both are compared as sets of lines that begin with the instance.
python -P - <<'X' || { echo "the outputs differ"; exit 1; }
def read(path):
    instances, examples = {}, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"instance"'):
                examples = instances.setdefault(line, [])
            elif not line.startswith('{"task"'):
                examples.append(hash(line))
    return {instance: sorted(examples) for instance, examples in instances.items()}

assert read("ours.jsonl") == read("theirs.jsonl")
X
awk -v a="$(median ours.times)" -v p="$(median theirs.times)" -v n="$(grep -c '^{"input"' ours.jsonl)" 'BEGIN {
	printf "adapt %.2f s, pandas %.2f s: %.1f times as fast; %d examples, outputs equal\n", a, p, p / a, n }'
