#!/bin/sh
# Golden rows of every family, format and variant. tests/data/rows/small.jsonl is typed by hand, for the tokenisers tests/data/tokenizers/small-*.json
# of some whole words each (what they do not know is left out, so most of the long system text); published.jsonl is what the package `tokenizers` and the
# publishers' templates give (tests/interop/formats_tokenizers.py --write) and needs the published tokenisers beside the checkout.
#
# A line has the messages as letters, the ids of the row, those that bear loss in brackets, one pair an output, and the last id that each variant
# appends (null: none, the row ends with it already).
. "$(dirname "$0")/../lib.sh"
rows=$ROOT/tests/data/rows

cat >contents.jq <<'END'
def sequence($i): {task: "t", part: "", source: "s", split: "train", instance: "", sequence: $i, messages: (. as $shape | [range(length) as $k
	| $shape[$k:$k + 1] as $letter | ($shape[:$k] | [scan($letter)] | length) as $number
	| {D: {role: "description", content: "sky colours"}, I: {role: "input", content: ["dawn", "noon"][$number]},
		O: {role: "output", content: ["red", "\nblue"][$number]}}[$letter]])};
def shown: . as $r | ([range($r.input_ids | length)] | map(. as $i | $r.example[$i] as $e
	| (if $e >= 0 and ($i == 0 or $r.example[$i - 1] != $e) then "[" else "" end)
	+ ($r.input_ids[$i] | tostring)
	+ (if $e >= 0 and $r.example[$i + 1] != $e then "]" else "" end)) | join(" "))
	+ (if [range(length)] == [] or ([$r.input_ids, $r.labels, $r.example] | transpose | all(.[1] == (if .[2] < 0 then -100 else .[0] end))) then "" else " labels differ" end);
END

# compare FAMILY FORMAT VARIANT TOKENIZER FILE
compare() {
	jq -c "select(.family == \"$1\" and .format == \"$2\")" "$5" >cases
	jq -nc 'include "contents"; [inputs.messages] | to_entries[] | .key as $i | .value | sequence($i)' -L . cases >sequences
	jq -r --arg v "$3" '.row + (.end[$v] // "" | if . == "" then "" else " \(.)" end)' cases >wanted
	check "$1 $2 $3: a row" test -s wanted
	spectrum tokenize -t "$4" -f "$2" --variant "$3" sequences >got.rows 2>err || { not_ok "$1 $2 $3"; cat err; return; }
	grep -q "family $1, variant $3" err || not_ok "$1 is not guessed"
	jq -r 'include "contents"; shown' -L . got.rows >got
	same "$1 $2 $3" got wanted
}
# compare_all FAMILY TOKENIZER FILE
compare_all() {
	for variant in $(jq -r "select(.family == \"$1\") | .end | keys[]" "$3" | sort -u); do
		for format in spectrum chat chat_simple colon; do compare "$1" $format "$variant" "$2" "$3"; done
	done
}

for family in gemma3 qwen3 llama3.1; do compare_all $family "$ROOT/tests/data/tokenizers/small-$family.json" "$rows/small.jsonl"; done

for family in gemma3:base qwen3:instruct llama3.1:instruct; do
	guessed=${family#*:} family=${family%:*}
	tokenizer=$SHARED/tokenizers/$(echo $family | tr . _)/tokenizer.json
	if [ ! -r "$tokenizer" ]; then skip "rows of the published tokeniser of $family" "there is no $tokenizer"; continue; fi
	compare_all $family "$tokenizer" "$rows/published.jsonl"
	spectrum tokenize -t "$tokenizer" /dev/null 2>err
	grep -q "family $family, variant $guessed" err && ok "$family: the variant of tokenizer_config.json" || not_ok "$family: the variant is not $guessed"
done

echo '"O"' | jq -c 'include "contents"; sequence(0)' -L . >one
for family in gemma3 qwen3 llama3.1; do
	check "$family: one output" spectrum tokenize -t "$ROOT/tests/data/tokenizers/small-$family.json" one
	[ ! -s .check.out ] && grep -q '1 dropped without labels' .check.err && ok "without a description bears no loss: dropped" || not_ok "it is not dropped"
done
done_testing
