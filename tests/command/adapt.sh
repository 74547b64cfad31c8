#!/bin/sh
# adapt: small sources made here; golden lines typed by hand.
. "$(dirname "$0")/../lib.sh"

# source NAME 'tables' 'tasks' 'sql' ['each' 'files']: a source folder ./NAME
source_folder() {
	mkdir -p "$1" "raw/$1"
	printf '{"id":"%s","title":"T","licence":"MIT","access":"open"%s,"tables":[%s],"tasks":[%s]}\n' "$1" "${5:-}" "$2" "$3" >"$1/source.json"
	printf '%s\n' "$4" >"$1/adapter.sql"
}
# Everything but the task line, whose templates are long.
lines() { name=$1; shift; spectrum adapt "./$name" --raw raw "$@" 2>err.log | grep -v '^{"task"'; }

# --- one csv and one jsonl: order, NULLs, rendering, values
source_folder tiny \
	'{"name":"people","reader":"csv","files":"people.csv","columns":{"id":"integer","who":"text","town/country":"text","fits":"boolean","score":"real"}},
	 {"name":"facts","reader":"jsonl","files":"facts.jsonl","columns":{"id":"integer","tags":"json","note":"text","n":"text"}}' \
	'{"name":"one","split":"train","instance":["town/country"],"given":["who"],"generate":["score"],"weight":"w",
	  "descriptions":["Scores in {place}, \\{kept}.","Scores [[of {note}|]]"],"sequence":{"mode":"all","length":{"gp":64},"max_sequences":9}},
	 {"name":"two","part":"a","split":"test","given":["who","fits"],"generate":["score","tags","n"],"json":["tags"],"sequence":{"length":3,"description_probability":1}}' \
	'CREATE VIEW one AS SELECT "town/country", who, score, id AS w, upper("town/country") AS place, NULL AS note FROM people;
	 CREATE TABLE joined AS SELECT who, score, tags, n, id FROM people JOIN facts USING (id);
	 CREATE VIEW two AS SELECT j.who, p.fits, j.score, j.tags, j.n FROM joined AS j JOIN people AS p USING (id);
	 CREATE VIEW one_dropped AS SELECT '"'too young'"' AS reason, 3 AS n;'
cat >raw/tiny/people.csv <<'X'
id,who,town/country,fits,score,unused
1,Bo,Ulm/DE,true,17,x
2,"Ann ""A""
B",Ulm/DE,0,0.1,x
3,Zoë,5% off,1,1e-7,x
4,Nobody,,1,5,x
5,Mute,5% off,false,,x
X
printf '%s\n' '{"id":1,"tags":["x",{"y":1.50}],"note":"n","n":1.0}' '{"id":2,"n":null}' '{"id":3,"tags":"s","n":true}' >raw/tiny/facts.jsonl

cat >wanted <<'X'
{"instance":"5%25 off","values":{"place":"5% OFF","note":null}}
{"input":"Zoë","output":"1e-07","weight":3}
{"instance":"Ulm%2FDE","values":{"place":"ULM/DE","note":null}}
{"input":"Ann \"A\"\nB","output":"0.1","weight":2}
{"input":"Bo","output":"17.0","weight":1}
X
lines tiny --task one >got
same 'rows sorted by instance and by what they show; NULL key and NULL output dropped; name escaped; values' got wanted
spectrum adapt ./tiny --raw raw --task one 2>err.log | head -n 1 >got
cat >wanted <<'X'
{"task":"one","part":"","source":"tiny","split":"train","given":["who"],"generate":["score"],"descriptions":["Scores in {place}, \\{kept}.","Scores [[of {note}|]]"],"sequence":{"mode":"all","repeat":1,"length":{"gp":64},"permutations":1,"description_probability":0.6,"max_sequences":9}}
X
same 'the task line' got wanted
cat >wanted <<'X'
{"instance":""}
{"input":"{\"who\": \"Ann \\\"A\\\"\\nB\", \"fits\": false}","output":"{\"score\": 0.1, \"tags\": null, \"n\": null}"}
{"input":"{\"who\": \"Bo\", \"fits\": true}","output":"{\"score\": 17.0, \"tags\": [\"x\", {\"y\": 1.50}], \"n\": \"1.0\"}"}
{"input":"{\"who\": \"Zoë\", \"fits\": true}","output":"{\"score\": 1e-07, \"tags\": \"s\", \"n\": \"true\"}"}
X
lines tiny --task two >got
same 'several variables are an object: booleans, reals, embedded JSON, null, text as in the file' got wanted

