#!/bin/sh
# pack and cat: rows in, shuffled data sets out, and what happens to damaged, hostile and interrupted ones.
. "$(dirname "$0")/../lib.sh"

# rows COUNT LENGTH: token rows of seven tasks, every seventh row in test
rows() {
	awk -v count="$1" -v length_="$2" 'BEGIN {
		srand(7)
		for (i = 0; i < count; i++) {
			ids = labels = example = ""
			n = 1 + int(rand() * length_)
			for (k = 0; k < n; k++) {
				id = int(rand() * rand() * 32000)
				loss = rand() < 0.3
				comma = k ? "," : ""
				ids = ids comma id; labels = labels comma (loss ? id : -100); example = example comma (loss ? int(k / 9) : -1)
			}
			printf "{\"task\":\"task_%d\",\"part\":\"%s\",\"source\":\"s%d\",\"split\":\"%s\",\"instance\":\"é/%d\",\"sequence\":%d,", i % 7, i % 7 == 3 ? "p" : "", i % 3, i % 7 == 6 ? "test" : "train", int(i / 20), i
			printf "\"input_ids\":[%s],\"labels\":[%s],\"example\":[%s]}\n", ids, labels, example
		}
	}'
}
pack() { spectrum pack "$@"; }
bytes_of() { (cd "$1" && find . -type f | sort | xargs sha1sum); }
sorted() { spectrum cat "$@" | sort; }

rows 3000 300 >rows.jsonl
sort rows.jsonl >sorted
check "pack from a file" pack -o a -j 1 rows.jsonl
sorted a >got
same "cat gives the same rows back" got sorted
spectrum cat a/train >train.jsonl
grep -v '"split":"test"' rows.jsonl >train.wanted
sort train.jsonl >got; sort train.wanted >wanted
same "train holds the rows of train" got wanted
if cmp -s train.jsonl train.wanted; then not_ok "their order is another one"; else ok "their order is another one"; fi
# A tenth of the rows at the head holds a tenth of each task, within five standard deviations.
prints "tasks are mixed" ok sh -c 'head -n 257 train.jsonl | grep -o "task_[0-5]" | sort | uniq -c | awk "\$1 < 13 || \$1 > 73 { bad = 1 } END { print bad || NR != 6 ? \"bad\" : \"ok\" }"'

bytes_of a >a.sums
for j in 2 8; do
	pack -o "j$j" -j $j --shard-size 2000000 rows.jsonl
	bytes_of "j$j" >"j$j.sums"
done
pack -o j1 -j 1 --shard-size 2000000 rows.jsonl
bytes_of j1 >j1.sums
prints "several shards" yes sh -c '[ $(ls j1/train/shard.* | wc -l) -ge 3 ] && echo yes'
same "same bytes with 2 threads" j2.sums j1.sums
same "same bytes with 8 threads" j8.sums j1.sums
sort -r rows.jsonl | pack -o reversed -
bytes_of reversed >reversed.sums
same "same bytes from a pipe, in another order" reversed.sums a.sums
sed -n '1~2p' rows.jsonl >odd.jsonl
sed -n '2~2p' rows.jsonl >even.jsonl
pack -o small --memory 1048576 even.jsonl odd.jsonl
bytes_of small >small.sums
same "same bytes in little memory, from two files" small.sums a.sums
pack -o again a/train a/test
bytes_of again >again.sums
same "same bytes from packed data sets" again.sums a.sums
pack -o seed --seed 7 rows.jsonl
spectrum cat seed | sort >got
same "another seed: the same rows" got sorted
if cmp -s a/train/shard.00000.mds.zstd seed/train/shard.00000.mds.zstd; then not_ok "in another order"; else ok "in another order"; fi
pack -o level0 --level 0 rows.jsonl
spectrum cat level0 >got
spectrum cat a >wanted
same "not compressed: the same rows" got wanted
prints "meta.json" '{"rows":2572,"tasks":6,"seed":42,"split":"train"}' jq -c '{rows:.counts.rows, tasks:(.counts.tasks|length), seed, split}' a/train/meta.json
prints "labels are counted" true jq -s --slurpfile m a/train/meta.json '(map(.labels|map(select(. != -100))|length)|add) == $m[0].counts.labels' train.jsonl
prints "nothing else is left" 'test train' sh -c 'echo $(ls -A small)'

spectrum cat a/train | head -n 3 >wanted
spectrum cat -n 3 a/train >got
same "cat -n" got wanted
grep -c task_3 rows.jsonl >wanted
spectrum cat --task task_3 a | wc -l >got
same "cat --task" got wanted
fails "a task that never came is told" 0 "warning: nothing that was read is of the task 'nope'" spectrum cat --task nope a
spectrum cat <rows.jsonl >got
same "cat reads JSON Lines" got rows.jsonl
fails "cat --text without a tokenizer says how" 2 'tokenizer' spectrum cat --text a

