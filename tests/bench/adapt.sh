#!/bin/bash
# Speed of adapt on polis_vote, as a ratio to a plain pandas script that gives the same instances and examples. Prints a line; fails when the outputs differ.
#   RUNS=3      runs of each, taken in turns; medians count
#   TMPDIR      where about 1 GB of files are made
# The votes are those of the real conversations beside the checkout (else of the sample), repeated under new voter ids to more than 200 MB; all voters are
# kept, not 500 a conversation, so that the output is large too. The time of pandas is that of its work: its imports are not counted, our start is.
. "$(dirname "$0")/../lib.sh"
RUNS=${RUNS:-3}
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

ours() { local start; start=$(date +%s%N); spectrum adapt source/polis --raw raw -o ours.jsonl 2>/dev/null || exit 1; echo $((($(date +%s%N) - start) / 1000000)); }
theirs() { python -P "$ROOT/tests/bench/adapt_pandas.py" raw/polis theirs.jsonl | awk '{ printf "%d\n", $1 * 1000 }'; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for _ in $(seq "$RUNS"); do
	ours >>ours.times
	theirs >>theirs.times
done
# each example with its instance, in one order
flat() { jq -r 'if .instance then .instance + " " + (.values | tojson) else tojson end' "$1" | awk '/^[^{]/ { instance = $0; next } { print instance "\t" $0 }' | LC_ALL=C sort; }
cmp -s <(sed 1d ours.jsonl | flat /dev/stdin) <(flat theirs.jsonl) || { echo "the outputs differ"; exit 1; }
echo "adapt $(median ours.times) ms, pandas $(median theirs.times) ms: $(awk -v a="$(median ours.times)" -v b="$(median theirs.times)" 'BEGIN { printf "%.1f", b / a }') times as fast; $(grep -c '"output"' ours.jsonl) examples, outputs equal"
