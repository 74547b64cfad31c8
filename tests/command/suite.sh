#!/bin/sh
# make suite: the whole chain on samples; what changes is rebuilt, and nothing else.
. "$(dirname "$0")/../lib.sh"
case $BUILD in *' '*) skip "make in another folder" "the path $BUILD has a blank"; done_testing ;; esac
cd "$ROOT" || exit 1
out=$WORK/out
unset MAKEFLAGS MAKELEVEL MFLAGS
suite() { make suite DEPS=no BUILD="$BUILD" OUT="$out" SAMPLE=1 SOURCES='flight polis' "$@" >"$WORK/log" 2>"$WORK/err"; }
steps() { grep -E '^  (ADAPT|DRAW|TRAIN|TOKENIZE|PACK) ' "$WORK/log" | awk '{print $1 "." $2}' | sort | tr '\n' ' ' | sed 's/ $//'; }
rebuilds() { # what, wanted steps, variables…
	what=$1 wanted=$2; shift 2
	suite "$@"; status=$?
	if [ $status -eq 0 ] && [ "$(steps)" = "$wanted" ]; then ok "$what"
	else not_ok "$what (exit $status): $(steps)"; sed 's/^/#   /' "$WORK/err" | tail -5; fi
}
refuses() { # what, wanted pattern on standard error, variables…
	what=$1 pattern=$2; shift 2
	if suite "$@"; then not_ok "$what"; elif grep -Eq -- "$pattern" "$WORK/err"; then ok "$what"
	else not_ok "$what: $(tail -3 "$WORK/err")"; fi
}
name=spm32k-spectrum-1024
rebuilds "a first build makes everything" "ADAPT.flight ADAPT.polis DRAW.flight DRAW.polis PACK.$name TOKENIZE.flight TOKENIZE.polis TRAIN.tokenizer"
grep -q '^2 of 2 sources, 3 of 3 tasks; .* of samples$' "$WORK/log" && ok "the table counts what was built" || not_ok "the table counts what was built"
check "its shards are clean" spectrum check "$out"/shards/*/*
prints "their meta.json says that they come from samples" '[{"flight":{"sample":true}},{"polis":{"sample":true}}]' jq -cs 'map(.sources)' "$out/shards/$name/test/meta.json" "$out/shards/$name/train/meta.json"
spectrum cat "$out/shards/$name" >"$WORK/first"
started=$(date +%s%N)
rebuilds "a second build does nothing" ""
took=$((($(date +%s%N) - started) / 1000000))
echo "# the build that did nothing took $took ms"
rebuilds "a changed SEED rebuilds all but the tokeniser" "ADAPT.flight ADAPT.polis DRAW.flight DRAW.polis PACK.$name TOKENIZE.flight TOKENIZE.polis" SEED=7
spectrum cat "$out/shards/$name" | cmp -s - "$WORK/first" && not_ok "another seed gives other rows" || ok "another seed gives other rows"
rebuilds "and back" "ADAPT.flight ADAPT.polis DRAW.flight DRAW.polis PACK.$name TOKENIZE.flight TOKENIZE.polis"
spectrum cat "$out/shards/$name" >"$WORK/again"
same "the first seed gives the first rows" "$WORK/again" "$WORK/first"
rebuilds "SHARD_SIZE packs again" "PACK.$name" SHARD_SIZE=100000
[ "$(find "$out/shards/$name" -name 'shard.*' | wc -l)" -gt 2 ] && ok "into more shards" || not_ok "into more shards"
rebuilds "fewer SOURCES pack again" "PACK.$name" SOURCES=polis
[ ! -e "$out/shards/$name/test" ] && ok "a split that nothing is in goes away" || not_ok "a split that nothing is in goes away"
rebuilds "TASKS adapts again" "ADAPT.polis DRAW.polis PACK.$name TOKENIZE.polis" SOURCES=polis TASKS=polis_comment
[ "$(spectrum cat "$out/shards/$name" | jq -r .task | sort -u)" = polis_comment ] && ok "and only that task is there" || not_ok "and only that task is there"
rebuilds "another MAX_LENGTH has a folder of its own" "ADAPT.polis DRAW.polis PACK.spm32k-spectrum-64 TOKENIZE.polis" SOURCES=polis MAX_LENGTH=64
rebuilds "another FORMAT too" "PACK.spm32k-colon-64 TOKENIZE.polis" SOURCES=polis MAX_LENGTH=64 FORMAT=colon

refuses "no such task" "no source here has the task 'nope'" TASKS='polis_vote nope'
refuses "no such tokeniser" 'TOKENIZER=/nope.json: there is no such file; give' TOKENIZER=/nope.json
refuses "a tokeniser's folder" "TOKENIZER=/tmp: there is no such file; give" TOKENIZER=/tmp
mkdir "$WORK/shut" && chmod a-w "$WORK/shut"
if [ -w "$WORK/shut" ]; then skip "a folder that cannot be written to" "this user writes everywhere"
else refuses "a folder that cannot be written to" "^OUT=.*/shut cannot be written to; give another folder with OUT=DIR" OUT="$WORK/shut"; fi
refuses "a path with a blank" "OUT should be a path without blanks, not '.*a b'" OUT="$WORK/a b"

