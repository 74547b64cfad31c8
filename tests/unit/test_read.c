/* Readers: the csv reader gives what libcsv alone gives, whatever the text; hostile and damaged files. */
#include <csv.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "check.h"
#include "json/json.h"
#include "read/reader.h"

static char path[] = "/tmp/test_read.XXXXXX";

static void save(struct text bytes) {
	FILE *out = fopen(path, "wb");
	if (!out || fwrite(bytes.data, 1, bytes.size, out) != bytes.size || fclose(out)) printf("not ok - cannot write %s\n", path);
}

/* All rows as "[name=cell|name=cell]…", NULL as ~, and what went wrong behind "!". */
static struct text read_all(struct text bytes, struct reader_options options, struct buffer *b) {
	struct error e = {0};
	struct row row;
	int state = -1;
	save(bytes);
	buffer_clear(b);
	struct reader *r = reader_open(path, &options, &e);
	while (r && (state = reader_next(r, &row, &e)) == 1) {
		buffer_add_char(b, '[');
		for (size_t i = 0; i < row.count; i++) {
			buffer_printf(b, "%s%.*s=", i ? "|" : "", TEXT_ARGS(row.names[i]));
			const struct cell *c = &row.cells[i];
			if (c->type == CELL_NULL) buffer_add_char(b, '~');
			else if (c->type == CELL_BOOLEAN) buffer_add_string(b, c->integer ? "true" : "false");
			else buffer_add_text(b, c->text);
		}
		buffer_add_char(b, ']');
	}
	if (state < 0) {
		const char *message = strstr(e.message, path);
		buffer_printf(b, "!%s", message ? message + strlen(path) : e.message);
	}
	reader_close(r);
	return buffer_text(b);
}

#define READS(what, input, options, wanted)                                                                                                \
	CHECK_TEXT(what, read_all(text_make(input, sizeof(input) - 1), (struct reader_options)options, &b), wanted)
#define OPTIONS(...)                                                                                                                       \
	{ __VA_ARGS__ }