# --- what it says of rows
spectrum adapt ./tiny --raw raw --stats stats.json -o all.jsonl 2>err.log
prints 'statistics as JSON account for every row' \
	'["one",5,3,[["too young",3],["no instance",1],["nothing to generate",1]],2,3]
["two",8,3,[],1,3]' jq -c '[.task, .read, .used, [.dropped[] | [.reason, .n]], .instances, .examples]' stats.json
prints 'also through a pipe' one sh -c 'timeout 10 spectrum adapt ./tiny --raw raw --task one --stats /dev/stdout -o all.jsonl 2>err.log | jq -r .task'
spectrum adapt ./tiny --raw raw --stats stats.json -o all.jsonl 2>err.log
check 'and a line for people' grep -q 'one: 1 of 1 files, 5 records read, 3 used (dropped: 3 too young; 1 no instance; 1 nothing to generate) → 2 instances, 3 examples' err.log

# --- the order of rows in the files does not matter
mv raw/tiny/people.csv people.csv
{ head -n 1 people.csv; tail -n 3 people.csv; sed -n 2,4p people.csv; } >raw/tiny/people.csv
tac raw/tiny/facts.jsonl >facts; mv facts raw/tiny/facts.jsonl
spectrum adapt ./tiny --raw raw -o permuted.jsonl 2>err.log
same 'permuted rows give the same bytes' permuted.jsonl all.jsonl

# --- --task, --limit
prints '--limit keeps the first instances' '["5%25 off"]' sh -c 'spectrum adapt ./tiny --raw raw --task one --limit 1 2>/dev/null | jq -sc "map(.instance // empty)"'
fails 'an unknown task names those there are' 2 "no task 'three'; it has one, two" spectrum adapt ./tiny --raw raw --task three
fails 'an unknown source' 2 'spectrum sources' spectrum adapt nosuch

# --- errors of data
sed 's/,fits,/,suits,/' people.csv >raw/tiny/people.csv
fails 'a renamed column: source, file, column and what the file has' 1 "tiny: people.csv has no column 'fits'.*'town/country', 'suits', 'score'" spectrum adapt ./tiny --raw raw
sed 's/17/old/' people.csv >raw/tiny/people.csv
fails 'a cell that does not fit: file, row, column' 1 "tiny: people.csv: row 1, column 'score': 'old' is not a number" spectrum adapt ./tiny --raw raw -o none.jsonl
check 'a failure leaves no file' test ! -e none.jsonl
mkdir scratch; TMPDIR=$WORK/scratch spectrum adapt ./tiny --raw raw --stats bad.json >/dev/null 2>&1
check 'nor statistics, nor anything in TMPDIR' sh -c 'test ! -e bad.json && test -z "$(ls scratch)"'
rm raw/tiny/facts.jsonl; cp people.csv raw/tiny/people.csv
spectrum adapt ./tiny --raw raw --stats stats.json >got 2>err.log
check 'a task without its files is left out, the rest is built' test $? -eq 0
check 'and it says what is missing and what to do' grep -q "two/a: not built: raw/tiny/facts.jsonl is missing; 'spectrum fetch tiny'" err.log
prints 'in the statistics too' '["two","raw/tiny/facts.jsonl is missing; '"'spectrum fetch tiny' gets it or says how"'"]' jq -c 'select(.built | not) | [.task, .why]' stats.json
fails 'nothing can be built' 1 'nothing can be built: .*fetch tiny' spectrum adapt ./tiny --raw raw --task two --stats none.json
check 'and the statistics say so' grep -q '"built":false,"why":"raw/tiny/facts.jsonl' none.json
echo 'CREATE VIEW two AS SELECT who, fits, score, 1 AS tags FROM people; CREATE VIEW one AS SELECT * FROM two' >tiny/adapter.sql
fails 'a view without a column' 1 "task 'one': view 'one' has no column 'town/country' that \"instance\" names; it has 'who'" spectrum adapt ./tiny --raw raw
echo 'CREATE VIEW other AS SELECT 1' >tiny/adapter.sql
fails 'two sources' 2 'one source at a time, not 2' spectrum adapt ./tiny ./tiny --raw raw
fails 'no view' 1 "tiny/adapter.sql: makes no view 'one'; the rows of a task" spectrum adapt ./tiny --raw raw

