#!/bin/bash
# query: SQL over raw files.
. "$(dirname "$0")/../lib.sh"

printf 'id,name,n\n1,Ada,5\n2,"Bo, jr",\n3,"say ""hi""",7\n' >a.csv
printf '{"id": 1, "x": 2.50, "ok": true, "tags": ["p", 1], "big": 12345678901234567890, "mixed": "t"}\n{"id": 2, "x": 3, "ok": false, "tags": [], "mixed": 4, "late": "é"}\n' >b.jsonl

prints 'cells of csv are texts' '{"id":"1","name":"Ada","n":"5"}
{"id":"2","name":"Bo, jr","n":""}
{"id":"3","name":"say \"hi\"","n":"7"}' spectrum query 'SELECT id, name, n FROM a' a=a.csv
prints 'CSV' 'name,k
Ada,5.5
"Bo, jr",
"say ""hi""",7.5' spectrum query --csv --null '' "SELECT name, n + 0.5 AS k FROM a" a=a.csv
prints 'jsonl keeps types; a key of a later record is a column; mixed values are texts' \
	'{"id":1,"x":2.5,"ok":true,"tags":["p",1],"big":"12345678901234567890","mixed":"t","late":null}
{"id":2,"x":3.0,"ok":false,"tags":[],"big":null,"mixed":"4","late":"é"}' spectrum query 'SELECT id, x, ok, tags, big, mixed, late FROM b' b=b.jsonl
prints '--ascii' '{"late":"\u00e9"}' spectrum query --ascii 'SELECT late FROM b WHERE id = 2' b=b.jsonl
prints 'a join of two files' '{"name":"Ada","x":2.5}
{"name":"Bo, jr","x":3.0}' spectrum query 'SELECT name, x FROM a JOIN b ON CAST(a.id AS INTEGER) = b.id ORDER BY name' a=a.csv b=b.jsonl
prints 'standard input is JSON Lines' '{"n":3}' bash -c "spectrum read a.csv | spectrum query 'SELECT count(*) AS n FROM t' t=-"
prints 'standard input of another kind, with a delimiter, no header' '{"a":"2;","b":"x"}' \
	bash -c "printf '\"2;\";x\n' | spectrum query --kind csv --delimiter ';' --no-header 'SELECT \"1\" AS a, \"2\" AS b FROM t' t=-"
prints '--at of json' '{"v":1}
{"v":2}' bash -c "echo '{\"rows\": [{\"v\": 1}, {\"v\": 2}]}' >c.json; spectrum query --at /rows 'SELECT v FROM c' c=c.json"
prints '_row and _file' '{"_row":2,"_file":"a.csv"}' spectrum query "SELECT _row, _file FROM a WHERE name LIKE 'Bo%'" a=a.csv
prints 'no table at all; values of all types' '{"a":1,"b":0.1,"c":null,"d":"x"}' spectrum query "SELECT 1 AS a, 0.1 AS b, NULL AS c, 'x' AS d"
prints 'no rows: CSV has its header still' 'a' spectrum query --csv 'SELECT 1 AS a WHERE 0'
check 'the seed matters' bash -c "! cmp -s <(spectrum query --seed 1 \"SELECT rand('uniform', '{}', 1) AS x\") <(spectrum query --seed 2 \"SELECT rand('uniform', '{}', 1) AS x\")"
spectrum query -o o.jsonl 'SELECT 1 AS a' && printf '{"a":1}\n' >wanted && same '-o' o.jsonl wanted

fails 'no SQL' 2 'no SQL' spectrum query
fails 'a syntax error' 2 'SQL: .*syntax error' spectrum query 'SELEC 1'
fails 'an unknown table' 2 'no such table: t' spectrum query 'SELECT * FROM t'
fails 'two statements' 2 'one statement only' spectrum query 'SELECT 1; DROP TABLE a'
fails 'not a SELECT' 2 'SELECT' spectrum query 'CREATE TABLE t (x)'
fails 'names that recur' 2 "two columns are called 'x'" spectrum query 'SELECT 1 AS x, 2 AS x'
fails 'bytes' 1 'hex\(\)' spectrum query "SELECT x'00' AS x"
fails 'an error of a function' 1 'poisson: mean should be' spectrum query "SELECT rand('poisson', '{\"mean\": -1}', 1)"
fails 'an argument without a name' 2 'NAME=FILE' spectrum query 'SELECT 1' a.csv
fails 'a name that is a path' 2 'NAME=FILE' spectrum query 'SELECT 1' ./x=a.csv
fails 'a file that is not there' 3 'nothere.csv' spectrum query 'SELECT 1' a=nothere.csv
fails 'a file of an unknown kind' 2 '--kind' spectrum query 'SELECT 1' a="$ROOT/Makefile"
fails 'a file without records' 1 'no record' bash -c "printf 'a,b\n' >e.csv; spectrum query 'SELECT 1' e=e.csv"
fails 'broken data' 1 'd.jsonl:2' bash -c "printf '{}\n{\n' >d.jsonl; spectrum query 'SELECT 1' d=d.jsonl"
spectrum query -o kept.jsonl 'SELECT 1 AS a' && fails 'a failed query leaves the old output' 1 'finite' spectrum query -o kept.jsonl "SELECT fixed(9e999, 1) AS x"
same 'the old output' kept.jsonl wanted

# Every example of --help runs.
(cd "$ROOT" && spectrum query --help) | sed -n 's/^ *\(spectrum query .*\|printf .*spectrum query .*\)$/\1/p' >examples
check 'the help has examples' test "$(wc -l <examples)" -eq 3
while IFS= read -r line; do check "example: $line" bash -c "cd '$ROOT' && set -o pipefail && $line | grep -q ."; done <examples

# Every example of the functions' page gives what the page says: the first code span of a row is the question (several are several), those of the last
# column are the answers; ⏎ is a line feed.
page=$ROOT/tools/lib/sql/README.md
grep -E '^\| `' "$page" | grep -Ev '^\| `[a-z_]+` \|' >rows
check 'the page has examples' test "$(wc -l <rows)" -ge 18
while IFS= read -r row; do
	question=${row#|} answer=${row% |}
	answer=${answer##* | }
	question=${question%" | $answer |"}
	prose=$(printf '%s' "$question" | sed 's/`[:;].*/`/') # what follows the examples explains
	wanted=$(printf '%s' "$answer" | sed 's/` ⏎ `/\n/g; s/`, `/\n/g; s/`//g')
	got=$(printf '%s\n' "$prose" | grep -o '`[^`]*`' | tr -d '`' | while IFS= read -r sql; do
		case $sql in SELECT*) ;; *) sql="SELECT $sql AS x" ;; esac
		spectrum query --csv "$sql" 2>&1 | tail -n +2
	done)
	case $question in *"also "*) wanted="$wanted
$wanted" ;; esac
	got=$(printf '%s\n' "$got" | sed 's/^"\(.*\)$/\1/; s/\(.*\)"$/\1/; s/""/"/g')
	if [ "$got" = "$wanted" ]; then ok "page: $prose"; else not_ok "page: $prose"; printf '#   got %s\n#   wanted %s\n' "$got" "$wanted"; fi
done <rows
done_testing
