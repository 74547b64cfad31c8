#!/bin/sh
# The SPSS reader, on the small files of tests/data (tests/make_samples.py says what is in them): data, variables, labels.
. "$(dirname "$0")/../lib.sh"
D=$ROOT/tests/data

cat >data <<'E2'
{"Q1":1,"Q2":3.5,"B_COUNTRY":152,"word":"é, \"x\""}
{"Q1":2,"Q2":-9.0,"B_COUNTRY":826,"word":""}
{"Q1":-1,"Q2":1.0,"B_COUNTRY":152,"word":"no answer"}
{"Q1":null,"Q2":2.0,"B_COUNTRY":152,"word":"b"}
E2
spectrum-read "$D/survey.sav" >got
same "data: whole numbers by the format, declared missing codes kept, system-missing null" got data
spectrum-read "$D/survey.zsav" >got
same "the same of a compressed file" got data
spectrum-read -k sav - <"$D/survey.sav" >got
same "from standard input" got data
prints "variables" \
	'{"variable":"Q1","label":"Important in life: Friends","type":"numeric","measure":"ordinal","format":"F2.0","missing":[[-5,-1]]}
{"variable":"Q2","label":null,"type":"numeric","measure":"scale","format":"F8.2","missing":[[-9.0,-9.0],[-8.0,-8.0]]}
{"variable":"B_COUNTRY","label":"Country","type":"numeric","measure":"nominal","format":"F4.0","missing":[]}
{"variable":"word","label":"A word","type":"text","measure":null,"format":"A9","missing":[["b","b"]]}' spectrum-read --part variables "$D/survey.sav"
prints "labels in the order of the file" \
	'{"variable":"Q1","value":"2","label":"Rather important","missing":false,"position":1}
{"variable":"Q1","value":"1","label":"Very important","missing":false,"position":2}
{"variable":"Q1","value":"-1","label":"Don'"'"'t know","missing":true,"position":3}
{"variable":"Q1","value":"-2","label":"No answer","missing":true,"position":4}
{"variable":"B_COUNTRY","value":"826","label":"Great Britain","missing":false,"position":1}
{"variable":"B_COUNTRY","value":"152","label":"Chile","missing":false,"position":2}
{"variable":"word","value":"b","label":"the letter","missing":true,"position":1}' spectrum-read --part labels "$D/survey.sav"
prints "columns in the order of the projection" '{"word":"é, \"x\"","Q1":1}' spectrum-read -n 1 -c word,Q1 "$D/survey.sav"
prints "columns of a part" '{"label":"Chile","variable":"B_COUNTRY"}' sh -c "spectrum-read --part labels -c label,variable '$D/survey.sav' | sed -n 6p"
fails "a column that is not there" 1 "survey.sav: there is no column 'Q9'" spectrum-read -c Q9,Q1 "$D/survey.sav"
fails "a part that is not there" 2 "no part 'notes'" spectrum-read --part notes "$D/survey.sav"
head -c 900 "$D/survey.sav" >cut.sav
fails "a cut file" 1 'cut.sav: not a whole SPSS file' spectrum-read cut.sav
mkdir -p cut raw/cut; head -c 1000 "$D/survey.sav" >raw/cut/a.sav; cp "$D/survey.sav" raw/cut/b.sav
printf '{"id":"cut","title":"C","access":"open","tables":[{"name":"k","reader":"sav","files":"{x}.sav","columns":{"Q1":"integer"}}],"tasks":[{"name":"k","split":"test","generate":["Q1"]}]}' >cut/source.json
fails "a cut file, whose columns adapt looks at first" 1 'a.sav: not a whole SPSS file' spectrum-adapt --raw raw ./cut
echo "a,b" >other.sav
fails "another kind of file" 1 'other.sav: not a whole SPSS file' spectrum-read other.sav

done_testing