# --- what SQL may do
for bad in "ATTACH 'x.db' AS x" 'PRAGMA cache_size = 7' "CREATE VIRTUAL TABLE t USING fts5(a)" 'BEGIN' 'CREATE TRIGGER t AFTER INSERT ON people BEGIN SELECT 1; END' \
	"CREATE TABLE x AS SELECT * FROM pragma_database_list"; do
	printf -- '-- first\n%s;\n' "$bad" >tiny/adapter.sql
	fails "not allowed: $bad" 1 'adapter.sql:2: not allowed here' spectrum adapt ./tiny --raw raw
done
check 'nothing was attached' test ! -e x.db
echo 'CREATE VIEW two AS SELECT * FROM persons; CREATE VIEW one AS SELECT * FROM two' >tiny/adapter.sql
fails 'no table: it says which there are, with their columns' 1 "view 'one': no such table: main.persons; tables of source.json: people \\(.*\\), facts \\(id, .*\\)" spectrum adapt ./tiny --raw raw
printf 'CREATE TABLE a AS SELECT 1;\n\nCREATE TABLE b AS\nSELECT nosuch FROM a;\n' >tiny/adapter.sql
fails 'an error in the script has its line' 1 'tiny/adapter.sql:4: no such column: nosuch' spectrum adapt ./tiny --raw raw
printf 'CREATE TABLE a AS SELECT "nosuch" AS x;\n' >tiny/adapter.sql
fails 'a misspelt column in quotes is not a text' 1 'no such column: nosuch' spectrum adapt ./tiny --raw raw

# --- a description column must be constant; so must the target
source_folder fixed '{"name":"t","reader":"csv","files":"t.csv","columns":{"k":"text","topic":"text","a":"text","law":"text"}}' \
	'{"name":"fixed","split":"train","instance":["k"],"generate":["a"],"target":"law","min_examples":2,"descriptions":["About {k}: {topic}"]}' \
	'CREATE VIEW fixed AS SELECT * FROM t'
printf 'k,topic,a,law\nx,cats,1,"{""1"": 0.25, ""2"": 0.75}"\nx,cats,2,"{""1"": 0.25, ""2"": 0.75}"\ny,dogs,1,\n' >raw/fixed/t.csv
cat >wanted <<'X'
{"instance":"x","values":{"k":"x","topic":"cats"},"target":{"1":0.25,"2":0.75}}
{"output":"1"}
{"output":"2"}
X
lines fixed >got
same 'target; no input when nothing is given; an instance below min_examples is dropped' got wanted
spectrum adapt ./fixed --raw raw 2>&1 >/dev/null | grep -q '1 instance of fewer than 2 examples'; check 'and counted' test $? -eq 0
printf 'k,topic,a,law\nx,cats,1,\nx,dogs,2,\n' >raw/fixed/t.csv
fails 'a description column that differs in an instance' 1 "task 'fixed': instance 'x': column 'topic' differs" spectrum adapt ./fixed --raw raw
printf 'k,topic,a,law\nx,cats,1,[1]\nx,cats,2,[1]\n' >raw/fixed/t.csv
fails 'a target that is no law' 1 "instance 'x': column 'law' is the \"target\" and should hold the output's probability, or a JSON object" spectrum adapt ./fixed --raw raw
printf 'k,topic,a,law\nx,cats,1,"{""1"": 25, ""2"": 75}"\nx,cats,2,"{""1"": 25, ""2"": 75}"\n' >raw/fixed/t.csv
fails 'a target in per cent' 1 "a JSON object \{output: probability\}, from 0 to 1, but holds '\{\"1\": 25" spectrum adapt ./fixed --raw raw

