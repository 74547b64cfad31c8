#!/bin/sh
# spectrum check: clean input passes, and each kind of fault is found.
. "$(dirname "$0")/../lib.sh"

check "all manifests are clean, and the suite has its 93 tasks" spectrum check --suite spectrum "$ROOT"/sources/*/
SPECTRUM_SOURCES="$ROOT/sources" spectrum sources --markdown >page.md
same "sources/SOURCES.md is up to date ('spectrum sources --markdown' makes it)" page.md "$ROOT/sources/SOURCES.md"
fails "a suite with missing tasks" 1 "no source has the task 'polis_vote'" spectrum check --suite spectrum "$ROOT/sources/coinflip"

spectrum adapt "$ROOT/sources/coinflip" --limit 5 >i.jsonl 2>/dev/null
spectrum draw i.jsonl >s.jsonl 2>/dev/null
cp -R "$ROOT/sources/coinflip" .
{ printf '\357\273\277'; cat "$ROOT/sources/coinflip/source.json"; } >coinflip/source.json
prints "a manifest may begin with a byte order mark" "all is well" spectrum check coinflip
for f in i s; do
	prints "$f.jsonl is clean" "all is well" spectrum check $f.jsonl
	[ -s $f.jsonl ] || not_ok "$f.jsonl is empty"
done
prints "standard input, compressed" "all is well" sh -c 'zstd -q <i.jsonl | spectrum check'

fails "a pipe that gives nothing" 1 'standard input is empty: there is nothing to check' sh -c ': | spectrum check'
: >empty.jsonl
check "an empty file is not well" sh -c '! spectrum check empty.jsonl 2>&1 | grep well'
fails "  and told" 0 'empty.jsonl is empty: there is nothing to check' spectrum check empty.jsonl

fault() { # what, stream, sed script, message
	sed "$3" "$2" >fault.jsonl
	cmp -s "$2" fault.jsonl && not_ok "$1: the fault was not made"
	fails "$1" 1 "$4" spectrum check fault.jsonl
}
fault "not JSON" i.jsonl '3s/.$//' 'fault.jsonl:3: '
fault "a wrong split" i.jsonl '1s/"train"/"dev"/' '1: /split: should be one of: train, test'
fault "an example without an output" i.jsonl '4s/"output"/"outptu"/' "4: .*lacks the key 'output'"
fault "a stream that begins with an instance" i.jsonl '1d' 'begins no stream'
fault "a text where a number should be" s.jsonl '1s/"sequence":0/"sequence":"0"/' '1: /sequence: should be of type integer'
fault "examples that are not counted" s.jsonl '2s/"example":1}/"example":2}/' '2: the examples are not numbered'
fault "an unknown role" s.jsonl '1s/"role":"output"/"role":"reply"/' '1: /messages'

cat >r.jsonl <<'END'
{"task":"t","part":"","source":"s","split":"train","instance":"","sequence":0,"input_ids":[2,7,8],"labels":[-100,7,8],"example":[-1,0,0]}
END
prints "token rows are clean" "all is well" spectrum check r.jsonl
fault "a label that is not the id" r.jsonl 's/\[-100,7,8\]/[-100,7,9]/' 'neither -100 nor the id'
fault "arrays of different length" r.jsonl 's/\[-1,0,0\]/[-1,0]/' 'not of equal length'
fault "an example number that jumps" r.jsonl 's/\[-1,0,0\]/[-1,0,2]/' 'count up'

check "all families are clean" spectrum check "$ROOT"/tools/formats/*.json
family() { # what, jq script for gemma3.json, message
	jq "$2" "$ROOT/tools/formats/gemma3.json" >mine.json
	fails "a family: $1" 1 "mine.json: $3" spectrum check mine.json
}
family "an unknown key" '.formatz = {}' "\(the whole\): has the unknown key 'formatz'"
family "no ends" 'del(.end)' "\(the whole\): lacks the key 'end'"
family "a key of a format" '.formats.spectrum.messages.output[1].los = true' "/formats/spectrum/messages/output/1: has the unknown key 'los'"
family "a key of another kind of format" '.formats.spectrum.conversation = {}' '/formats/spectrum'
family "a flag that is a text" '.formats.spectrum.messages.output[1].loss = "yes"' '/formats/spectrum/messages/output/1/loss: should be of type boolean'
family "turns without a reply" 'del(.turns.reply)' "/turns: lacks the key 'reply'"
family "turns with a system text twice" '.turns.system = "{content}"' '/turns: fits more than one'
family "a slot that there is not" '.turns.reply = "{contents}"' 'turns.reply: holds a slot that there is not'
family "an end that is no marker" '.end.base = "<end>"' 'end.base: is not one of the markers'
family "a marker that only the list has" '.markers += ["<start_of_trun>"]' "no template uses the marker '<start_of_trun>'; is it misspelt"
family "a format to learn nothing from" 'del(.formats.spectrum.messages.output[].loss)' 'spectrum.output: no segment bears loss'
jq 'del(.formats.chat.conversation.between)' "$ROOT/tools/formats/shared.json" >mine.json
fails "shared.json: a key that lacks" 1 "mine.json: /formats/chat/conversation: lacks the key 'between'" spectrum check mine.json
sed '$d' "$ROOT/tools/formats/gemma3.json" >mine.json
fails "a family that is not JSON" 1 'mine.json: not JSON: at byte' spectrum check mine.json
cp r.jsonl r.json
prints "a stream may be called .json" "all is well" spectrum check r.json

spectrum pack -o set r.jsonl 2>/dev/null
prints "a data set is clean" "all is well" spectrum check set/train
prints "a folder of data sets is clean" "all is well" spectrum check set
printf 'x' >>set/train/shard.00000.mds.zstd
fails "a shard that grew" 1 'shard.00000' spectrum check set
sed -i 's/"version":2/"version":3/' set/train/index.json
fails "an index of another version" 1 '/version: should be' spectrum check set
fails "a folder without anything" 2 'neither a source' spectrum check "$ROOT/tools/formats"

cat i.jsonl >both.jsonl
sed 's/"train"/"test"/' i.jsonl >>both.jsonl
spectrum check both.jsonl 2>err >/dev/null
distinct=$(grep '"output"' i.jsonl | sort -u | wc -l)
prints "examples in both splits are told, with their tasks" "spectrum check: warning: $distinct examples are in train and in test tasks:
  coinflip and coinflip: $distinct" cat err
done_testing