static void csv_texts(void) {
	struct buffer b = {0};
	static const char *const nulls[] = {"", "NA", NULL}, *const two[] = {"b", "a"}, *const none[] = {"c"}, *const one[] = {"x"};
	READS("plain", "a,b\n1,2\n3,4\n", OPTIONS(.kind = "csv"), "[a=1|b=2][a=3|b=4]");
	READS("no line end at the end", "a,b\n1,2", OPTIONS(.kind = "csv"), "[a=1|b=2]");
	READS("CR LF", "a,b\r\n1,2\r\n\"3\",4\r\n", OPTIONS(.kind = "csv"), "[a=1|b=2][a=3|b=4]");
	READS("CR alone", "a,b\r1,2\r3,4\r", OPTIONS(.kind = "csv"), "[a=1|b=2][a=3|b=4]");
	READS("CR in the middle of a line", "a,b\n1,2\r3,4\n5,6\n", OPTIONS(.kind = "csv"), "[a=1|b=2][a=3|b=4][a=5|b=6]");
	READS("BOM",
		"\xEF\xBB\xBF"
		"a,b\n1,2\n",
		OPTIONS(.kind = "csv"), "[a=1|b=2]");
	READS("BOM before a quote", "\xEF\xBB\xBF\"a\",b\n1,2\n", OPTIONS(.kind = "csv"), "[a=1|b=2]");
	READS("quotes over lines", "a,b\n\"1\n\n2\",3\n4,5\n", OPTIONS(.kind = "csv"), "[a=1\n\n2|b=3][a=4|b=5]");
	READS("doubled quotes", "a,b\n\"say \"\"hi\"\"\",\"\"\n\"\"\"\",x\n", OPTIONS(.kind = "csv"), "[a=say \"hi\"|b=][a=\"|b=x]");
	READS("a quote within a cell", "a,b\n5\" pipe,x\n", OPTIONS(.kind = "csv"), "[a=5\" pipe|b=x]");
	READS("a delimiter in quotes", "a,b\n\"1,2\",\"3\"\n", OPTIONS(.kind = "csv"), "[a=1,2|b=3]");
	READS("blanks stay", "a,b\n 1 ,\" 2 \"\n", OPTIONS(.kind = "csv"), "[a= 1 |b= 2 ]");
	READS("empty lines are passed over", "a,b\n\n1,2\n\r\n\n3,4\n\n", OPTIONS(.kind = "csv"), "[a=1|b=2][a=3|b=4]");
	READS("empty cells", "a,b\n,\n\"\",\n", OPTIONS(.kind = "csv"), "[a=|b=][a=|b=]");
	READS("null cells", "a,b\n,NA\n\"NA\",na\n", OPTIONS(.kind = "csv", .nulls = nulls), "[a=~|b=~][a=~|b=na]");
	READS("nothing at all", "", OPTIONS(.kind = "csv"), "");
	READS("only a header", "a,b\n", OPTIONS(.kind = "csv"), "");
	READS("no header", "1,2\n3,\"4\"\n", OPTIONS(.kind = "csv", .no_header = true), "[1=1|2=2][1=3|2=4]");
	READS("no header, named", "1,2\n3,4\n", OPTIONS(.kind = "csv", .no_header = true, .columns = two, .column_count = 2),
		"[b=1|a=2][b=3|a=4]");
	READS("a projection", "a,x,b\n1,2,3\n", OPTIONS(.kind = "csv", .columns = two, .column_count = 2), "[b=3|a=1]");
	READS("a column that is not there is NULL", "a,b\n1,2\n", OPTIONS(.kind = "csv", .columns = none, .column_count = 1), "[c=~]");
	READS("a column twice", "x,x\n1,2\n", OPTIONS(.kind = "csv", .columns = one, .column_count = 1),
		"!: the header has the column 'x' twice");
	READS("another delimiter and quote", "a;b\n'1;2';3\n", OPTIONS(.kind = "csv", .delimiter = ';', .quote = '\''), "[a=1;2|b=3]");
	READS("ragged", "a,b\n1,2\n3\n", OPTIONS(.kind = "csv"),
		"[a=1|b=2]!: row 2 has 1 cells, but the header has 2; look for a stray quote or delimiter");
	READS("ragged, projected", "a,b\n1,2,3\n", OPTIONS(.kind = "csv", .columns = two, .column_count = 2),
		"!: row 1 has 3 cells, but the header has 2; look for a stray quote or delimiter");
	READS("a quote never closed", "a,b\n1,2\n\"3,4\n5,6\n", OPTIONS(.kind = "csv"),
		"[a=1|b=2]!: row 2: a quote is opened and never closed; the record would run to the end of the file");
	READS("not UTF-8", "a,b\n1,2\n3,caf\xE9\n", OPTIONS(.kind = "csv"),
		"[a=1|b=2]!: row 2, column 'b': bytes that are not UTF-8; name the file's encoding (--encoding, or \"encoding\" in "
		"source.json)");
	READS("a converter that keeps a letter back for its accent", "b\nab", OPTIONS(.kind = "lines", .encoding = "cp1258"), "[line=b][line=ab]");
	READS("latin-1", "a,b\n3,caf\xE9\n", OPTIONS(.kind = "csv", .encoding = "iso-8859-1"), "[a=3|b=caf\xC3\xA9]");
	READS("utf-16",
		"\xFF\xFE"
		"a\0,\0b\0\n\0001\0,\0\xE9\0\n\0",
		OPTIONS(.kind = "csv", .encoding = "utf-16"), "[a=1|b=\xC3\xA9]");
	READS("tsv: quotes are letters", "a\tb\n\"1\t2\"\n", OPTIONS(.kind = "tsv"), "[a=\"1|b=2\"]");
	READS("tsv: 0xFF is not lost", "a\tb\n\xFFx\xFF\t2\n", OPTIONS(.kind = "tsv"),
		"!: row 1: bytes that are not UTF-8; name the file's encoding (--encoding, or \"encoding\" in source.json)");
	buffer_free(&b);
}

