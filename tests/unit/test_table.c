/* table: raw files as SQLite tables: types, {names}, long, reservoir, stream. */
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "check.h"
#include "sql/table.h"

static sqlite3 *db;
static struct error problem;

static void put(const char *path, const char *bytes) {
	struct error e;
	if (!output_save(path, text_of(bytes), &e)) printf("# %s\n", e.message);
}

/* The result of a query as "a|b\nc|d\n"; an error as its text. NULL shows as ∅, and `'` in front of texts. */
static struct text ask(const char *sql) {
	static struct buffer b;
	sqlite3_stmt *row = NULL;
	int status;
	buffer_clear(&b);
	sqlite3_prepare_v2(db, sql, -1, &row, NULL);
	while ((status = sqlite3_step(row)) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(row); i++) {
			int type = sqlite3_column_type(row, i);
			if (type == SQLITE_TEXT) buffer_add_char(&b, '\'');
			buffer_add_string(&b, type == SQLITE_NULL ? "∅" : (const char *)sqlite3_column_text(row, i));
			buffer_add_char(&b, i + 1 < sqlite3_column_count(row) ? '|' : '\n');
		}
	if (status != SQLITE_DONE) buffer_add_string(&b, sqlite3_errmsg(db));
	sqlite3_finalize(row);
	return buffer_text(&b);
}

static void fresh(void) {
	sqlite3_close(db);
	sqlite3_open(":memory:", &db);
	problem = (struct error){0};
}

static const char *const nulls[] = {"", NULL};
static const char *const bound[] = {"town", "year"};
static const char *const ulm[] = {"ulm", "1999"}, *const bonn[] = {"bonn", "2000"};

static void test_types(void) {
	put("a.csv", "t,i,r,b,j,more\n017,-5,2,True,\"[1, 2]\",x\n,,,,,\n");
	put("b.jsonl",
		"{\"t\":1.50,\"i\":7,\"r\":1e3,\"b\":false,\"j\":\"s\"}\n{\"t\":true,\"j\":{\"k\":null}}\n{\"t\":[1,\"x\"],\"j\":null}\n");
	static const struct table_column columns[] = {{"t", COLUMN_TEXT}, {"i", COLUMN_INTEGER}, {"year", COLUMN_INTEGER},
		{"r", COLUMN_REAL}, {"b", COLUMN_BOOLEAN}, {"j", COLUMN_JSON}};
	struct table_file files[] = {{"a.csv", "x/a.csv", ulm}};
	struct table_spec spec = {.name = "T \"1\"",
		.reader = {.kind = "csv", .nulls = nulls},
		.columns = columns,
		.column_count = 6,
		.bound = bound,
		.bound_count = 2,
		.files = files,
		.file_count = 1,
		.source = "demo"};
	uint64_t rows;
	fresh();
	CHECK("csv loads", table_load(db, &spec, &rows, &problem) && rows == 2);
	CHECK_TEXT("cells keep their type; {names} in front or typed in place; _row and _file", ask("SELECT * FROM \"T \"\"1\"\"\""),
		"'ulm|'017|-5|1999|2.0|1|'[1, 2]|1|'x/a.csv\n'ulm|∅|∅|1999|∅|∅|∅|2|'x/a.csv\n");
	files[0] = (struct table_file){"b.jsonl", "b.jsonl", bonn};
	spec.reader.kind = "jsonl";
	fresh();
	CHECK("jsonl loads", table_load(db, &spec, &rows, &problem) && rows == 3);
	CHECK_TEXT("text of numbers as it stands; a JSON string keeps its quotes", ask("SELECT t, i, r, b, j FROM \"T \"\"1\"\"\""),
		"'1.50|7|1000.0|0|'\"s\"\n'true|∅|∅|∅|'{\"k\":null}\n'[1,\"x\"]|∅|∅|∅|∅\n");
}

static void misfit(const char *what, enum column_type type, const char *cell, const char *wanted) {
	char csv[200];
	snprintf(csv, sizeof csv, "a,b\nok,0\nok,%s\n", cell);
	put("c.csv", csv);
	struct table_column columns[] = {{"b", type}};
	struct table_file files[] = {{"c.csv", "c.csv", NULL}};
	struct table_spec spec = {.name = "t",
		.reader = {.kind = "csv"},
		.columns = columns,
		.column_count = 1,
		.files = files,
		.file_count = 1,
		.source = "demo"};
	uint64_t rows;
	fresh();
	bool good = table_load(db, &spec, &rows, &problem);
	CHECK(what, !good && problem.status == STATUS_DATA && strstr(problem.message, wanted));
	if (good || !strstr(problem.message, wanted)) printf("# said: %s\n", problem.message);
	CHECK("and leaves no transaction open", sqlite3_get_autocommit(db));
}