# --- rows that tell the probability of their own output
source_folder told '{"name":"t","reader":"csv","files":"t.csv","columns":{"k":"text","a":"text","p":"real"}}' \
	'{"name":"told","split":"train","instance":["k"],"generate":["a"],"target":"p","min_examples":2,"descriptions":["About {k}"]}' \
	'CREATE VIEW told AS SELECT * FROM t'
printf 'k,a,p\nx,cat,0.25\nx,"a ""dog""",0.75\nx,cat,0.25\ny,cat,1\nz,cow,\nz,pig,1\n' >raw/told/t.csv
cat >wanted <<'X'
{"instance":"x","values":{"k":"x"},"target":{"a \"dog\"":0.75,"cat":0.25}}
{"output":"a \"dog\""}
{"output":"cat"}
{"output":"cat"}
{"instance":"z","values":{"k":"z"},"target":{"pig":1.0}}
{"output":"cow"}
{"output":"pig"}
X
lines told >got
same 'the law of an instance is made of the probabilities of its rows' got wanted
printf 'k,a,p\nx,cat,0.25\nx,cat,0.5\n' >raw/told/t.csv
fails 'two probabilities of one output' 1 "instance 'x': column 'p' is the \"target\", but gives the output 'cat' two" spectrum adapt ./told --raw raw
printf 'k,a,p\nx,cat,0.25\nx,dog,1.5\n' >raw/told/t.csv
fails 'a probability above 1' 1 "instance 'x': column 'p' is the \"target\" and should be from 0 to 1, but is 1.5" spectrum adapt ./told --raw raw

# --- files of {name}: some missing, column from the path, union of columns
source_folder many '{"name":"v","reader":"csv","files":"{town}/v.csv","columns":{"year":"integer","n":"integer","extra":"text"},"optional":["extra"]}' \
	'{"name":"many","split":"train","instance":["town"],"given":["extra"],"generate":["n"]}' \
	'CREATE VIEW many AS SELECT town, n, extra FROM v' ',"each":{"town":["bonn","ulm","köln","jena"]},"files":[{"path":"{town}/v.csv"}]'
mkdir raw/many/ulm raw/many/bonn
printf 'n,year\n2,1\n' >raw/many/ulm/v.csv
printf 'year,extra,n\n1,e,1\n' >raw/many/bonn/v.csv
cat >wanted <<'X'
{"instance":"bonn"}
{"input":"e","output":"1"}
{"instance":"ulm"}
{"input":"null","output":"2"}
X
lines many >got
same 'a {name} is a column; an optional column is NULL where a file lacks it' got wanted
check 'a warning names the missing files' grep -q "2 of 4 files of table 'v' are missing, the rest is used: köln/v.csv, jena/v.csv; 'spectrum fetch many'" err.log
sed -i 's/,"optional":..extra..//' many/source.json
lines many >got 2>err.log
same 'files of a source without a sample are united by name' got wanted
check '  with a warning' grep -q "many: ulm/v.csv has no column 'extra' (1 of 2 files of table 'v' lack it); it is NULL in their rows" err.log
mkdir -p many/sample && cp -R raw/many/bonn many/sample
fails 'another column that one of several files lacks' 1 "many: ulm/v.csv has no column 'extra' that table 'v' needs; it has 'n', 'year'. Was it renamed\? \(If some files lack it on purpose, list it under" spectrum adapt ./many --raw raw
prints '--skip leaves files out, those that are there and those that are missing' '["bonn"] 0' sh -c \
	'spectrum adapt ./many --raw raw --skip "ulm/*" --skip "[kj]*/v.csv" 2>err.log | jq -sc "map(.instance // empty)" | tr "\n" " "; grep -c missing err.log || true'