static void json_texts(void) {
	struct buffer b = {0};
	static const char *const two[] = {"b", "a"};
	static const struct reader_repair comma[] = {{",(\\s*[}\\]])", "$1"}};
	READS("jsonl", "{\"a\":1,\"b\":\"x\"}\n\n{\"a\":1.50,\"c\":null}\n", OPTIONS(.kind = "jsonl"), "[a=1|b=x][a=1.50|c=~]");
	READS("jsonl, projected", "{\"a\":1,\"b\":true}\r\n{\"a\":[1, {\"x\" : 2}]}\n",
		OPTIONS(.kind = "jsonl", .columns = two, .column_count = 2), "[b=true|a=1][b=~|a=[1,{\"x\":2}]]");
	READS("jsonl, a number beyond doubles", "{\"a\":123456789012345678901234567890}\n", OPTIONS(.kind = "jsonl"),
		"[a=123456789012345678901234567890]");
	READS("jsonl, no object", "{}\n1\n", OPTIONS(.kind = "jsonl"), "[]!:2: a record should be a JSON object {…}");
	READS("jsonl that is json", "[{\"a\":1}]\n", OPTIONS(.kind = "jsonl"),
		"!:1: a record should be a JSON object {…}; is it a file for the reader `json`?");
	READS("jsonl that is json over lines", "{\n\"a\":1}\n", OPTIONS(.kind = "jsonl"),
		"!:1: not JSON: at byte 1 there should be a member name in quotes; is it a file for the reader `json`?");
	READS("json that is jsonl", "{\"a\":1}\n{\"a\":2}\n", OPTIONS(.kind = "json"),
		"!: not JSON: at byte 8 there should be nothing behind the value; is it a file for the reader `jsonl`?");
	READS("an escape that there is not", "{\"a\":\"\\x\"}\n", OPTIONS(.kind = "jsonl"),
		"!:1: not JSON: at byte 7 there should be one of \"\\/bfnrtu behind the backslash of a string");
	READS("jsonl, a name twice: the last counts", "{\"a\":1,\"b\":2,\"a\":3}\n", OPTIONS(.kind = "jsonl"), "[a=3|b=2]");
	READS("jsonl, an escaped name", "{\"\\u0061\":1}\n", OPTIONS(.kind = "jsonl", .columns = two, .column_count = 2), "[b=~|a=1]");
	READS("json: an array", " [ {\"a\":1}, {\"a\":2} ] ", OPTIONS(.kind = "json"), "[a=1][a=2]");
	READS("json: of values", "[1,\"x\"]", OPTIONS(.kind = "json"), "[value=1][value=x]");
	READS("json: one object", "{\"a\":{\"b\":1}}", OPTIONS(.kind = "json"), "[a={\"b\":1}]");
	READS("json: at", "{\"x/y\":{\"~\":[{\"a\":1}]}}", OPTIONS(.kind = "json", .at = "/x~1y/~0"), "[a=1]");
	READS("json: at an element", "{\"x\":[[],[{\"a\":7}]]}", OPTIONS(.kind = "json", .at = "/x/1"), "[a=7]");
	READS("json: entries", "{\"k\":{\"one\":{\"a\":1},\"two\":5}}", OPTIONS(.kind = "json", .at = "/k"),
		"[_key=one|a=1][_key=two|value=5]");
	READS("json: no element is called so", "{\"x\":[[{\"a\":7}]]}", OPTIONS(.kind = "json", .at = "/x/a"), "!: there is no array or object at \"/x/a\"");
	READS("json: nothing there", "{\"k\":1}", OPTIONS(.kind = "json", .at = "/z"), "!: there is no array or object at \"/z\"");
	READS("json: repaired", "[{\"a\":1,},]", OPTIONS(.kind = "json", .repairs = comma, .repair_count = 1), "[a=1]");
	READS("json: repaired, not UTF-8", "[{\"a\":1},\n{\"a\":\"\xC3\xA9\xE9\"},]",
		OPTIONS(.kind = "json", .repairs = comma, .repair_count = 1),
		"!: line 2: bytes that are not UTF-8, which \"repair\" cannot search; name the file's encoding (--encoding, or "
		"\"encoding\" in source.json)");
	READS("jsonl: what Python writes for missing numbers", "{\"a\":NaN,\"b\":[-Infinity,Infinity],\"c\":\"NaN, \\\"NaN\"}\n",
		OPTIONS(.kind = "jsonl"), "[a=~|b=[null,null]|c=NaN, \"NaN]");
	READS("json: the same", "[{\"a\": NaN}]", OPTIONS(.kind = "json"), "[a=~]");
	READS("json: empty array", "[]", OPTIONS(.kind = "json"), "");
	buffer_clear(&b);
	struct text cut = read_all(text_of("{\"a\":1}\n{\"a\":\n"), (struct reader_options){.kind = "jsonl"}, &b);
	CHECK("jsonl, damaged: the line is named", text_starts(cut, text_of("[a=1]!:2: ")));
	buffer_clear(&b);
	cut = read_all(text_of("{\"a\":NaN\n"), (struct reader_options){.kind = "jsonl"}, &b);
	CHECK("jsonl, damaged behind a NaN", text_starts(cut, text_of("!:1: ")));
	struct buffer deep = {0};
	for (int i = 0; i < 100000; i++) buffer_add_char(&deep, '[');
	struct text got = read_all(buffer_text(&deep), (struct reader_options){.kind = "json"}, &b);
	CHECK("json: a hundred thousand brackets are refused", got.size && got.data[0] == '!');
	buffer_free(&deep);
	got = read_all(text_of("{\"a\":\"\\ud800x\"}\n"), (struct reader_options){.kind = "jsonl"}, &b);
	CHECK_TEXT("a lone surrogate becomes U+FFFD", got, "[a=\xEF\xBF\xBDx]");
	buffer_free(&b);
}