# absent data fail nothing
rebuilds "a source none of whose files is there" "" SAMPLE= RAW="$WORK/none" SOURCES=jeopardy MIRROR=/nowhere
grep -q "^  its file is missing: not in /nowhere/jeopardy; 'spectrum fetch jeopardy' says how to get it$" "$WORK/log" && ok "  the table says what to do" || not_ok "  the table says what to do"
grep -q '^0 of 1 sources, 0 of 2 tasks;' "$WORK/log" && ok "  and that nothing was built" || not_ok "  and that nothing was built"
rebuilds "a source one of whose absent files is optional" "" SAMPLE= RAW="$WORK/none" SOURCES=community-alignment MIRROR=/nowhere
grep -q '^community-alignment  (open, 0 of 2 files;' "$WORK/log" && ok "  which does not count as present" || not_ok "  which does not count as present"
mkdir -p "$WORK/half" && cp -R sources/popquorn/sample "$WORK/half/popquorn"
rm -r "$WORK"/half/popquorn/dataset/*/raw_data.csv
rebuilds "a source without its tables' files" "" SAMPLE= RAW="$WORK/half" SOURCES=popquorn MIRROR=/nowhere
mkdir -p "$WORK/half/lewidi-csc" && cp -R sources/lewidi-csc/sample/* "$WORK/half/lewidi-csc"
find "$WORK/half/lewidi-csc" -name 'CSC_train.json' -delete
rebuilds "a source without the file that matters" "ADAPT.lewidi-csc DRAW.lewidi-csc" SAMPLE= RAW="$WORK/half" SOURCES=lewidi-csc MIRROR=/nowhere
grep -q '^0 of 1 sources, 0 of 1 tasks;' "$WORK/log" && ok "  does not count as built" || not_ok "  does not count as built"
check "  leaves the shards as they were" spectrum check "$out/shards/$name/train"
rebuilds "back to samples, which have a tokeniser of their own" "PACK.$name TOKENIZE.polis TRAIN.tokenizer" SOURCES=polis

# a tokeniser of a hub, here from a mirror
model=$WORK/mirror/tokenizers/acme--gpt2.5@v1
mkdir -p "$model" && jq -c '.added_tokens += [.added_tokens[0] + {id: 13, content: "<s>"}, .added_tokens[0] + {id: 14, content: "</s>"}]' \
	tests/data/tokenizers/bytes.json >"$model/tokenizer.json"
hub=hf:acme/gpt2.5@v1
refuses "a tokeniser that is not in the mirror" 'acme--none@v1: tokenizer.json: the mirror .* lacks it' TOKENIZER=hf:acme/none@v1 MIRROR="$WORK/mirror"
rebuilds "TOKENIZER=hf:… is fetched" "PACK.acme--gpt2.5@v1-colon-1024 TOKENIZE.polis" TOKENIZER=$hub MIRROR="$WORK/mirror" FORMAT=colon SOURCES=polis
prints "  its hash is in meta.json" "$(sha256sum <"$model/tokenizer.json" | cut -c 1-64)" jq -r .tokenizer.sha256 "$out/shards/acme--gpt2.5@v1-colon-1024/train/meta.json"
rebuilds "  and stays" "" TOKENIZER=$hub FORMAT=colon SOURCES=polis

cp -R sources/polis "$WORK/polis"
mkdir "$WORK/my \$own #1" && cp -R sources/gsm8k "$WORK/my \$own #1/mine"
sed -i 's/"id": *"gsm8k"/"id": "mine"/; s/"gsm8k_/"mine_/g' "$WORK/my \$own #1/mine/source.json"
sed -i 's/gsm8k_/mine_/g' "$WORK/my \$own #1/mine/adapter.sql"
SPECTRUM_SOURCES="$WORK/my \$own #1" rebuilds "sources of one's own, in a folder of any name, with their samples" "ADAPT.mine DRAW.mine PACK.$name TOKENIZE.mine" SOURCES=mine
unset SPECTRUM_SOURCES
mine() { suite SOURCES="$WORK/polis" "$@"; }
mkdir -p "$WORK/raw"
cp -R "$WORK/polis/sample" "$WORK/raw/polis"
rebuilds "a source of one's own, by path; not with the tokeniser of the samples" "ADAPT.polis DRAW.polis PACK.$name TOKENIZE.polis TRAIN.tokenizer" \
	SAMPLE=0 RAW="$WORK/raw" SOURCES="$WORK/polis" MIRROR=/nowhere
grep -q 'the mirror /nowhere is not a folder' "$WORK/err" && ok "a mirror that is not there is told" || not_ok "a mirror that is not there is told"
mv "$WORK/half/lewidi-csc" "$WORK/raw" # has no task's file, so no texts either
suite SAMPLE= RAW="$WORK/raw" SOURCES="$WORK/polis flight lewidi-csc" MIRROR=/nowhere
grep -q "trained without the texts of 1 of these sources; 'make tokenizer'" "$WORK/log" && ok "a tokeniser that saw less is told" || not_ok "a tokeniser that saw less is told"
echo "-- changed" >>"$WORK/polis/adapter.sql"
rebuilds "a changed adapter rebuilds its source" "ADAPT.polis DRAW.polis PACK.$name TOKENIZE.polis" SAMPLE= RAW="$WORK/raw" SOURCES="$WORK/polis" MIRROR=/nowhere
printf '1500000007000,x,6,2,1,1,0,A new statement of five words\n' >>"$WORK/raw/polis/15-per-hour-seattle/comments.csv"
rebuilds "a changed raw file rebuilds its source" "ADAPT.polis DRAW.polis PACK.$name TOKENIZE.polis" SAMPLE= RAW="$WORK/raw" SOURCES="$WORK/polis" MIRROR=/nowhere
suite SAMPLE= RAW="$WORK/raw" SOURCES="$WORK/polis" MIRROR=/nowhere STRICT=1 && not_ok "STRICT fails when files are missing" || ok "STRICT fails when files are missing"

printf 'broken "row\n' >>"$WORK/raw/polis/15-per-hour-seattle/votes.csv"
suite SAMPLE= RAW="$WORK/raw" SOURCES="flight $WORK/polis" MIRROR=/nowhere && not_ok "bad data fail the build" || ok "bad data fail the build"
grep -q '15-per-hour-seattle/votes.csv' "$WORK/err" && ok "and name the file" || not_ok "and name the file"
[ "$(spectrum cat "$out/shards/$name" | jq -r .task | sort -u)" = flight ] && ok "the other sources are built" || not_ok "the other sources are built"
grep -q '^  failed: ' "$WORK/log" && ok "the table tells it" || not_ok "the table tells it"
mkdir -p "$WORK/half/gsm8k" && cp -R sources/gsm8k/sample/* "$WORK/half/gsm8k"
find "$WORK/half/gsm8k" -name 'train.jsonl' -exec sed -i '1s/}$/, "level": 1}/' {} +
rm "$out/tokenizers/spm32k.model"
rebuilds "a tokeniser that was removed is trained anew, and all is tokenised with it" \
	"ADAPT.gsm8k DRAW.gsm8k PACK.$name TOKENIZE.flight TOKENIZE.gsm8k TRAIN.tokenizer" SAMPLE= RAW="$WORK/half" SOURCES='gsm8k flight' MIRROR=/nowhere
prints "files that are not what they were: a column that nobody expected, other numbers of examples" 3 sh -c \
	"grep -E '^  warning: (gsm8k: grade_school_math/data/train.jsonl has the column .level.,|gsm8k_(question|question_answer): [0-9]+ examples, 7,473 expected:)' '$WORK/log' | wc -l"
prints "what is as expected gives no warning" 0 sh -c "sed -n '/^flight/,\$p' '$WORK/log' | grep -c warning || true"
prints "sources tells the examples of the last build" '[4000,4000]' sh -c "spectrum sources --out '$out' --json flight | jq -c '.tasks[0] | [.examples, .expected]'"
prints "  also in its table" '    flight  test  4,000 examples  Flights → Rating' sh -c "spectrum sources --out '$out' flight | tail -n 1"
prints "  and those that are expected where nothing was built" 'null 4,000 examples expected' sh -c "spectrum sources --out /nowhere --json flight | jq '.tasks[0].examples' | tr '\n' ' '; spectrum sources --out /nowhere flight | grep -o '4,000 examples expected'"
done_testing
