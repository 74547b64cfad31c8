#!/bin/bash
# spectrum new: folders from files of each text format, which adapt at once; what is guessed; nothing is overwritten.
. "$(dirname "$0")/../lib.sh"

# csv: a quoted line end, a code with leading zeros, booleans, missing cells
printf 'age,mood,plz,done,size\n31,"calm, yes\nand",01067,true,1.5\n-47,glad,99084,False,\n52,,10115,true,2\n' >moods.csv
check "csv" spectrum new moods moods.csv -o ./sources/moods --generate mood
prints "types of csv" '{"age":"integer","mood":"text","plz":"text","done":"boolean","size":"real"}' \
	jq -c '.tables[0].columns' sources/moods/source.json
prints "it adapts at once" '{"instance":""}
{"input":"{\"age\": -47, \"plz\": \"99084\", \"done\": false, \"size\": null}","output":"glad"}
{"input":"{\"age\": 31, \"plz\": \"01067\", \"done\": true, \"size\": 1.5}","output":"calm, yes\nand"}' \
	bash -c 'spectrum adapt ./sources/moods 2>adapt.err | tail -n +2'
check "expect/ is what the sample gives" bash -c 'spectrum adapt ./sources/moods 2>/dev/null | cmp - sources/moods/expect/instances.jsonl'
check "the raw file is in its place" cmp moods.csv out/raw/moods/moods.csv
check "its hash is pinned" bash -c 'cd out/raw/moods && sha256sum -c --quiet ../../../sources/moods/SHA256SUMS'
check "nothing else is left" bash -c '[ "$(find sources -type f | wc -l)" = 5 ] && [ -z "$(find . -name "*.tmp" -o -name ".raw*")" ]'
prints "one sequence" '3 records' bash -c 'spectrum adapt ./sources/moods 2>/dev/null | spectrum draw | jq -r ".messages | map(select(.role == \"input\")) | length + 1 | \"\(.) records\""'
prints "the source is found by its name" moods bash -c 'spectrum adapt moods 2>/dev/null | head -n 1 | jq -r .task'

# csv without a header, with another delimiter and encoding
printf '1;gr\374n;a\n2;blau;b\n' >plain.csv
check "csv without header" spectrum new no-header plain.csv
prints "delimiter, header and encoding" '[";",false,"windows-1252",["column_1","column_2","column_3"]]' \
	jq -c '.tables[0] | [.delimiter, .header, .encoding, (.columns | keys_unsorted)]' sources/no-header/source.json
prints "its output" 'grün' bash -c 'sed -i "s/\"column_1\", \"column_2\"], \"generate\": \[\"column_3\"/\"column_1\"], \"generate\": [\"column_2\"/" sources/no-header/source.json
	spectrum adapt no-header 2>/dev/null | sed -n 3p | jq -r .output'

# tsv: ten records, five of them in the sample
{ printf 'word\tcount\n'; for i in 1 2 3 4 5 6 7 8 9 10; do printf 'w%d\t%d\n' $i $i; done; } >words.tsv
check "tsv" spectrum new words words.tsv
prints "five records are sampled" '6' bash -c 'wc -l <sources/words/sample/words.tsv'
prints "all are adapted" '10' bash -c 'spectrum adapt words 2>/dev/null | grep -c output'

# jsonl: records that differ in their keys, nested values
cat >talk.jsonl <<'END'
{"id": 7, "tags": ["a", {"b": 1}], "say": "hello {x} [[y|z]]"}
{"id": 8, "score": 0.5, "say": "12"}
END
check "jsonl" spectrum new talk.v2 talk.jsonl
prints "types of jsonl" '{"id":"integer","tags":"json","say":"text","score":"real"}' jq -c '.tables[0].columns' sources/talk.v2/source.json
prints "json stays json" '{"input":"{\"id\": 7, \"tags\": [\"a\", {\"b\": 1}], \"score\": null}","output":"hello {x} [[y|z]]"}' \
	bash -c 'spectrum adapt talk.v2 2>/dev/null | grep -F hello'

# json: rows inside an object
echo '{"version": 1, "all/rows": [{"q": "a", "n": 1}, {"q": "b", "n": 2}]}' >set.json
check "json" spectrum new data set.json
prints "where the rows are" '/all~1rows' jq -r '.tables[0].at' sources/data/source.json
prints "json adapts" '2' bash -c 'spectrum adapt data 2>/dev/null | grep -c output'

