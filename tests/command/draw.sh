#!/bin/bash
# spectrum draw: golden sequences; the same bytes for any number of threads; one stream changes nothing of another; errors name the line.
. "$(dirname "$0")/../lib.sh"

cat >votes.jsonl <<'END'
{"task":"vote","part":"","source":"town","split":"train","given":["comment"],"generate":["vote"],"descriptions":["[[Topic: {topic}\n|]]Votes.[[| {n} of them.]]"],"sequence":{"mode":"once","repeat":2,"length":2,"permutations":2,"description_probability":0.8}}
{"instance":"a/1","values":{"topic":"\"{n}\" [[x|y]]","n":3},"target":{"A": 0.50,"B":0.5}}
{"input":"first\n","output":"A"}
{"input":"caf\u00e9","output":"B","more":1}
{"input":"{\"q\": 1}","output":"C\/D"}

{"instance":"a/2","values":{"topic":null,"n":4.0,"unused":1}}
{"input":"only","output":"one"}
END
cat >numbers.jsonl <<'END'
{"task":"numbers","part":"odd","source":"count","split":"test","given":[],"generate":["x"],"revision":"abc","sequence":{"mode":"all","length":{"gp":2},"description_probability":1}}
{"instance":"","values":{}}
{"output":"1"}
{"output":"3"}
{"output":"5"}
END
cat >wanted <<'END'
{"task":"vote","part":"","source":"town","split":"train","instance":"a/1","sequence":0,"variant":0,"messages":[{"role":"description","content":"Topic: \"{n}\" [[x|y]]\nVotes."},{"role":"input","content":"café","example":0},{"role":"output","content":"B","example":0},{"role":"input","content":"first\n","example":1},{"role":"output","content":"A","example":1}],"target":{"A":0.50,"B":0.5}}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/1","sequence":1,"variant":1,"messages":[{"role":"description","content":"Topic: \"{n}\" [[x|y]]\nVotes. 3 of them."},{"role":"input","content":"first\n","example":0},{"role":"output","content":"A","example":0},{"role":"input","content":"café","example":1},{"role":"output","content":"B","example":1}],"target":{"A":0.50,"B":0.5}}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/1","sequence":2,"messages":[{"role":"input","content":"café","example":0},{"role":"output","content":"B","example":0},{"role":"input","content":"{\"q\": 1}","example":1},{"role":"output","content":"C/D","example":1}],"target":{"A":0.50,"B":0.5}}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/1","sequence":3,"variant":3,"messages":[{"role":"description","content":"Votes. 3 of them."},{"role":"input","content":"{\"q\": 1}","example":0},{"role":"output","content":"C/D","example":0},{"role":"input","content":"café","example":1},{"role":"output","content":"B","example":1}],"target":{"A":0.50,"B":0.5}}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/2","sequence":0,"variant":3,"messages":[{"role":"description","content":"Votes. 4.0 of them."},{"role":"input","content":"only","example":0},{"role":"output","content":"one","example":0}]}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/2","sequence":1,"messages":[{"role":"input","content":"only","example":0},{"role":"output","content":"one","example":0}]}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/2","sequence":2,"variant":2,"messages":[{"role":"description","content":"Votes."},{"role":"input","content":"only","example":0},{"role":"output","content":"one","example":0}]}
{"task":"vote","part":"","source":"town","split":"train","instance":"a/2","sequence":3,"variant":3,"messages":[{"role":"description","content":"Votes. 4.0 of them."},{"role":"input","content":"only","example":0},{"role":"output","content":"one","example":0}]}
END
spectrum draw votes.jsonl >got; same "golden: instances, orders, descriptions, target kept" got wanted
prints "golden: mode all; other members of the task line stay" '{"task":"numbers","part":"odd","source":"count","split":"test","instance":"","sequence":0,"messages":[{"role":"output","content":"5","example":0}],"revision":"abc"}
{"task":"numbers","part":"odd","source":"count","split":"test","instance":"","sequence":1,"messages":[{"role":"output","content":"1","example":0}],"revision":"abc"}
{"task":"numbers","part":"odd","source":"count","split":"test","instance":"","sequence":2,"messages":[{"role":"output","content":"3","example":0}],"revision":"abc"}' spectrum draw numbers.jsonl
spectrum draw --ascii votes.jsonl >ascii
check "--ascii leaves no other byte" bash -c '! LC_ALL=C grep -q "[^ -~]" ascii && grep -q "caf\\\\u00e9" ascii'
check "--ascii says the same" cmp <(jq -c . ascii) <(jq -c . got)