fails 'a file to skip that is none' 2 "many has no raw file 'v.csv' that could be left out" spectrum adapt ./many --raw raw --skip v.csv

# --- a file of another form
source_folder tabs '{"name":"v","reader":"csv","files":"v.csv","columns":{"n":"integer","m":"text"}}' '{"name":"tabs","split":"train","generate":["n"]}' \
	'CREATE VIEW tabs AS SELECT n FROM v'
printf 'n\tm\n1\tx\n' >raw/tabs/v.csv
fails 'tabs for commas' 1 "tabs: v.csv has no column 'n' that table 'v' needs; it has 'n.m'. Is the \"reader\" or the \"delimiter\" another" spectrum adapt ./tabs --raw raw
: >raw/tabs/v.csv
fails 'an empty file' 1 "v.csv has no column 'n' that table 'v' needs; it has no record. Is the file whole" spectrum adapt ./tabs --raw raw

# --- columns that nobody expected
source_folder known '{"name":"v","reader":"csv","files":"{town}.csv","columns":{"n":"integer"}},{"name":"w","reader":"jsonl","files":"w.jsonl","columns":{"n":"integer"}}' \
	'{"name":"known","split":"train","generate":["n"]}' 'CREATE VIEW known AS SELECT n FROM v UNION ALL SELECT n FROM w'
printf 'n,of,no\n1,2,3\n' >raw/known/ulm.csv
printf 'n\n1\n' >raw/known/bonn.csv
printf '{"n":1,"k":2}\n' >raw/known/w.jsonl
spectrum adapt ./known --raw raw >wanted 2>err.log
check 'without a sample nothing is expected' sh -c '! grep warning err.log'
mkdir known/sample
printf 'n,of\n1,2\n' >known/sample/jena.csv
printf '{"n":1}\n{"k":3}\n' >known/sample/w.jsonl
spectrum adapt ./known --raw raw >got 2>err.log
prints 'a column that neither source.json nor the sample has is told, with its file' \
	"spectrum adapt: warning: known: ulm.csv has the column 'no', which table 'v' does not know and does not read. Was the file changed?" grep warning err.log
same 'and changes nothing' got wanted

# --- a reason a row: memory by their number, not by its square
source_folder reasons '{"name":"t","reader":"sql"}' '{"name":"k","split":"test","generate":["v"]}' \
	"CREATE TABLE t AS SELECT value AS v FROM series(1, 30000); CREATE VIEW k AS SELECT * FROM t WHERE v = 1;
	 CREATE VIEW k_dropped AS SELECT 'reason ' || v AS reason, 1 AS n FROM t WHERE v > 1"
# (a sanitizer cannot even start within the limit)
check 'very many reasons' sh -c 'ulimit -v 4000000; spectrum --version >/dev/null 2>&1 || exit 0; spectrum adapt ./reasons --stats stats.json >/dev/null && jq -e "(.dropped | length) == 29999" stats.json'

# --- what a terminal would obey
source_folder escapes '{"name":"t","reader":"sql"}' '{"name":"k","split":"test","generate":["v"]}' \
	"CREATE VIEW k AS SELECT 1 AS v; CREATE VIEW k_dropped AS SELECT 'a' || char(27) || '[31m' || char(155) || 'b' AS reason, 1 AS n"
mkdir -p out/state/adapt out/state/raw; : >out/state/raw/escapes
spectrum adapt ./escapes --stats out/state/adapt/escapes.json >got 2>err.log
check 'is made visible in a reason' grep -Fq 'a\x1b[31m\u009bb' err.log
check 'in the table of the suite too' sh -c "spectrum report ./escapes | grep -Fq 'a\\x1b[31m\\u009bb'"

