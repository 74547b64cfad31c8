#!/bin/sh
# read: raw files of every kind, packed or not, to JSON Lines.
. "$(dirname "$0")/../lib.sh"
printf 'name,n\nAda,1\n"Grace, H.",2\n' >a.csv
rows='{"name":"Ada","n":"1"}
{"name":"Grace, H.","n":"2"}'
prints "a CSV file" "$rows" spectrum read a.csv
prints "from a pipe" "$rows" sh -c 'cat a.csv | spectrum read --kind csv -'
prints "from a pipe that gives byte by byte" "$rows" python3 -c '
import subprocess, time
p = subprocess.Popen(["spectrum", "read", "--kind", "csv"], stdin=subprocess.PIPE)
for byte in open("a.csv", "rb").read():
    p.stdin.write(bytes([byte])); p.stdin.flush()
p.stdin.close(); raise SystemExit(p.wait())'
for pack in gzip bzip2 xz zstd lz4; do
	case $pack in gzip) ending=gz ;; bzip2) ending=bz2 ;; zstd) ending=zst ;; *) ending=$pack ;; esac
	if command -v $pack >/dev/null; then
		$pack -c <a.csv >b.csv.$ending
		prints "packed by $pack" "$rows" spectrum read b.csv.$ending
	else skip "packed by $pack" "$pack is not installed"; fi
done
head -c 30 b.csv.gz >cut.csv.gz
fails "a cut gz file" 1 'cut.csv.gz: cannot be unpacked' spectrum read cut.csv.gz
mkdir -p deep; cp a.csv deep/c.csv; printf '{"x":1}\n' >d.jsonl
python3 -c '
import zipfile, tarfile
with zipfile.ZipFile("all.zip", "w") as z: z.write("deep/c.csv"); z.write("d.jsonl")
with tarfile.open("all.tar.xz", "w:xz") as t: t.add("deep"); t.add("d.jsonl")
with zipfile.ZipFile("one.csv.zip", "w") as z: z.write("a.csv")'
prints "a member of a zip" "$rows" spectrum read all.zip/deep/c.csv
prints "a member of a tar.xz" '{"x":1}' spectrum read all.tar.xz/d.jsonl
prints "the only member" "$rows" spectrum read --kind csv one.csv.zip
fails "which one" 2 'which of its 2 files\? Name one as all.zip/MEMBER: deep/c.csv, d.jsonl' spectrum read --kind csv all.zip
fails "no such member" 2 "has no member 'x.csv'; it has: deep/c.csv" spectrum read all.zip/x.csv
prints "columns in the order asked for" '{"n":"1","name":"Ada"}' spectrum read -n 1 --columns n,name a.csv
fails "a column that is not there" 1 "a.csv: there is no column 'x'" spectrum read --columns x a.csv
prints "  is found before a record is printed" 0 sh -c 'spectrum read --columns x a.csv 2>err | wc -l'
prints "--where" '{"name":"Ada","n":"1","_file":"a.csv","_row":1}' spectrum read -n 1 --where a.csv
prints "several files" '{"x":1}
{"x":1}' spectrum read d.jsonl d.jsonl
prints "no header, tabs, nulls" '{"1":"a","2":null}' sh -c "printf 'a\t-\n' | spectrum read --kind tsv --no-header --null - -"
prints "latin-1" '{"a":"café"}' sh -c "printf 'a\ncaf\351\n' | spectrum read --kind csv --encoding latin1 -"
prints "ASCII only" '{"a":"caf\u00e9 \ud83d\ude00"}' sh -c "printf 'a\ncaf\303\251 \360\237\230\200\n' | spectrum read --kind csv --ascii -"
fails "not UTF-8" 1 "standard input: row 1, column 'a': bytes that are not UTF-8; name the file's encoding .--encoding, or \"encoding\" in source.json." sh -c "printf 'a\ncaf\351\n' | spectrum read --kind csv -"
fails "an unknown encoding" 2 "the encoding 'klingon' is unknown" spectrum read --encoding klingon a.csv
fails "ragged" 1 'standard input: row 2 has 1 cells, but the header has 2' sh -c "printf 'a,b\n1,2\n3\n' | spectrum read --kind csv -"
fails "an unknown kind" 2 "there is no reader 'xls'" spectrum read --kind xls a.csv
fails "a name that says nothing" 2 'what kind of file is it' spectrum read deep
fails "no such file" 3 'nothing.csv: cannot open: No such file' spectrum read nothing.csv
prints "json at a place, repaired" '{"a":1}
{"a":2}' sh -c "printf '{\"rows\":[{\"a\":1,},{\"a\":2,},]}' | spectrum read --kind json --at /rows --repair ',(\s*[}\]])=\$1' -"
prints "sections of lines" '{"film":"12","who":"7","stars":"5"}' sh -c "printf '12:\n7,5\n' | spectrum read --kind lines --section '^(?<film>\d+):\$' --row '^(?<who>\d+),(?<stars>\d)\$' -"
fails "hostile JSON" 1 'standard input:1: ' sh -c "printf '%0100000d' 0 | tr 0 '[' | spectrum read --kind jsonl -"
fails "a disk that is full" 3 'cannot write' sh -c 'spectrum read a.csv >/dev/full'
spectrum read -o out.jsonl.zst a.csv
prints "a packed output" "$rows" zstd -dcq out.jsonl.zst
check "a failed run leaves no output" sh -c "printf 'a,b\n1\n' | spectrum read --kind csv -o bad.jsonl - 2>/dev/null; [ \$? -eq 1 ] && ! ls bad.jsonl* 2>/dev/null"
check "a reader that goes away ends it" sh -c 'yes 1,2 | head -n 2000000 | spectrum read --kind csv --no-header - | head -n 1 >/dev/null'
check "an object of very many keys" sh -c 'seq 200000 | sed "s/.*/\"k&\":&/; 1s/^/{/; \$!s/\$/,/; \$s/\$/}/" >many.json; timeout 20 spectrum read many.json >got && tr -d "\n" <many.json | cmp - got -n 2000000'
prints "the last of equal names counts there too" '"k70":"again","k71":71' sh -c 'seq 100 | sed "s/.*/\"k&\":&/; 1s/^/{/; s/\$/,/; \$s/\$/\"k70\":\"again\"}/" | spectrum read --kind json - | grep -o "\"k70.*k71\":71"'
seq 1 100000 | sed 's/$/,x/; 1i a,b' >big.csv
check "as another tool reads it" sh -c 'spectrum read big.csv | jq -r "[.a,.b]|join(\",\")" >got; tail -n +2 big.csv | cmp got -'
true & wait $!; dead=$!
: >rows.jsonl.$dead.tmp; : >other.jsonl.$dead.tmp; : >rows.jsonl.x.$dead.tmp; : >rows.jsonl.$$.tmp
check "writing a file" sh -c 'printf "a\n1\n" | spectrum read --kind csv -o rows.jsonl -'
check "  sweeps what a killed writer of it left" [ ! -e rows.jsonl.$dead.tmp ]
check "  and nobody else's files" [ -e other.jsonl.$dead.tmp -a -e rows.jsonl.x.$dead.tmp -a -e rows.jsonl.$$.tmp ]
done_testing