# Streams
spectrum draw numbers.jsonl >numbers; cat got numbers >both
spectrum draw votes.jsonl numbers.jsonl >out; same "files one after another; each drawn as alone" out both
cat votes.jsonl numbers.jsonl | spectrum draw >out; same "one concatenated stream" out both
spectrum draw votes.jsonl - <numbers.jsonl >out; same "a file and standard input" out both
zstd -q votes.jsonl; spectrum draw votes.jsonl.zst -o out.jsonl.zst; zstd -dcq out.jsonl.zst >out; same "zst in and out" out got
spectrum draw --task numbers votes.jsonl numbers.jsonl >out; same "--task" out numbers
fails "a task that never came is told" 0 "warning: nothing that was read is of the task 'nope'" spectrum draw --task nope numbers.jsonl
spectrum draw --seed 43 votes.jsonl >out; check "another seed, other sequences" bash -c '! cmp -s out got'
spectrum draw --seed 42 votes.jsonl >out; same "the seed is 42" out got

# Threads and caps: 400 instances of 1 to 40 examples, one of 30000, a task with a cap of 100 sequences
awk 'BEGIN {
	law = "\"sequence\":{\"repeat\":2,\"length\":{\"gp\":8},\"permutations\":2}}"
	head = "{\"task\":\"%s\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"descriptions\":[\"[[About {n}.|Many.]]\"],"
	printf head law "\n", "many"
	for (i = 0; i < 400; i++) {
		printf "{\"instance\":\"%d\",\"values\":{\"n\":%d}}\n", i, i
		for (k = 0; k <= i % 40; k++) printf "{\"input\":\"in %d\",\"output\":\"out %d\",\"weight\":%d}\n", k, k, k + 1
	}
	printf "{\"task\":\"big\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"sequence\":{\"mode\":\"all\",\"length\":{\"gp\":32},\"permutations\":3}}\n{\"instance\":\"\"}\n"
	for (k = 0; k < 30000; k++) printf "{\"output\":\"some longer text for number %d\"}\n", k
	printf head "\"sequence\":{\"repeat\":5,\"length\":3,\"max_sequences\":100}}\n", "capped"
	for (i = 0; i < 300; i++) printf "{\"instance\":\"%d\",\"values\":{\"n\":null}}\n{\"output\":\"%d\"}\n", i, i
}' >many.jsonl
spectrum draw many.jsonl >one
for n in 2 8; do spectrum draw -j $n many.jsonl >out; same "the same bytes from $n threads" out one; done
prints "sequences of each task" '100 capped
1600 many' bash -c 'jq -r .task one | grep -v big | sort | uniq -c | sed "s/^ *//"'
prints "mode all: 30000 examples, each three times" '30000 3' bash -c \
	'jq -r "select(.task == \"big\").messages[].content" one | sort | uniq -c | awk "{ n++; if (\$1 != 3) bad++ } END { print n, bad ? \"bad\" : 3 }"'
sed 's/,"max_sequences":100//' many.jsonl | spectrum draw >uncapped
check "a cap keeps sequences as they are, in their order" bash -c \
	'grep "\"task\":\"capped\"" one >kept; grep -Fxf kept uncapped | cmp - kept'
