#!/bin/sh
# train-tokenizer and tokenize as a user runs them. (Ids and labels: tests/unit/test_row_encoder.c.)
. "$(dirname "$0")/../lib.sh"
SPECTRUM_FORMATS=$ROOT/tools/formats
export SPECTRUM_FORMATS
unset SPECTRUM_TOKENIZER

# sequence TASK INSTANCE MESSAGES
sequence() { printf '{"task":"%s","part":"","source":"s","split":"train","instance":"%s","sequence":0,"messages":[%s]}\n' "$1" "$2" "$3"; }
output() { printf '{"role":"output","content":"%s","example":%s}' "$1" "$2"; }
i=0
while [ $i -lt 3000 ]; do
	sequence coin "i$i" "{\"role\":\"description\",\"content\":\"A coin that shows heads in $i of 3000 throws.\"},$(output heads 0),$(output "tails $i" 1)"
	i=$((i + 1))
done >many.jsonl
sequence coin one "$(output heads 0)" >short.jsonl
sequence rain two "$(output yes 0),$(output no 1)" >>short.jsonl

check 'trains' spectrum train-tokenizer --vocab 500 -o a.model many.jsonl
check 'trains from a pipe' sh -c 'cat many.jsonl | spectrum train-tokenizer --vocab 500 -o b.model'
same 'the same model from the same texts' b.model a.model
check 'a vocabulary that the text cannot fill' spectrum train-tokenizer -o large.model many.jsonl
fails 'no output named' 2 'FILE' spectrum train-tokenizer many.jsonl
fails 'no text' 1 'no text to train on' spectrum train-tokenizer -o c.model /dev/null
check 'makes no model then' test ! -e c.model
fails 'a family without markers of its own' 2 "'pad'" spectrum train-tokenizer --family qwen3 -o c.model many.jsonl

mkdir -p far/off/bin && cp "$BUILD/bin/spectrum-tokenize" far/off/bin
fails 'a program far from its formats' 3 'no files of formats .* SPECTRUM_FORMATS=DIR tells where' sh -c 'cd far && env -u SPECTRUM_FORMATS off/bin/spectrum-tokenize -t ../a.model ../short.jsonl'
fails 'a folder for a tokeniser' 2 '^spectrum tokenize: \. is a folder; name the file in it' spectrum tokenize -t . short.jsonl
fails 'no tokeniser' 3 'out/tokenizers/spm32k.model' spectrum tokenize short.jsonl
fails 'a format that there is not' 2 "no format 'prose'" spectrum tokenize -t a.model -f prose short.jsonl
fails 'a family that there is not' 2 "no model family 'x'" spectrum tokenize -t a.model --family x short.jsonl
fails 'a family whose markers the tokeniser lacks' 2 'im_start' spectrum tokenize -t a.model --family qwen3 short.jsonl
fails 'a tokeniser of no family' 2 'tokenizers/bytes.json: the tokeniser is of no known model family' spectrum tokenize -t "$ROOT/tests/data/tokenizers/bytes.json" short.jsonl
fails 'max-length' 2 '1 to 8192' spectrum tokenize -t a.model --max-length 0 short.jsonl

check 'tokenizes' sh -c 'spectrum tokenize -t a.model many.jsonl >one.jsonl 2>one.err'
check 'says the family' grep -q 'family gemma3, variant base' one.err
check 'the tokeniser of the environment, standard input' sh -c 'SPECTRUM_TOKENIZER=a.model spectrum tokenize <many.jsonl >stdin.jsonl'
same 'makes the same rows' stdin.jsonl one.jsonl
check '2 threads' sh -c 'spectrum tokenize -t a.model -j 2 many.jsonl >two.jsonl'
check '8 threads' sh -c 'spectrum tokenize -t a.model -j 8 many.jsonl >eight.jsonl'
same 'the same bytes for 2 threads' two.jsonl one.jsonl
same 'the same bytes for 8 threads' eight.jsonl one.jsonl
prints '3000 rows in order, labels and examples along' '3000 true' \
	jq -rs '"\(length) \([range(length)] == [.[].instance[1:] | tonumber] and all(.[]; (.input_ids | length) == (.labels | length) and (.labels | length) == (.example | length)
		and (.example | max) == 1))"' one.jsonl

spectrum tokenize -t a.model --stats stats.json short.jsonl >short.rows 2>short.err
check 'a row without labels is dropped and told' grep -q 'coin: 1 sequences, 0 rows, 0 tokens, 0 labels, 1 dropped without labels' short.err
prints 'the other is kept' rain jq -r .task short.rows
prints 'and counted' '2 1 1 [1,0,1] [1,1,0]' \
	jq -r '"\(.sequences) \(.rows) \(.dropped) \(.tasks.coin | [.sequences, .rows, .dropped]) \(.tasks.rain | [.sequences, .rows, .dropped])"' stats.json
prints 'the first output is without label, the second with' '[-1,0]' jq -c '.example | unique' short.rows
check 'colon' sh -c 'spectrum tokenize -t a.model -f colon short.jsonl >colon.rows'
prints 'labels every output' '2 [-1,0,1]' jq -rs '"\(length) \(.[1].example | unique)"' colon.rows
check 'cut' sh -c 'spectrum tokenize -t a.model --max-length 32 many.jsonl >cut.rows'
prints 'rows are cut' 32 jq -s 'map(.input_ids | length) | max' cut.rows