# compressed
gzip -c words.tsv >words.tsv.gz; check "a compressed file" spectrum new packed words.tsv.gz
prints "compressed adapts" '10' bash -c 'spectrum adapt packed 2>/dev/null | grep -c output'
printf 'one\ntwo\n' >list.txt; check "lines" spectrum new list list.txt
prints "lines adapt" '["one","two"]' bash -c 'spectrum adapt list 2>/dev/null | jq -c "select(.output).output" | sort | jq -sc .'

if [ -e "$SHARED/parquet/nested_lists.snappy.parquet" ]; then
	check "parquet" spectrum new lists "$SHARED/parquet/nested_lists.snappy.parquet"
	prints "parquet adapts" '3' bash -c 'spectrum adapt lists 2>/dev/null | grep -c output'
else skip "parquet" "no such file at hand"; fi

mkdir -p far; mv list.txt far/real.txt; ln -s real.txt far/named.txt
check "a link to a file" spectrum new linked far/named.txt
prints "linked adapts" '["one","two"]' bash -c 'spectrum adapt linked 2>/dev/null | jq -c "select(.output).output" | sort | jq -sc .'

python3 -c 'import json; json.dump({"k%d" % i: {"n": i, "s": "x"} for i in range(150000)}, open("keyed.json", "w"))'
check "an object of very many entries is read soon" timeout 15 spectrum new keyed keyed.json
printf 'n,N,s\n1,2,x\n' >cases.csv; check "names that differ in case only" spectrum new cases cases.csv
prints "  are one column" '["n","s"]' jq -c '.tables[0].columns | keys' sources/cases/source.json

# Refusals
before=$(cat sources/words/source.json out/raw/words/words.tsv | sha256sum)
fails "a folder that is there" 2 'words is there already' spectrum new words words.tsv
printf 'x\n1\n' >words2.tsv; mkdir -p other; mv words2.tsv other/words.tsv
rm -r sources/packed; fails "another raw file in its place" 2 'is another file' bash -c 'printf x >out/raw/packed/words.tsv.gz.new; mv out/raw/packed/words.tsv.gz.new out/raw/packed/words.tsv.gz; spectrum new packed words.tsv.gz'
check "a refused folder leaves nothing" bash -c '[ ! -e sources/packed ] && [ -z "$(find . -name "*.tmp")" ]'
if far=$(mktemp -d /dev/shm/spectrum-XXXXXX 2>/dev/null) && ! ln words.tsv "$far/x" 2>/dev/null; then
	zstd -q words.tsv -o far.tsv.zst
	spectrum new far far.tsv.zst --raw "$far" >/dev/null
	check "a compressed file is copied to another file system as it is" cmp far.tsv.zst "$far/far/far.tsv.zst"
else skip "a compressed file is copied to another file system as it is" "/dev/shm is none"; fi
rm -rf "$far" sources/far
check "nothing was changed" [ "$before" = "$(cat sources/words/source.json out/raw/words/words.tsv | sha256sum)" ]
fails "not a name" 2 "'Bad Name' cannot be the name" spectrum new 'Bad Name' words.tsv
fails "folder of another name" 2 'should end in' spectrum new a words.tsv -o ./b
fails "no such file" 3 'none.csv' spectrum new a none.csv
fails "an empty file" 1 'there are no records' bash -c ': >empty.csv; spectrum new a empty.csv'
fails "an unknown kind of file" 2 'name the reader with --kind' bash -c 'cp words.tsv words; spectrum new a words'
fails "a line end in the file's name" 2 'rename it without .*control characters' bash -c 'cp words.tsv "$(printf "a\nb.tsv")"; spectrum new a "$(printf "a\nb.tsv")"'
fails "no such column" 2 "has no column 'z'; it has: word, count" spectrum new a words.tsv --generate z
fails "one operand" 2 'spectrum new SOURCE FILE' spectrum new a
printf 'a,b,a\n1,2,3\n' >twice.csv; fails "a column name twice" 1 "twice.csv: two columns are called 'a'" spectrum new twice twice.csv
check "  leaves nothing" [ ! -e sources/twice ]
printf 'id,code,share,mood\n18446744073709551615,007,0.5,glad\n1,010,1,sad\n' >codes.csv
prints "numbers that would lose digits are texts" "2 records of csv, id text, code text, share real, mood text" sh -c 'spectrum new codes codes.csv | sed -n "1s/^[^ ]* //p"'
fails "not JSON" 1 'bad.jsonl' bash -c 'echo "{" >bad.jsonl; spectrum new a bad.jsonl'
done_testing