# --- rows without an example
source_folder spoiled '{"name":"v","reader":"csv","files":"v.csv","columns":{"side":"text","n":"integer"}}' \
	'{"name":"left","split":"train","generate":["n"]},{"name":"right","split":"train","generate":["n"],"min_examples":2}' \
	"CREATE VIEW left AS SELECT n FROM v WHERE side = 'left'; CREATE VIEW right AS SELECT n FROM v WHERE side = 'right';
	 CREATE VIEW left_dropped AS SELECT 'right' AS reason, count(*) AS n FROM v WHERE side <> 'left'"
printf 'side,n\nLEFT,1\nright,1\nright,2\n' >raw/spoiled/v.csv
spectrum adapt ./spoiled --raw raw --stats stats.json >got 2>err.log
check 'a task none of whose rows gives an example is not built' test $? -eq 0
check 'and it says why' grep -q 'spoiled: left: not built: 3 records were read, and none gives an example (3 right); was the form of the files changed' err.log
prints 'in the statistics too' '[["left",false],["right",true]]' jq -sc 'map([.task, .built])' stats.json
sed -i 3d raw/spoiled/v.csv
fails 'when that holds for all tasks it is an error' 1 'spoiled: nothing can be built: 2 records were read' spectrum adapt ./spoiled --raw raw --allow-missing -o none.jsonl
check 'and nothing is written' test ! -e none.jsonl
for kind in csv jsonl; do
	printf 'side,n\n' >raw/spoiled/v.csv
	sed "s/csv/$kind/g" spoiled/source.json >spoiled/other.json && mv spoiled/other.json spoiled/source.json
	[ $kind = csv ] || : >raw/spoiled/v.jsonl
	fails "a $kind file without a record is an error too" 1 'spoiled: nothing can be built: 0 records were read' spectrum adapt ./spoiled --raw raw -o none.jsonl
done

# --- entries of an object
source_folder entries '{"name":"v","reader":"json","files":"v.json","columns":{"_key":"text","n":"integer"}}' \
	'{"name":"entries","split":"train","given":["_key"],"generate":["n"]}' 'CREATE VIEW entries AS SELECT * FROM v'
printf '{"a": {"n": 1}, "b/c": {"n": 2}}' >raw/entries/v.json
printf '%s\n' '{"instance":""}' '{"input":"a","output":"1"}' '{"input":"b/c","output":"2"}' >wanted
lines entries >got
same 'the entries of an object are rows when their names are asked for' got wanted

# --- keys within columns of JSON
source_folder nested '{"name":"v","reader":"jsonl","files":"v.jsonl","columns":{"talk":"json","a/b":"json","n":"text"},"keys":["talk/*/text","a/b/c","talk/*/by/name"]}' \
	'{"name":"nested","split":"train","generate":["n"]}' 'CREATE VIEW nested AS SELECT n FROM v'
printf '%s\n' '{"talk":[],"a/b":null,"n":"1"}' '{"talk":null,"a/b":{"c":null},"n":"2"}' >raw/nested/v.jsonl
check 'lists that are empty and values that are null lack no key' spectrum adapt ./nested --raw raw
printf '%s\n' '{"talk":[{"txt":"x"}],"a/b":null,"n":"1"}' '{"talk":[{"by":{"name":null},"text":null}],"a/b":{"c":1},"n":"2"}' >raw/nested/v.jsonl
check 'one record that has a key is enough' spectrum adapt ./nested --raw raw
printf '%s\n' '{"talk":[{"text":"x","by":{"nom":"y","z":1}}],"a/b":{"c":1},"n":"1"}' >raw/nested/v.jsonl
fails 'a key that was renamed' 1 "nested: v.jsonl has no key 'talk/\*/by/name' that table 'v' needs; it has 'nom', 'z'. Was it renamed" spectrum adapt ./nested --raw raw
printf '%s\n' '{"talk":"text","a/b":{"c":1},"n":"1"}' >raw/nested/v.jsonl
fails 'a text where a list was' 1 "v.jsonl has no key 'talk/\*/text' that table 'v' needs; it has no object" spectrum adapt ./nested --raw raw
sed -i 's|"a/b/c"|"n/c"|' nested/source.json
fails 'keys of a column that is not JSON' 2 'tables\[0\].keys: should begin with a column of type json' spectrum adapt ./nested --raw raw