check 'into a folder' spectrum tokenize -t a.model -j 2 -o mds many.jsonl
check 'which cat reads' sh -c 'spectrum cat mds >cat.jsonl'
same 'with the same rows' cat.jsonl one.jsonl
prints 'its meta.json' "spectrum a.model $(sha256sum a.model | cut -c 1-64) sentencepiece-bpe gemma3 spectrum 1024 3000" \
	jq -r '"\(.tool) \(.tokenizer.file) \(.tokenizer.sha256) \(.tokenizer.kind) \(.family) \(.format) \(.max_length) \(.counts.tasks.coin.rows)"' mds/meta.json
sed 's/"source":"[^"]*"/"source":"polis"/' short.jsonl >polis.jsonl
check 'a source that is here' env SPECTRUM_SOURCES="$ROOT/sources" spectrum tokenize -t a.model -o polis.mds polis.jsonl
prints 'is named with its revision' "$(jq -c '{polis: {revision}}' "$ROOT/sources/polis/source.json")" jq -c .sources polis.mds/meta.json

{ cat short.jsonl; echo '{"task":"x"}'; } >bad.jsonl
fails 'a bad line is named' 1 'bad.jsonl:3: part is missing' spectrum tokenize -t a.model bad.jsonl
fails 'and makes no folder' 1 'bad.jsonl:3' spectrum tokenize -t a.model -o bad.mds bad.jsonl
check 'nothing is left of it' sh -c '! ls -d bad.mds* 2>/dev/null'
printf 'no model' >no.model
fails 'a file that is no tokeniser' 1 'no.model: not a SentencePiece model' spectrum tokenize -t no.model short.jsonl

# A terminal would obey the name of a task.
sequence coin one "$(output heads 0),$(output tails 1)" | sed 's/"task":"[^"]*"/"task":"red\\u001b[31m\\u009b"/' | spectrum tokenize -t a.model >red.rows 2>red.err
check 'escapes in the name of a task are made visible' grep -qF 'red\x1b[31m\u009b: 1 sequences' red.err

# A further family is a further file.
mkdir formats
cp "$ROOT"/tools/formats/*.json formats
sed 's/<start_of_turn>/<turn>/g; s/<end_of_turn>/<done>/g' formats/gemma3.json >formats/mine.json
check 'trains for a family of our own' env SPECTRUM_FORMATS=formats spectrum train-tokenizer --family mine --vocab 500 -o mine.model many.jsonl
check 'tokenizes for it' sh -c 'SPECTRUM_FORMATS=formats spectrum tokenize -t mine.model many.jsonl >mine.rows 2>mine.err'
check 'having guessed it' grep -q 'family mine' mine.err
same 'with the ids of the same template' mine.rows one.jsonl
echo '{"markers": [], "detect": [], "formatz": {}}' >formats/mine.json
fails 'a slip in its file is named' 2 'mine.json: formatz: unknown key' env SPECTRUM_FORMATS=formats spectrum tokenize -t a.model --family mine short.jsonl
echo '{"markers": [], "detect": [], "markers detect": {}}' >formats/mine.json
fails 'two keys in one are none' 2 'mine.json: markers detect: unknown key' env SPECTRUM_FORMATS=formats spectrum tokenize -t a.model --family mine short.jsonl
sed 's/{content}/{contents}/' "$ROOT/tools/formats/gemma3.json" >formats/mine.json
fails 'so is a slot' 2 'text: holds a slot that there is not' env SPECTRUM_FORMATS=formats spectrum tokenize -t a.model --family mine short.jsonl
rm formats/mine.json
# The example of tools/formats/README.md, as it stands there.
awk '/^```json$/ {on = 1; next} /^```$/ {on = 0} on' "$ROOT/tools/formats/README.md" >formats/inst.json
SPECTRUM_FORMATS=formats
check 'the family of the README is clean' spectrum check formats/inst.json
check 'a tokeniser is trained for it' spectrum train-tokenizer --family inst --vocab 500 -o inst.model many.jsonl
sequence coin one "{\"role\":\"description\",\"content\":\"A coin\"},$(output heads 0),$(output tails 1)" >coin.jsonl
for format in spectrum chat_simple colon; do spectrum tokenize -t inst.model -f $format -l 8192 -o inst.$format coin.jsonl 2>err; grep -q 'family inst' err || not_ok 'it is not guessed'; done
# text_of FORMAT: text and outputs of its row
text_of() { spectrum cat --text --tokenizer inst.model "inst.$1" | jq -c '[.text, .outputs[]]'; }
prints 'its rows, in its own words, and what bears loss' '["<s>[INST]Description: A coin[/INST][OUT]heads</s>[OUT]tails</s>","heads</s>","tails</s>"]' text_of spectrum
prints 'chat' '["<s>[INST]A coin\n\nGenerate[/INST] heads</s>[INST]Generate[/INST] tails</s>"," heads</s>"," tails</s>"]' text_of chat_simple
prints 'colon' '["<s>Description: A coin\n\nOutput: heads\n\nOutput: tails\n\n</s>"," heads\n\n"," tails\n\n"]' text_of colon
done_testing
