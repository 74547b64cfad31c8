#!/bin/sh
# The Parquet reader: on the small files of tests/data (tests/make_samples.py says what is in them) and on the public test files of the format, with
# values from their descriptions.
. "$(dirname "$0")/../lib.sh"
D=$ROOT/tests/data
P=$SHARED/parquet

# columns FILE COLUMNS: these columns of all rows
columns() { spectrum-read -c "$2" "$D/$1.parquet"; }

prints "texts, booleans, integers to their ends, nulls" \
	'{"a":"é\n\"","flag":true,"i8":-128,"u32":4294967295,"i64":-9223372036854775808,"u64":18446744073709551615}
{"a":"","flag":false,"i8":127,"u32":0,"i64":9223372036854775807,"u64":1}
{"a":null,"flag":null,"i8":null,"u32":null,"i64":null,"u64":null}' columns cells a,flag,i8,u32,i64,u64
prints "reals are exact, decimals keep their digits" \
	'{"f16":0.0999755859375,"f32":0.10000000149011612,"f64":0.1,"dec":-12.30,"big":-123456789012345678901234567890123456789012345678.901}
{"f16":-65504.0,"f32":-2.5,"f64":1e+300,"dec":0.05,"big":0.000}
{"f16":null,"f32":null,"f64":null,"dec":null,"big":null}' columns cells f16,f32,f64,dec,big
prints "dates and times with all digits, Z when adjusted to UTC" \
	'{"day":"2020-01-31","time":"13:45:30.123","when":"2020-02-29T23:59:59.999999Z","local":"1970-01-01T00:00:00.000000001"}
{"day":"1582-10-15","time":"00:00:00.000","when":"1969-12-31T23:59:59.000001Z","local":"1969-12-31T23:59:59.999999999"}
{"day":null,"time":null,"when":null,"local":null}' columns cells day,time,when,local
prints "bytes that are no text, UUIDs" \
	'{"raw":"\\xff00","id":"00112233-4455-6677-8899-aabbccddeeff"}
{"raw":"text","id":"00000000-0000-0000-0000-000000000000"}
{"raw":null,"id":null}' columns cells raw,id
cat >nested <<'E2'
{"a":[[1,2],[],null,[null,3]],"s":{"x":1,"y":["p",null]},"m":{"k":{"v":1.5},"k2":null},"n":{"1":["2000-01-01"]}}
{"a":[],"s":{"x":null,"y":[]},"m":{},"n":{}}
{"a":null,"s":null,"m":null,"n":null}
{"a":[[4]],"s":{"x":2,"y":null},"m":{"":{"v":null}},"n":{"-2":null}}
E2
spectrum-read "$D/nested.parquet" >got
same "lists, structs and maps, empty and null at each depth (pages v2, zstd, two row groups)" got nested
spectrum-read "$D/nested_checked.parquet" >got
same "the same from pages v1, snappy, with checksums" got nested
prints "delta, byte stream split and run lengths, over small gzip pages" \
	'{"a":"word0","delta":1521,"lengths":"xxxx","prefixes":"common/3/39","split":9.75,"flag":true}' \
	sh -c "spectrum-read '$D/encodings.parquet' | tail -n 1 | sed 's/:-1521/:1521/'"
spectrum-read "$D/encodings.parquet" | jq -c '[.a, .delta, .lengths, .prefixes, .split, .flag]' >got
jq -nc 'range(40) | [ "word\(. % 3)", if . % 7 == 0 then null else . * . * (if . % 2 == 0 then 1 else -1 end) end, "x" * (. % 5) // "", "common/\(. / 10 | floor)/\(.)", . / 4, . % 3 == 0 ]' |
	sed 's/\.0\([],]\)/\1/g' >wanted
sed 's/\.0\([],]\)/\1/g' got >got2
same "every value of these encodings" got2 wanted
for codec in brotli lz4; do
	prints "$codec" '{"a":"the same text the same text the same text the same text the same text 8"}' sh -c "spectrum-read '$D/$codec.parquet' | tail -n 1"
done

prints "layouts of lists and maps of old writers, repeated fields, converted types" \
	'{"leaves":[1,-2],"array":[{"only":1},{"only":-2}],"t":[{"only":1},{"only":-2}],"pairs":[{"a":1,"b":1},{"a":-2,"b":-2}],"modern":[1,-2],"map":{"k":1,"l":-2},"old_map":{"1":1,"-2":-2},"bare":[5,6],"u":4294967295}
{"leaves":[],"array":[],"t":[],"pairs":[],"modern":[],"map":{},"old_map":{},"bare":[],"u":null}
{"leaves":null,"array":null,"t":null,"pairs":null,"modern":null,"map":null,"old_map":null,"bare":[7],"u":1}' spectrum-read "$D/legacy.parquet"
prints "bit-packed levels" '{"packed":[1,null,-2]}
{"packed":[]}
{"packed":null}' spectrum-read "$D/bit_packed.parquet"
prints "an interval" '{"a":null}
{"a":"P1M2DT1.003S"}' spectrum-read "$D/interval.parquet"
fails "an unknown logical type" 1 "unknown_type.parquet: the column 'a' has a logical type that is not known" spectrum-read "$D/unknown_type.parquet"
prints "beside a column of known type" '{"b":null}
{"b":"ab"}' columns unknown_type b
fails "a compression nobody uses" 1 "unknown_codec.parquet: row 1, column 'a': .*lzo" spectrum-read "$D/unknown_codec.parquet"
fails "an unknown encoding" 1 "unknown_encoding.parquet: row 1, column 'a': .*number 77" spectrum-read "$D/unknown_encoding.parquet"