source_folder packed '{"name":"v","reader":"csv","files":"v{year}.csv","columns":{"year":"text","n":"integer"}}' \
	'{"name":"packed","split":"train","instance":["year"],"generate":["n"]}' 'CREATE VIEW packed AS SELECT year, n FROM v' \
	',"files":[{"path":"other.zip","members":["*.txt"]},{"path":"all.zip","members":["v*.csv"]}]'
touch raw/packed/other.zip
fails 'neither a file nor the archive that it comes in' 1 "raw/packed/v\{year\}.csv is missing; 'spectrum fetch packed' gets it" spectrum adapt ./packed --raw raw
touch raw/packed/all.zip
fails 'an archive that was not unpacked' 1 "raw/packed/v\{year\}.csv is missing, though all.zip is there; 'spectrum fetch packed' unpacks it" spectrum adapt ./packed --raw raw

# --- a sample of instances is keyed: the same whatever the order of rows, another with another seed
source_folder some '{"name":"v","reader":"csv","files":"v.csv","columns":{"g":"text","k":"integer","a":"integer"}}' \
	'{"name":"some","split":"train","instance":["g","k"],"generate":["a"],"min_examples":2,"sample":{"instances":3,"per":["g"]}}' \
	'CREATE VIEW some AS SELECT * FROM v'
awk 'BEGIN { print "g,k,a"; for (k = 0; k < 40; k++) for (g = 0; g < 2; g++) for (a = 0; a < (k == 5 ? 1 : 2); a++) print g "," k "," a }' >raw/some/v.csv
spectrum adapt ./some --raw raw --stats stats.json -o a.jsonl 2>err.log
prints 'so many instances of each group, the rest counted' '[["0",3],["1",3]]
[[2,"instance of fewer than 2 examples"],[144,"instance not in the sample"]]' sh -c 'jq -sc "map(.instance // empty | split(\"/\")[0]) | group_by(.) | map([.[0], length])" a.jsonl
	jq -c "[.dropped[] | [.n, .reason]]" stats.json'
{ head -n 1 raw/some/v.csv; tail -n +2 raw/some/v.csv | tac; } >v; mv v raw/some/v.csv
spectrum adapt ./some --raw raw -o b.jsonl 2>err.log
same 'the sample does not depend on the order of rows' b.jsonl a.jsonl
spectrum adapt ./some --raw raw --seed 43 -o b.jsonl 2>err.log
check 'another seed samples others' sh -c '! cmp -s a.jsonl b.jsonl'
jq -r '.instance // empty' a.jsonl | sed 's/^0/x/;s/^1/x/' | sort -u >both
check 'the groups are sampled independently' test "$(wc -l <both)" -gt 3

source_folder few '{"name":"v","reader":"csv","files":"v.csv","reservoir":10,"columns":{"a":"integer"}}' '{"name":"few","split":"train","generate":["a"]}' \
	'CREATE VIEW few AS SELECT a FROM v'
{ echo a; seq 25; } >raw/few/v.csv
spectrum adapt ./few --raw raw --stats stats.json -o a.jsonl 2>err.log
prints 'rows that a reservoir leaves out are counted' '[25,10,[{"reason":"row not in the table'"'"'s reservoir","n":15}]]' \
	jq -c '[.read, .used, .dropped]' stats.json

