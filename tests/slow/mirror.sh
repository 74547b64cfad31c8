#!/bin/sh
# The suite from real files, where a mirror of them is at hand: what a user would type, and the catalogue's counts.
. "$(dirname "$0")/../lib.sh"
cd "$ROOT" || exit 1
if [ ! -d "$SHARED/raw" ]; then
	skip "the suite from real files" "there is no mirror beside the checkout"
	done_testing
fi
out=$WORK/out
check "MIRROR=… make suite" make suite DEPS=no BUILD="$BUILD" OUT="$out" MIRROR="$SHARED/raw" -j2
name=spm32k-spectrum-1024
check "its shards are clean" spectrum check "$out"/shards/*/*
count() { # source, task, part, field, wanted
	got=$(jq -r --arg t "$2" --arg p "$3" "select(.task == \$t and .part == \$p) | .$4" "$out/state/adapt/$1.json")
	if [ "$got" = "$5" ]; then ok "$2 $3: $4 $5"; else not_ok "$2 $3: $4 $5, but got $got"; fi
}
count polis polis_comment "" examples 10543
for task in question answer_from_question question_answer question_from_answer; do count gsm8k gsm8k_$task "" examples 7473; done
count chemistry chemistry_oxidative "" examples 1016
count chemistry chemistry_esol "" examples 927
count babynames babynames "" read 2020863
count babynames babynames "" 'tables[0].files' 141
count ambient ambient_premise_hypothesis "" examples 1645
count ambient ambient_disambiguation "" examples 1207
count ambient ambient_linguist_annotations "" instances 28
count ambient ambient_interpretation_labels "" examples 1091
count ambient ambient_annotation_distributions "" examples 542
count haikus haikus haikus-egn examples 25758
count diffuse-distributions diffuse_distribution "" instances 27
rows=$(spectrum cat "$out/shards/$name" | wc -l)
told=$(jq -s 'map(.counts.rows) | add' "$out/shards/$name"/*/meta.json)
[ "$rows" -gt 13000 ] && [ "$rows" -eq "$told" ] && ok "$rows rows, as meta.json says" || not_ok "$rows rows, but meta.json says $told"
done_testing