prints "a cap takes one of each instance before it takes a second" 100 bash -c 'jq -r .instance kept | sort -u | wc -l'
awk 'BEGIN {
	print "{\"task\":\"t\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"sequence\":{\"mode\":\"all\",\"length\":2,\"permutations\":2,\"max_sequences\":40}}"
	split("900 6 300", size, " ")
	for (i = 1; i <= 3; i++) { printf "{\"instance\":\"%d\"}\n", size[i]; for (k = 0; k < size[i]; k++) printf "{\"output\":\"%d\"}\n", k }
}' >uneven.jsonl
spectrum draw uneven.jsonl >cut
prints "a cap is spread evenly, whatever the size of the instances" '17 300
6 6
17 900' bash -c 'jq -r .instance cut | sort | uniq -c | sed "s/^ *//"'
prints "under a cap a sample comes in a second order only after all samples" 37 bash -c 'jq -r "[.instance, (.sequence / 2 | floor)] | @csv" cut | sort -u | wc -l'
sed 's/,"max_sequences":100//' many.jsonl | spectrum draw --task capped --limit 100 >out; same "--limit is such a cap" out kept

# Errors
echo '{"task":"t","source":"s","split":"train","sequence":0,"messages":[]}' >drawn.jsonl
fails "a stream that was drawn already" 1 "drawn.jsonl:1: .sequence. is a number: this is a stream of sequences" spectrum draw drawn.jsonl
fails "not a file" 3 'none.jsonl' spectrum draw none.jsonl
broken() {
	what=$1 pattern=$2; shift 2
	printf '%s\n' "$@" >broken.jsonl
	fails "$what" 1 "$pattern" spectrum draw broken.jsonl
}
task='{"task":"t","part":"","source":"s","split":"train"'
broken "not JSON" 'broken.jsonl:2: .*' "$task}" '{"instance":'
broken "not an object" 'broken.jsonl:1: should be a JSON object' '[1]'
broken "no task line" 'broken.jsonl:1: there is no task line' '{"instance":"a"}'
broken "no instance line" 'broken.jsonl:2: there is no instance line' "$task}" '{"output":"x"}'
broken "no output" 'broken.jsonl:3: is neither' "$task}" '{"instance":""}' '{"input":"x"}'
broken "output is a number" 'broken.jsonl:3: "output" should be a text' "$task}" '{"instance":""}' '{"output":1}'
broken "negative weight" 'broken.jsonl:3: "weight" should be' "$task}" '{"instance":""}' '{"output":"x","weight":-1}'
broken "only weights of 0" 'broken.jsonl:2: all weights' "$task}" '{"instance":""}' '{"output":"x","weight":0}'
broken "a value that a description needs" "broken.jsonl:2: \"values\" lacks 'b'" "$task,\"descriptions\":[\"{b}\"]}" '{"instance":"","values":{"a":1}}'
broken "a template that cannot be meant" "broken.jsonl:1: \"descriptions\" byte 3 of" "$task,\"descriptions\":[\"a {\"]}"
broken "split" 'broken.jsonl:1: "split" should be' '{"task":"t","source":"s","split":"dev"}'
broken "a task without a name" 'broken.jsonl:1: "task" of the task line should not be empty' '{"task":"","source":"s","split":"test"}'
broken "unknown law" 'broken.jsonl:1: "sequence" has a member' "$task,\"sequence\":{\"size\":1}}"
broken "length 0" 'broken.jsonl:1: "sequence.length" should be' "$task,\"sequence\":{\"length\":0}}"
broken "probability" 'broken.jsonl:1: "sequence.description_probability" should be' "$task,\"sequence\":{\"description_probability\":2}}"
spectrum draw -o kept.jsonl votes.jsonl.zst; cp kept.jsonl before
fails "a failing run" 1 'broken' spectrum draw -o kept.jsonl broken.jsonl
same "leaves the output file as it was" kept.jsonl before
done_testing
