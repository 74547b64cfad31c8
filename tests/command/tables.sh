#!/bin/sh
# Parquet and SPSS files as tables of a source: typed columns, JSON cells, NAME_variables and NAME_labels, long tables.
. "$(dirname "$0")/../lib.sh"
D=$ROOT/tests/data
mkdir -p p s raw/p raw/s
cp "$D/cells.parquet" raw/p/cells.parquet
cp "$D/nested.parquet" raw/p/nested.parquet
cp "$D/survey.sav" raw/s/survey.sav

cat >p/source.json <<'X'
{"id": "p", "title": "T", "licence": "MIT", "access": "open",
 "tables": [
  {"name": "cells", "reader": "parquet", "files": "cells.parquet", "columns": {"a": "text", "flag": "boolean", "i64": "integer", "u64": "text", "f64": "real", "dec": "real", "big": "text", "when": "text", "f16": "text"}},
  {"name": "nested", "reader": "parquet", "files": "nested.parquet", "columns": {"s": "json", "a": "json"}}],
 "tasks": [
  {"name": "types", "split": "train", "view": "types", "order": ["_row"], "generate": ["out"]},
  {"name": "json", "split": "train", "view": "elements", "order": ["_row"], "generate": ["x", "n", "y"], "json": ["y"]}]}
X
cat >p/adapter.sql <<'X'
CREATE VIEW types AS SELECT _row, concat_all AS out FROM (SELECT _row, json_array(typeof(a), a, typeof(flag), flag, typeof(i64), i64, typeof(u64), u64, typeof(f64), f64,
	typeof(dec), dec, typeof(big), big, "when", f16) AS concat_all FROM cells);
CREATE VIEW elements AS SELECT _row, s ->> 'x' AS x, json_array_length(a) AS n, s -> 'y' AS y FROM nested;
X
spectrum adapt ./p --raw raw --task types 2>err | sed 1d | jq -r 'select(.output) | .output' >got
cat >wanted <<'X'
["text","é\n\"","integer",1,"integer",-9223372036854775808,"text","18446744073709551615","real",0.1,"real",-12.3,"text","-123456789012345678901234567890123456789012345678.901","2020-02-29T23:59:59.999999Z","0.0999755859375"]
["text","","integer",0,"integer",9223372036854775807,"text","1","real",1.0e+300,"real",0.05,"text","0.000","1969-12-31T23:59:59.000001Z","-65504.0"]
["null",null,"null",null,"null",null,"null",null,"null",null,"null",null,"null",null,null,null]
X
same "typed columns of parquet" got wanted
spectrum adapt ./p --raw raw --task json 2>err | sed 1d | jq -r 'select(.output) | .output' >got
cat >wanted <<'X'
{"x": 1, "n": 4, "y": ["p", null]}
{"x": null, "n": 0, "y": []}
{"x": 2, "n": 1, "y": null}
X
same "nested columns of parquet are JSON" got wanted
sed -i 's/"i64"/"i65"/' p/source.json
sed -i 's/i64/i65/g' p/adapter.sql
fails "a column that was renamed" 1 "p: cells.parquet has no column 'i65' that table 'cells' needs; it has 'a', 'flag'" spectrum adapt ./p --raw raw --task types

cat >s/source.json <<'X'
{"id": "s", "title": "T", "licence": "MIT", "access": "open",
 "tables": [{"name": "answers", "reader": "sav", "files": "survey.sav", "long": {"id": ["_row", "B_COUNTRY"], "key": "question", "value": "answer"}, "columns": {"_row": "integer", "B_COUNTRY": "integer", "question": "text", "answer": "text"}}],
 "tasks": [{"name": "answer", "split": "train", "view": "answer", "instance": ["_row", "country"], "given": ["question"], "generate": ["answer"]}]}
X
cat >s/adapter.sql <<'X'
CREATE VIEW answer AS
	SELECT a._row, c.label AS country, coalesce(v.label, v.variable || ' (' || v.type || ', ' || coalesce(v.measure, '-') || ')') AS question, coalesce(l.label, a.answer) AS answer
	FROM answers AS a JOIN answers_variables AS v ON v.variable = a.question
	JOIN answers_labels AS c ON c.variable = 'B_COUNTRY' AND c.value = a.B_COUNTRY
	LEFT JOIN answers_labels AS l ON l.variable = a.question AND l.value = a.answer
	WHERE NOT coalesce(l.missing, 0) AND NOT EXISTS (SELECT 1 FROM json_each(v.missing) AS m WHERE a.answer + 0 BETWEEN m.value ->> 0 AND m.value ->> 1);
X
spectrum adapt ./s --raw raw 2>err | sed 1d >got
cat >wanted <<'X'
{"instance":"1/Chile"}
{"input":"A word","output":"é, \"x\""}
{"input":"Important in life: Friends","output":"Very important"}
{"input":"Q2 (numeric, scale)","output":"3.5"}
{"instance":"2/Great Britain"}
{"input":"A word","output":""}
{"input":"Important in life: Friends","output":"Rather important"}
{"instance":"3/Chile"}
{"input":"A word","output":"no answer"}
{"input":"Q2 (numeric, scale)","output":"1.0"}
{"instance":"4/Chile"}
{"input":"Q2 (numeric, scale)","output":"2.0"}
X
same "a survey: long answers joined with its variables and labels, missing codes left out" got wanted
[ -s err ] && sed 's/^/# /' err

done_testing