# --- long, stream
source_folder wide '{"name":"answers","reader":"csv","files":"w.csv","columns":{"person":"text","q":"text","a":"integer"},"long":{"id":["_row","person"],"key":"q","value":"a"}}' \
	'{"name":"wide","split":"train","instance":["person"],"order":["_row"],"given":["q"],"generate":["a"]}' 'CREATE VIEW wide AS SELECT * FROM answers'
printf 'q1,person,q2\n1,p,2\n,p,3\n' >raw/wide/w.csv
cat >wanted <<'X'
{"instance":"p"}
{"input":"q1","output":"1"}
{"input":"q2","output":"2"}
{"input":"q2","output":"3"}
X
lines wide >got
same 'long: columns become rows' got wanted
source_folder once '{"name":"v","reader":"csv","files":"v.csv","stream":true,"columns":{"a":"integer"}}' '{"name":"once","split":"train","generate":["a"]}' \
	'CREATE TABLE kept AS SELECT a FROM v; CREATE VIEW once AS SELECT a FROM kept'
printf 'a\n2\n1\n' >raw/once/v.csv
prints 'stream: one pass, rows counted' '2 2' sh -c 'spectrum adapt ./once --raw raw --stats s.json >/dev/null 2>&1; jq -r "\"\(.read) \(.used)\"" s.json'
echo 'CREATE TABLE kept AS SELECT a FROM v; CREATE VIEW once AS SELECT a FROM v' >once/adapter.sql
fails 'a second scan of a stream says how to mend it' 1 'read a second time; read it once into a table \(CREATE TABLE' spectrum adapt ./once --raw raw

# --- many instances, and one that is too large to be sorted in memory: the same lines as by sorting them here
source_folder large '{"name":"v","reader":"csv","files":"v.csv","columns":{"who":"integer","what":"text","much":"real"}}' \
	'{"name":"large","split":"train","instance":["who"],"min_examples":2,"given":["what","much"],"generate":["much"],"descriptions":["{topic}"]}' \
	"CREATE VIEW large AS SELECT who, what, much, 'of ' || who AS topic FROM v"
awk 'BEGIN { srand(4); print "who,what,much"
	for (i = 0; i < 240000; i++) printf "%d,text %06d,%d\n", rand() < 0.7 ? 5000 : rand() * 10000, rand() * 100000, rand() * 9 }' >raw/large/v.csv
tail -n +2 raw/large/v.csv | sort -t, -k1,1n -k2,2 -k3,3n | awk -F, '
	BEGIN { who = "none" }
	function end() { if (n > 1) printf "%s", held; n = 0 }
	$1 "" != who { end(); who = $1 ""; held = "{\"instance\":\"" who "\",\"values\":{\"topic\":\"of " who "\"}}\n" }
	{ n++; line = "{\"input\":\"{\\\"what\\\": \\\"" $2 "\\\", \\\"much\\\": " $3 ".0}\",\"output\":\"" $3 ".0\"}\n"
	  if (n > 2) printf "%s", line; else held = held line
	  if (n == 2) { printf "%s", held; held = "" } }
	END { end() }' >wanted
lines large >got
same 'instances sorted by threads, one too large for that sorted by SQLite' got wanted
lines large --limit 5001 >got
awk '/^{"instance"/ { n++ } n <= 5001' wanted >limited
same 'a limit keeps the first instances of these' got limited

# --- real files
if [ -d "$SHARED/raw/polis" ]; then
	SPECTRUM_SOURCES=$ROOT/sources spectrum adapt polis --task polis_comment --raw "$SHARED/raw" --stats "$WORK/p.json" -o "$WORK/p.jsonl" 2>/dev/null
	prints 'polis: 20 conversations, 10,543 statements, every other row has its reason' '[11262,10543,539,20,10543]' \
		jq -c '[.read, .used, ([.dropped[].n] | add), .instances, .examples]' "$WORK/p.json"
else skip 'polis, real files' 'no shared raw files here'; fi
done_testing