# decoded, with a tokenizer of 300 pieces trained here
awk 'BEGIN { for (i = 0; i < 400; i++) printf "{\"task\":\"t\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"instance\":\"\",\"sequence\":%d,\"messages\":[{\"role\":\"input\",\"content\":\"What is %d + %d?\",\"example\":0},{\"role\":\"output\",\"content\":\"it is %d\",\"example\":0}]}\n", i, i, i * 7 % 31, i + i * 7 % 31 }' >sequences.jsonl
mkdir -p here out/tokenizers
check "a tokenizer" spectrum train-tokenizer -o here/small.model --vocab 400 sequences.jsonl
SPECTRUM_TOKENIZER=here/small.model spectrum tokenize --format colon -o ids sequences.jsonl 2>.check.err
pack -o out/shards/small ids
fails "cat --text: meta.json's tokenizer is looked for" 2 'tokenizer small.model is not here; name' spectrum cat --text out/shards/small
spectrum cat --text --tokenizer here/small.model out/shards/small >wanted
cp here/small.model out/tokenizers
spectrum cat --text out/shards/small >got
same "and found in tokenizers/ of the build" got wanted
SPECTRUM_TOKENIZER=here/small.model spectrum cat --text out/shards/small >got
same "or as SPECTRUM_TOKENIZER" got wanted
prints "the outputs are decoded" '400 true' sh -c 'jq -s "map(select(.outputs | length == 1 and (.[0] | test(\"it is [0-9]+\")))) | length" wanted | tr "\n" " "; jq -s "all(. as \$r | .text | contains(\$r.outputs[0]))" wanted'
spectrum train-tokenizer --vocab 380 -o out/tokenizers/small.model sequences.jsonl
fails "another tokenizer of that name is refused" 2 'SHA-256 is another' spectrum cat --text out/shards/small

# what is no file is written, not replaced
mkfifo pipe
cat pipe >got &
spectrum cat -o pipe a/train
wait $!
same "cat -o into a pipe" got train.jsonl
check "which is still a pipe" test -p pipe

# one split only: the other one of an earlier run goes away
cp -r a gone
grep -v '"split":"test"' rows.jsonl | pack -o gone
prints "a split without rows is removed" 'train' sh -c 'echo $(ls gone)'
printf '' >empty
fails "no rows at all is an error" 1 'no rows' pack -o gone empty
prints "and changes nothing" 'train' sh -c 'echo $(ls gone)'

# meta.json of inputs
cp -r a/train in1; cp -r a/test in2
meta() { printf '{"tokenizer":{"file":"%s","sha256":"%s"},"family":"gemma3","format":"spectrum","max_length":1024,"sources":{"s0":{"revision":"r%s"}}}' "$1" "$2" "$3"; }
meta x.model aa 1 >in1/meta.json; meta y.model aa 1 >in2/meta.json
check "one tokenizer under two names" sh -c 'mv in2 test && mv in1 train && spectrum pack -o merged train test'
prints "meta.json is merged" '["aa","gemma3","spectrum",1024,{"s0":{"revision":"r1"},"s1":{},"s2":{}}]' jq -c '[.tokenizer.sha256,.family,.format,.max_length,.sources]' merged/train/meta.json
meta y.model bb 1 >test/meta.json
fails "two tokenizers" 1 'different settings \(tokenizer\)' pack -o merged train test
meta y.model aa 2 >test/meta.json
fails "two revisions of a source" 1 'revision of source s0' pack -o merged train test
echo '[' >test/meta.json
fails "a damaged meta.json" 1 'test/meta.json' pack -o merged train test
nested() { printf '{"format":[%s%s%s]}' "$(printf '{"a":%.0s' $(seq 60))" "$1" "$(printf '}%.0s' $(seq 60))"; }
nested 1 >train/meta.json; nested 1 >test/meta.json
check "deeply nested settings are compared soon" timeout 20 spectrum pack -o merged train test
nested 2 >test/meta.json
fails "  and differ where they differ" 1 'different settings \(format\)' pack -o merged train test

# wrong rows
fails "a row given twice" 1 'source s[0-9], task task_[0-9].* sequence [0-9]+: was an input given twice' pack -o twice rows.jsonl odd.jsonl
fails "a row given twice, over runs" 1 'given twice' pack -o twice --memory 1048576 rows.jsonl odd.jsonl
sed '17s/"labels":\[[^,]*/"labels":[77777/' rows.jsonl >wrong.jsonl
fails "a wrong row is named" 1 'wrong.jsonl:17: labels\[0\] is 77777' pack -o twice wrong.jsonl
sed '5s/"split":"[a-z]*"/"split":"..\/x"/' rows.jsonl >wrong.jsonl
fails "another split" 1 'wrong.jsonl: row 5: .*train or test' pack -o twice wrong.jsonl
fails "a row longer than a shard" 1 'raise the shard size' pack -o twice --shard-size 1024 rows.jsonl
prints "and nothing is made of them" '' sh -c 'echo $(ls -A twice)'
fails "no -o" 2 '-o DIR is missing' pack rows.jsonl
mkdir other other/train; echo mine >other/train/file
fails "a folder with other files is not replaced" 2 'not a data set' pack -o other rows.jsonl
prints "and its files are kept" mine cat other/train/file