static void lines_texts(void) {
	struct buffer b = {0};
	READS("lines", "12:\n7,5\r\n8,4\n13:\n9,1",
		OPTIONS(.kind = "lines", .section = "^(?<film>\\d+):$", .row = "^(?<who>\\d+),(?<stars>\\d)$"),
		"[film=12|who=7|stars=5][film=12|who=8|stars=4][film=13|who=9|stars=1]");
	READS("lines: unmatched", "7,5\nx\n", OPTIONS(.kind = "lines", .row = "^(?<who>\\d+),(?<stars>\\d)$"),
		"[who=7|stars=5]!:2: the line matches no pattern: 'x'; \"unmatched\": \"skip\" passes over such lines");
	READS("lines: skipped", "x\n7,5\ny\n", OPTIONS(.kind = "lines", .row = "^(?<who>\\d+),", .skip_unmatched = true), "[who=7]");
	READS("lines: nothing but skipped ones", "x\ny\n", OPTIONS(.kind = "lines", .row = "^(?<who>\\d+),", .skip_unmatched = true),
		"!: none of its lines matches \"row\"; has the format changed?");
	READS("lines: sections only", "12:\n13:\n",
		OPTIONS(.kind = "lines", .section = "^(?<film>\\d+):$", .row = "^(?<who>\\d+),", .skip_unmatched = true), "");
	READS("lines: all of it", "x y\n\nz\n", OPTIONS(.kind = "lines"), "[line=x y][line=][line=z]");
	READS("lines: a pattern without names", "x\n", OPTIONS(.kind = "lines", .row = "x"),
		"!: the row pattern 'x' has no named group; (?<name>…) makes a column");
	buffer_free(&b);
}

/* A random CSV file of 3 columns, well over several chunks, with all that libcsv knows. */
static void random_csv(struct random *r, struct buffer *b, size_t size) {
	static const char *const parts[] = {"a", "longer words", " ", "\xC3\xA9", "0", "\t", "x\"y", "-", ";", "'"};
	static const char *const quoted[] = {"a", "longer words", ",", "\n", "\"\"", "\r", "\r\n", "\xE2\x82\xAC", " ", "\"\""};
	bool quotes = random_below(r, 4) != 0;
	buffer_add_string(b, "a,b,c\n");
	while (b->size < size) {
		for (int column = 0; column < 3; column++) {
			if (column) buffer_add_char(b, ',');
			uint64_t kind = random_below(r, quotes ? 4 : 2), count = random_below(r, 6);
			if (kind == 3) buffer_add_char(b, '"');
			else if (!column) buffer_add_char(b, '.'); /* no empty line */
			for (uint64_t i = 0; i < count; i++) {
				const char *part = kind == 3 ? quoted[random_below(r, 10)] : parts[random_below(r, 10)];
				if (quotes || !strchr(part, '"')) buffer_add_string(b, part);
			}
			if (kind == 3) buffer_add_char(b, '"');
		}
		buffer_add_string(b, random_below(r, 5) ? "\n" : random_below(r, 2) ? "\r\n" : random_below(r, 2) ? "\r" : "\n\n");
	}
	if (random_below(r, 2)) b->size--;
}

static int no_space(unsigned char c) {
	(void)c;
	return 0;
}
static void reference_cell(void *bytes, size_t size, void *b) {
	buffer_add(b, bytes, size);
	buffer_add_char(b, '\x1F');
}
static void reference_row(int terminator, void *b) {
	(void)terminator;
	buffer_add_char(b, '\x1E');
}

static bool same_as_libcsv(struct text bytes) {
	struct buffer wanted = {0}, got = {0};
	struct csv_parser parser;
	csv_init(&parser, 0);
	csv_set_space_func(&parser, no_space);
	csv_parse(&parser, bytes.data, bytes.size, reference_cell, reference_row, &wanted);
	csv_fini(&parser, reference_cell, reference_row, &wanted);
	csv_free(&parser);
	save(bytes);
	struct error e = {0};
	struct reader *r = reader_open(path, &(struct reader_options){.kind = "csv"}, &e);
	struct row row;
	int state;
	buffer_add_string(&got, "a\x1F"
				"b\x1F"
				"c\x1F\x1E");
	while ((state = reader_next(r, &row, &e)) == 1) {
		for (size_t i = 0; i < row.count; i++)
			reference_cell((char *)(uintptr_t)row.cells[i].text.data, row.cells[i].text.size, &got);
		reference_row(0, &got);
	}
	if (state) printf("# %s\n", e.message);
	bool same = state == 0 && text_equal(buffer_text(&wanted), buffer_text(&got));
	reader_close(r);
	buffer_free(&wanted);
	buffer_free(&got);
	return same;
}