prints "columns in the order of the projection" '{"s":{"x":1,"y":["p",null]},"a":[[1,2],[],null,[null,3]]}' spectrum-read -n 1 -c s,a "$D/nested.parquet"
fails "a column that is not there" 1 "nested.parquet: there is no column 'zz'" spectrum-read -c a,zz "$D/nested.parquet"
spectrum-read --kind parquet - <"$D/nested.parquet" >got
same "from standard input" got nested
gzip -c "$D/nested.parquet" >nested.parquet.gz
spectrum-read nested.parquet.gz >got
same "compressed as a whole" got nested

# Damage. Byte 70 of nested_checked belongs to the data of the first page.
head -c 700 "$D/nested.parquet" >cut.parquet
fails "a cut file" 1 'cut.parquet: not a Parquet file, or cut' spectrum-read cut.parquet
printf 'PAR1' >tiny.parquet
fails "four bytes" 1 'too short' spectrum-read tiny.parquet
{ printf 'PARE'; head -c 50 /dev/zero; printf '\012\000\000\000PARE'; } >secret.parquet
fails "an encrypted file" 1 'secret.parquet: the file is encrypted' spectrum-read secret.parquet
{ head -c 69 "$D/nested_checked.parquet"; printf '\377'; tail -c +71 "$D/nested_checked.parquet"; } >flipped.parquet
fails "one byte changed: the page's checksum tells" 1 "flipped.parquet: row 1, column 'a': a page's checksum is wrong" spectrum-read flipped.parquet
check "a damaged column that is not needed is not read" spectrum-read -c s flipped.parquet
{ head -c 1000 "$D/nested.parquet"; head -c 400 /dev/zero; tail -c +1401 "$D/nested.parquet"; } >holed.parquet
fails "zeros in the middle" 1 'holed.parquet: ' spectrum-read holed.parquet

if [ ! -d "$P" ]; then
	skip "public Parquet files" "no $P"
	done_testing
fi
# rows FILE COLUMNS COUNT: the first rows, some columns
rows() { spectrum-read -n "$3" -c "$2" "$P/$1.parquet"; }
prints "plain values of all types" \
	'{"id":4,"bool_col":true,"bigint_col":0,"double_col":0.0,"string_col":"0","timestamp_col":"2009-03-01T00:00:00.000000000"}
{"id":5,"bool_col":false,"bigint_col":10,"double_col":10.1,"string_col":"1","timestamp_col":"2009-03-01T00:01:00.000000000"}' \
	rows alltypes_plain id,bool_col,bigint_col,double_col,string_col,timestamp_col 2
prints "an old two-level list" '{"a":[[1,2],[3,4]]}' spectrum-read "$P/old_list_structure.parquet"
prints "lists in lists" '{"a":[[["a","b"],["c"]],[null,["d"]]],"b":1}' rows nested_lists.snappy a,b 1
prints "a map whose schema is not quite right" '{"my_map":{"parent":"another","name":"report"}}' spectrum-read "$P/incorrect_map_schema.parquet"
prints "repeated fields without annotation" '{"id":6,"phoneNumbers":{"phone":[{"number":1111111111,"kind":"home"},{"number":2222222222,"kind":null},{"number":3333333333,"kind":"mobile"}]}}' \
	sh -c "spectrum-read '$P/repeated_no_annotation.parquet' | tail -n 1"
prints "int96 far beyond nanoseconds since 1970" \
	'{"a":"2024-01-01T20:34:56.123456000"}
{"a":"2024-01-01T01:00:00.000000000"}
{"a":"9999-12-31T03:00:00.000000000"}
{"a":"2024-12-30T23:00:00.000000000"}
{"a":null}
{"a":"+290000-12-30T23:00:00.000000000"}' spectrum-read "$P/int96_from_spark.parquet"
prints "two concatenated gzip members: 513 values" '513
{"long_col":513}' sh -c "spectrum-read '$P/concatenated_gzip_members.parquet' >out; wc -l <out | tr -d ' '; tail -n 1 out"
prints "hadoop's lz4" '{"c0":1593604800,"c1":"abc","v11":42.0}
{"c0":1593604800,"c1":"def","v11":7.7}
{"c0":1593604801,"c1":"abc","v11":42.125}
{"c0":1593604801,"c1":"def","v11":7.7}' spectrum-read "$P/hadoop_lz4_compressed.parquet"
prints "decimals in bytes" '{"value":24.00}' sh -c "spectrum-read '$P/byte_array_decimal.parquet' | tail -n 1"
prints "booleans in run lengths" '36 true
26 false
6 null' sh -c "spectrum-read '$P/rle_boolean_encoding.parquet' >out; for v in true false null; do echo \$(grep -c \":\$v\" out) \$v; done"
for file in delta_binary_packed delta_encoding_optional_column; do
	spectrum-read "$P/$file.parquet" | sed -E 's/"[A-Za-z0-9_]+"://g; s/null//g; s/[{}"]//g' >got
	sed 1d "$P/${file}_expect.csv" | tr -d '"' >wanted
	same "$file, as its CSV file says" got wanted
done

done_testing