static void test_union(void) {
	put("p.csv", "a,b\n1,2\n");
	put("q.csv", "b,c\n3,4\n");
	static const char *const optional[] = {"a", "c"};
	struct table_column columns[] = {{"a", COLUMN_TEXT}, {"b", COLUMN_TEXT}, {"c", COLUMN_TEXT}, {"d", COLUMN_TEXT}};
	struct table_file files[] = {{"p.csv", "p.csv", NULL}, {"q.csv", "q.csv", NULL}};
	struct table_spec spec = {.name = "t",
		.reader = {.kind = "csv"},
		.columns = columns,
		.column_count = 3,
		.optional = optional,
		.optional_count = 2,
		.files = files,
		.file_count = 2};
	uint64_t rows;
	fresh();
	CHECK("two files load", table_load(db, &spec, &rows, &problem) && rows == 2);
	CHECK_TEXT("the union of their columns", ask("SELECT a, b, c, _row FROM t"), "'1|'2|∅|1\n∅|'3|'4|1\n");
	spec.optional_count = 1;
	fresh();
	CHECK("a column that the second file has only",
		!table_load(db, &spec, &rows, &problem) &&
			strstr(problem.message, "p.csv has no column 'c' that table 't' needs; it has 'a', 'b'"));
	spec.column_count = 4;
	spec.optional_count = 2;
	fresh();
	CHECK("a column that no file has",
		!table_load(db, &spec, &rows, &problem) && strstr(problem.message, "no column 'd'") && strstr(problem.message, "'a', 'b'"));
	files[0].path = "absent.csv";
	fresh();
	CHECK("a file that cannot be read", !table_load(db, &spec, &rows, &problem) && problem.status == STATUS_OUTSIDE);
}

static void test_long(void) {
	put("w.csv", "id,q1,q2,who\n7,1,,Ada\n8,3,4,Bo\n");
	put("w.jsonl", "{\"q1\":1,\"id\":7,\"who\":\"Ada\"}\n{\"id\":8,\"q9\":2}\n");
	static const char *const ids[] = {"_row", "id", "who"};
	struct table_column columns[] = {{"id", COLUMN_INTEGER}, {"who", COLUMN_TEXT}, {"key", COLUMN_TEXT}, {"value", COLUMN_INTEGER}};
	struct table_file files[] = {{"w.csv", "w.csv", NULL}};
	struct table_spec spec = {.name = "t",
		.reader = {.kind = "csv", .nulls = nulls},
		.columns = columns,
		.column_count = 4,
		.files = files,
		.file_count = 1,
		.long_id = ids,
		.long_id_count = 3,
		.long_key = "key",
		.long_value = "value"};
	uint64_t rows;
	fresh();
	CHECK("long counts records", table_load(db, &spec, &rows, &problem) && rows == 2);
	CHECK_TEXT("columns become rows", ask("SELECT _row, id, who, key, value FROM t"),
		"1|7|'Ada|'q1|1\n1|7|'Ada|'q2|∅\n2|8|'Bo|'q1|3\n2|8|'Bo|'q2|4\n");
	files[0].path = files[0].label = "w.jsonl";
	spec.reader.kind = "jsonl";
	fresh();
	CHECK("long over records with other keys", table_load(db, &spec, &rows, &problem) && rows == 2);
	CHECK_TEXT("each has its own", ask("SELECT _row, id, who, key, value FROM t"), "1|7|'Ada|'q1|1\n2|8|∅|'q9|2\n");
}

static void test_reservoir(void) {
	struct buffer b = {0};
	for (int f = 0; f < 2; f++) {
		buffer_clear(&b);
		buffer_add_string(&b, "v,w\n");
		for (int i = 0; i < 3000; i++) buffer_printf(&b, "%d,%d\n", i, f);
		put(f ? "r1.csv" : "r0.csv", buffer_string(&b));
	}
	struct table_column columns[] = {{"v", COLUMN_INTEGER}, {"w", COLUMN_INTEGER}};
	struct table_file files[] = {{"r0.csv", "r0.csv", NULL}, {"r1.csv", "r1.csv", NULL}};
	struct table_spec spec = {.name = "t",
		.reader = {.kind = "csv"},
		.columns = columns,
		.column_count = 2,
		.files = files,
		.file_count = 2,
		.reservoir = 500,
		.seed = 42,
		.source = "demo"};
	uint64_t rows;
	static const char all[] = "SELECT group_concat(w || '.' || v) FROM (SELECT * FROM t ORDER BY w, v)";
	fresh();
	CHECK("all records are read", table_load(db, &spec, &rows, &problem) && rows == 6000);
	CHECK_TEXT("so many are kept, in file order",
		ask("SELECT count(*), sum(w * 3000 + v < before) FROM (SELECT *, lag(w * 3000 + v) OVER (ORDER BY rowid) AS before FROM "
		    "t)"),
		"500|0\n");
	CHECK_TEXT("from all of both files",
		ask("SELECT count(*) BETWEEN 200 AND 300, min(v) < 60, max(v) > 2940, abs(avg(v) - 1500) < 200 FROM t WHERE w"),
		"1|1|1|1\n");
	buffer_clear(&b);
	buffer_add_text(&b, ask(all));
	files[0] = (struct table_file){"r1.csv", "r1.csv", NULL};
	files[1] = (struct table_file){"r0.csv", "r0.csv", NULL};
	fresh();
	table_load(db, &spec, &rows, &problem);
	CHECK_TEXT("the same sample in another order of files", ask(all), buffer_string(&b));
	spec.seed = 43;
	fresh();
	table_load(db, &spec, &rows, &problem);
	CHECK("another seed, another sample", !text_equal(ask(all), buffer_text(&b)));
	buffer_free(&b);
}

