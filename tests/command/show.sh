#!/bin/bash
# spectrum show: sequences and token rows for people; nothing in the data acts on a terminal.
. "$(dirname "$0")/../lib.sh"
unset NO_COLOR SPECTRUM_TOKENIZER
cat >two.jsonl <<'END'
{"task":"vote","part":"p","source":"town","split":"train","instance":"a/1","sequence":3,"variant":1,"messages":[{"role":"description","content":"Votes.\noutput       no label"},{"role":"input","content":"caf\u00e9","example":0},{"role":"output","content":"A","example":0},{"role":"input","content":"x","example":1},{"role":"output","content":"B","example":1}],"target":{"A":0.5}}

{"task":"t\u001b[31m","part":"","source":"s","split":"test","instance":"","sequence":0,"messages":[{"role":"output","content":"tab\there\r\u0000\u001b]0;title\u0007 \u202egnp\u200b\u0085 \ud83d\udc69\u200d\ud83d\udd2c","example":0},{"role":"output","content":"B","example":1}]}
END
cat >wanted <<'END'
── vote (p) · a/1 · sequence 3 · train · variant 1 · target {"A": 0.5} · 2 examples
description  Votes.
             output       no label
input        café
output       ⟦A⟧
input        x
output       ⟦B⟧

── t\e[31m · sequence 0 · test · 2 examples
output       tab\there\r\x00\e]0;title\x07 \u{202e}gnp\u{200b}\u{85} 👩‍🔬
output       ⟦B⟧

END
spectrum show two.jsonl >got; same "sequences; loss between marks; control characters visible; the first output without a description has no loss" got wanted
spectrum show <two.jsonl >got; same "standard input" got wanted
zstd -q two.jsonl; spectrum show two.jsonl.zst >got; same "zst" got wanted
prints "colour" "$(printf -- '── \033[1mt\033[7m\\e\033[27m[31m\033[0m')" bash -c 'spectrum show --color always --task "$(printf "t\033[31m")" two.jsonl | head -n 1 | sed "s/ · .*//"'
check "loss in colour" bash -c 'spectrum show --color always two.jsonl | grep -Fq "$(printf "\033[1;32mA\033[0m")"'
check "auto is plain in a pipe" bash -c '! spectrum show two.jsonl | grep -q "$(printf "\033")"'
if command -v script >/dev/null; then
	script -qec 'spectrum show two.jsonl' /dev/null </dev/null >tty.out 2>&1; check "auto has colour on a terminal" grep -q "$(printf '\033')" tty.out
	NO_COLOR=1 script -qec 'spectrum show two.jsonl' /dev/null </dev/null >tty.out 2>&1; check "not with NO_COLOR" bash -c '! grep -q "$(printf "\033")" tty.out'
else skip "terminals" "no program 'script'"; fi
fails "--color sometimes" 2 'always, never or auto' spectrum show --color sometimes two.jsonl
prints "--examples" '             … 1 more' bash -c 'spectrum show -n 1 -e 1 two.jsonl | grep more'

# Counts, tasks, picks
for i in $(seq 0 99); do echo "{\"task\":\"t$((i % 2))\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"instance\":\"\",\"sequence\":$i,\"messages\":[{\"role\":\"output\",\"content\":\"$i\"}]}"; done >many.jsonl
heads() { spectrum show "$@" | sed -n 's/^── \(t.\) · sequence \([0-9]*\).*/\1 \2/p'; }
export -f heads
prints "three by default" 't0 0
t1 1
t0 2' heads many.jsonl
fails "a task that never came is told" 0 "warning: nothing that was read is of these 2 tasks" spectrum show -t no -t nope many.jsonl
prints "-n and --task" 't1 1
t1 3' heads -n 2 --task t1 many.jsonl
prints "all" 100 bash -c 'heads -n 0 many.jsonl | wc -l'
heads --pick -n 5 many.jsonl >picked
prints "five are picked, in order" 5 bash -c 'sort -u picked | wc -l'
check "in the order of the file" bash -c 'cut -d" " -f2 picked | sort -nc'
check "picked again alike" cmp picked <(heads --pick -n 5 many.jsonl)
check "another seed picks others" bash -c '! heads --pick -n 5 --seed 7 many.jsonl | cmp -s - picked'
check "picks are not the first" bash -c '! heads -n 5 many.jsonl | cmp -s - picked'
prints "several files" 't0 0 t0 0' bash -c 'heads -n 200 many.jsonl many.jsonl | grep "t0 0" | paste -sd" "'

# Token rows
for i in $(seq 300); do printf '{"task":"t","part":"","source":"s","split":"train","instance":"i","sequence":%d,"messages":[{"role":"description","content":"Numbers\\nand words."},{"role":"input","content":"number %d \\u001b[1m"},{"role":"output","content":"word %d"}]}\n' $i $i $((i * 7)); done >text.jsonl
check "a tokeniser" spectrum train-tokenizer --vocab 500 -o spm.model text.jsonl
head -n 2 text.jsonl | spectrum tokenize --tokenizer spm.model >rows.jsonl
cat >wanted <<'END'
  <bos><start_of_turn>description
  Numbers
  and words.<end_of_turn>
  <start_of_turn>input
  number 1 \e[1m<end_of_turn>
  <start_of_turn>output
  ⟦word 7<end_of_turn>⟧
  <eos>
END
spectrum show -n 1 --tokenizer spm.model rows.jsonl >got; grep '^  [^ ]' got >body; same "a row decoded, its loss between marks" body wanted
check "counts of the row" bash -c '[ "$(head -n 1 got)" = "── t · i · sequence 1 · train · $(jq -s ".[0].input_ids | length" rows.jsonl) tokens, $(jq -s "[.[0].labels[] | select(. >= 0)] | length" rows.jsonl) with loss" ]'
SPECTRUM_TOKENIZER=spm.model spectrum show -n 1 rows.jsonl >out; same "SPECTRUM_TOKENIZER" out got
head -n 2 text.jsonl | spectrum tokenize --tokenizer spm.model -o folder/set
spectrum show -n 1 folder/set >out; same "a data set, its tokeniser from meta.json" out got
spectrum show -n 1 folder >out; same "a folder of data sets" out got
check "colour of a row" bash -c 'spectrum show -n 1 --color always folder | grep -Fq "$(printf "\033[1;32mword 7<end_of_turn>\033[0m")"'
fails "no tokeniser" 3 'spm32k.model' spectrum show rows.jsonl

fails "an instance stream" 1 'x.jsonl:1: .*spectrum draw' bash -c 'echo "{\"task\":\"t\",\"descriptions\":[]}" >x.jsonl; spectrum show x.jsonl'
fails "something else" 1 'x.jsonl:2: neither a sequence' bash -c '{ echo; echo "{}"; } >x.jsonl; spectrum show x.jsonl'
fails "not JSON" 1 'x.jsonl:1: ' bash -c 'echo "{" >x.jsonl; spectrum show x.jsonl'
fails "not there" 3 'none' spectrum show none
done_testing
