#!/bin/sh
# The Parquet reader on the public test files of the format; values are those of the files' descriptions.
. "$(dirname "$0")/../lib.sh"
P=$SHARED/parquet

if [ ! -d "$P" ]; then
	skip "public Parquet files" "no $P"
	done_testing
fi

# rows FILE COLUMNS: the first rows, some columns
rows() { spectrum-read -n "$3" -c "$2" "$P/$1.parquet"; }

prints "plain values of all types" \
	'{"id":4,"bool_col":true,"bigint_col":0,"double_col":0.0,"string_col":"0","timestamp_col":"2009-03-01T00:00:00.000000000"}
{"id":5,"bool_col":false,"bigint_col":10,"double_col":10.1,"string_col":"1","timestamp_col":"2009-03-01T00:01:00.000000000"}' \
	rows alltypes_plain id,bool_col,bigint_col,double_col,string_col,timestamp_col 2
prints "an old two-level list" '{"a":[[1,2],[3,4]]}' spectrum-read "$P/old_list_structure.parquet"
prints "lists in lists" '{"a":[[["a","b"],["c"]],[null,["d"]]],"b":1}' rows nested_lists.snappy a,b 1
prints "a map whose schema is not quite right" '{"my_map":{"parent":"another","name":"report"}}' spectrum-read "$P/incorrect_map_schema.parquet"
prints "int96 far beyond nanoseconds since 1970" \
	'{"a":"2024-01-01T20:34:56.123456000"}
{"a":"2024-01-01T01:00:00.000000000"}
{"a":"9999-12-31T03:00:00.000000000"}
{"a":"2024-12-30T23:00:00.000000000"}
{"a":null}
{"a":"+290000-12-30T23:00:00.000000000"}' spectrum-read "$P/int96_from_spark.parquet"
prints "two concatenated gzip members: 513 values" '513
{"long_col":513}' sh -c "spectrum-read '$P/concatenated_gzip_members.parquet' >out; wc -l <out | tr -d ' '; tail -n 1 out"
prints "booleans in run lengths" '36 true
26 false
6 null' sh -c "spectrum-read '$P/rle_boolean_encoding.parquet' >out; for v in true false null; do echo \$(grep -c \":\$v\" out) \$v; done"

done_testing