static void like_libcsv(void) {
	struct random r = random_start(random_key_start(1));
	struct buffer b = {0};
	int different = 0;
	for (int i = 0; i < 300; i++) {
		buffer_clear(&b);
		random_csv(&r, &b, i < 290 ? 200 : 700000);
		different += !same_as_libcsv(buffer_text(&b));
	}
	CHECK("300 random files: as libcsv alone reads them", different == 0);
	buffer_free(&b);
}

static void nul_bytes(void) {
	struct error e = {0};
	struct row row;
	save(text_make("a\0z,b\n1\0002,\"3\0\"\n", 16));
	struct reader *r = reader_open(path, &(struct reader_options){.kind = "csv"}, &e);
	CHECK("NUL in cells", reader_next(r, &row, &e) == 1 && text_equal(row.cells[0].text, text_make("1\0002", 3)) &&
				      text_equal(row.cells[1].text, text_make("3\0", 2)));
	CHECK("NUL in the header", text_equal(row.names[0], text_make("a\0z", 3)));
	reader_close(r);
}

/* The first record is longer than a chunk; a cell is longer than a chunk. */
static void long_records(void) {
	struct buffer b = {0}, got = {0};
	for (int i = 0; i < 200000; i++) buffer_printf(&b, "%s%d", i ? "," : "", i);
	buffer_add_char(&b, '\n');
	save(buffer_text(&b));
	struct error e = {0};
	struct row row;
	struct reader *r = reader_open(path, &(struct reader_options){.kind = "csv", .no_header = true}, &e);
	CHECK("no header, a first record of more than a chunk",
		reader_next(r, &row, &e) == 1 && row.count == 200000 && text_is(row.cells[199999].text, "199999"));
	CHECK("  and no more", reader_next(r, &row, &e) == 0);
	reader_close(r);
	buffer_clear(&b);
	buffer_add_string(&b, "a,b\n\"");
	for (int i = 0; i < 3000000; i++) buffer_add_char(&b, i % 100 ? 'x' : '\n');
	buffer_add_string(&b, "\",2\n3,4\n");
	save(buffer_text(&b));
	r = reader_open(path, &(struct reader_options){.kind = "csv"}, &e);
	CHECK("a cell of three megabytes",
		reader_next(r, &row, &e) == 1 && row.cells[0].text.size == 3000000 && text_is(row.cells[1].text, "2"));
	CHECK("  and the next row", reader_next(r, &row, &e) == 1 && text_is(row.cells[0].text, "3") && reader_next(r, &row, &e) == 0);
	reader_close(r);
	buffer_free(&b);
	buffer_free(&got);
}

/* Escaping by words gives what escaping byte by byte gives. */
static void json_strings(void) {
	struct random r = random_start(random_key_start(2));
	int wrong = 0;
	for (int i = 0; i < 20000; i++) {
		char bytes[40];
		struct buffer quick = {0}, slow = {0};
		size_t size = random_below(&r, 40);
		for (size_t k = 0; k < size; k++) {
			static const char odd[] = {'"', '\\', '\n', 0, 0x1F, 0x7F, ' ', '!', '#', '[', ']'};
			bytes[k] = random_below(&r, 12) ? (char)(' ' + random_below(&r, 95)) : odd[random_below(&r, sizeof odd)];
		}
		json_add_string(&quick, text_make(bytes, size), false);
		buffer_add_char(&slow, '"');
		for (size_t k = 0; k < size; k++) { /* single bytes take the slow way */
			struct buffer one = {0};
			json_add_string(&one, text_make(bytes + k, 1), false);
			buffer_add(&slow, one.data + 1, one.size - 2);
			buffer_free(&one);
		}
		buffer_add_char(&slow, '"');
		wrong += !text_equal(buffer_text(&quick), buffer_text(&slow));
		buffer_free(&quick);
		buffer_free(&slow);
	}
	CHECK("20,000 random strings are escaped alike", wrong == 0);
}

int main(void) {
	int fd = mkstemp(path);
	if (fd < 0) return 1;
	close(fd);
	csv_texts();
	json_texts();
	lines_texts();
	like_libcsv();
	nul_bytes();
	long_records();
	json_strings();
	unlink(path);
	return check_done();
}