# damage: every byte of the files counts
fails "not a data set" 1 'no data set' spectrum cat other
flip() { # FILE OFFSET: another byte there
	printf '%b' "$(printf '\\%03o' $((255 - $(od -An -tu1 -j "$2" -N 1 "$1"))))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
cp -r a bad
flip bad/train/shard.00000.mds.zstd 5000
fails "a damaged shard" 1 'damaged' spectrum cat bad
cp -r a cut
truncate -s -1 cut/train/shard.00000.mds.zstd
fails "a cut shard" 1 'but index.json says' spectrum cat cut
rm cut/train/shard.00000.mds.zstd
fails "a missing shard" 1 'is missing' spectrum cat cut
cp -r level0 bad0
flip bad0/train/shard.00000.mds 100000
fails "a damaged byte in a file that is not compressed" 1 'damaged: its xxh64' spectrum cat bad0
jq -c '.shards[].raw_data.hashes = {}' level0/train/index.json >bad0/train/index.json
printf '\377\377\377\377' | dd of=bad0/train/shard.00000.mds bs=1 seek=400 conv=notrunc 2>/dev/null
fails "an offset out of range" 1 'out of range' spectrum cat bad0
printf '\377\377\377\377' | dd of=bad0/train/shard.00000.mds bs=1 conv=notrunc 2>/dev/null
fails "a false number of samples" 1 'as many samples' spectrum cat bad0
hostile() { # what, pattern, jq program
	rm -rf hostile; cp -r a/train hostile
	jq -c "$3" a/train/index.json >hostile/index.json
	fails "index.json: $1" 1 "$2" spectrum cat hostile
}
hostile "a path outside" 'inside the folder' '.shards[0].zip_data.basename = "../train/shard.00000.mds.zstd"'
hostile "an absolute path" 'inside the folder' '.shards[0].raw_data.basename = "/etc/passwd"'
hostile "a size beyond 32 bits" 'below 2\^32' '.shards[0].raw_data.bytes = 1e18'
hostile "a negative size" 'zip_data' '.shards[0].zip_data.bytes = -1'
hostile "a false size" 'not a zstd frame of 4294967295 bytes' '.shards[0].raw_data.bytes = 4294967295'
hostile "too many samples" 'as many samples' '.shards[0].samples = 4294967295'
hostile "another version" 'version' '.version = 3'
hostile "no shards" 'no list' 'del(.shards)'
hostile "another compression" 'only one' '.shards[0].compression = "br:11"'
hostile "lists of two lengths" 'one length' '.shards[0].column_sizes = []'
hostile "another encoding" 'encoded as' '.shards[0].column_encodings[0] = "ndarray:int64"'
hostile "an unknown column" 'no column' '.shards[0].column_names[0] = "exmple"'
hostile "a false column size" 'cut short|longer' '.shards[0].column_sizes[0] = 2000000'
hostile "columns of two kinds" 'differ' '.shards += .shards | .shards[1].column_names[1] = "x"'
hostile "not JSON" 'index.json' '"{"'

# a full disk and a killed process leave the old data sets as they were
cp -r a full
(ulimit -f 100; trap '' XFSZ; exec spectrum pack -o full --seed 9 rows.jsonl) 2>.check.err
prints "a full disk: status 3" 3 echo $?
bytes_of full >full.sums
same "a full disk: the old data set is intact" full.sums a.sums
(ulimit -f 100; trap '' XFSZ; exec spectrum pack -o full --memory 1048576 rows.jsonl) 2>.check.err
prints "a full disk while shuffling: status 3" 3 echo $?
prints "nothing is left of it" 'test train' sh -c 'echo $(ls -A full)'
cp -r a killed
for wait in 0.005 0.01 0.02 0.04 0.08; do
	spectrum pack -o killed --seed 9 --level 19 -j 2 rows.jsonl &
	sleep $wait
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
done 2>/dev/null
bytes_of killed/train >got; bytes_of a/train >wanted
same "a killed run leaves the old data set" got wanted
pack -o killed rows.jsonl
prints "the next run sweeps" 'test train' sh -c 'echo $(ls -A killed)'
bytes_of killed >got
same "and gives what it should" got a.sums
done_testing