static void test_reservoir_long(void) {
	static const char *const ids[] = {"id"};
	struct buffer b = {0};
	buffer_add_string(&b, "id,x,y,z\n");
	for (int i = 0; i < 100; i++) buffer_printf(&b, "%d,%d,%d,%d\n", i, i, i, i);
	put("l.csv", buffer_string(&b));
	struct table_column columns[] = {{"id", COLUMN_INTEGER}, {"k", COLUMN_TEXT}, {"v", COLUMN_INTEGER}};
	struct table_file files[] = {{"l.csv", "l.csv", NULL}};
	struct table_spec spec = {.name = "t",
		.reader = {.kind = "csv"},
		.columns = columns,
		.column_count = 3,
		.files = files,
		.file_count = 1,
		.reservoir = 9,
		.seed = 1,
		.source = "demo",
		.long_id = ids,
		.long_id_count = 1,
		.long_key = "k",
		.long_value = "v"};
	uint64_t rows;
	fresh();
	CHECK("reservoir of long loads", table_load(db, &spec, &rows, &problem) && rows == 100);
	CHECK_TEXT("whole records are kept", ask("SELECT count(DISTINCT id), count(*), sum(id = v) FROM t"), "9|27|27\n");
	buffer_free(&b);
}

static void test_stream(void) {
	put("s.csv", "a,b\n1,x\n2,y\n");
	put("bad.csv", "a,b\n1,x\nz,y\n");
	struct table_column columns[] = {{"a", COLUMN_INTEGER}, {"b", COLUMN_TEXT}};
	struct table_file files[] = {{"s.csv", "s.csv", ulm}};
	struct table_spec spec = {.name = "t",
		.reader = {.kind = "csv"},
		.columns = columns,
		.column_count = 2,
		.files = files,
		.file_count = 1,
		.bound = bound,
		.bound_count = 1,
		.stream = true,
		.source = "demo"};
	uint64_t rows;
	fresh();
	CHECK("a stream attaches without reading", table_attach(db, &spec, &rows, &problem) && rows == 0);
	CHECK_TEXT("one scan gives the rows; _row and _file are hidden from *", ask("SELECT *, _row FROM t"), "'ulm|1|'x|1\n'ulm|2|'y|2\n");
	CHECK("and counts them", rows == 2);
	CHECK("the second scan is an error that says how to mend it",
		text_starts(ask("SELECT a FROM t"),
			text_of("table 't' is \"stream\" and would be read a second time; read it once into a table")));
	fresh();
	table_attach(db, &spec, &rows, &problem);
	CHECK("so is a join that reads it again and again",
		text_starts(ask("SELECT x.a FROM t AS x, t AS y"), text_of("table 't' is \"stream\"")));
	files[0].path = files[0].label = "bad.csv";
	fresh();
	table_attach(db, &spec, &rows, &problem);
	CHECK_TEXT("columns that are not used are not checked", ask("SELECT b FROM t"), "'x\n'y\n");
	fresh();
	table_attach(db, &spec, &rows, &problem);
	CHECK_TEXT("a bad cell names its place", ask("SELECT a FROM t"),
		"1\ndemo: bad.csv: row 2, column 'a': 'z' is not an integer; mend the file, list the cell under \"null\" or give the "
		"column another type");
}

int main(void) {
	char folder[] = "/tmp/spectrum-XXXXXX";
	if (!mkdtemp(folder) || chdir(folder)) return 1;
	test_types();
	misfit("an integer", COLUMN_INTEGER, "1.5", "demo: c.csv: row 2, column 'b': '1.5' is not an integer");
	misfit("a real", COLUMN_REAL, "nan", "'nan' is not a number");
	misfit("a boolean", COLUMN_BOOLEAN, "yes", "'yes' is not true, false, 1 or 0");
	misfit("JSON", COLUMN_JSON, "[1", "'[1' is not JSON");
	test_union();
	test_long();
	test_reservoir();
	test_reservoir_long();
	test_stream();
	sqlite3_close(db);
	char sweep[64];
	snprintf(sweep, sizeof sweep, "rm -rf %s", folder);
	if (chdir("/") || system(sweep)) return 1;
	return check_done();
}
