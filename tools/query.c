/* query: SQL over raw files, with the functions that adapters have, for a question asked once and for trying out an adapter's expressions. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "json/json.h"
#include "read/spool.h"
#include "sql/functions.h"
#include "sql/table.h"

static const char *kind, *delimiter, *encoding, *at, *output = "-";
static struct option_list nulls;
static bool no_header, csv, ascii;
static int64_t seed = 42;

static const struct option_spec options[] = {{0, "csv", NULL, OPTION_FLAG, &csv, "print CSV with a header instead of JSON Lines"},
	{'k', "kind", "KIND", OPTION_STRING, &kind, "of the files: csv tsv jsonl json parquet sav (else by their names; - is jsonl)"},
	{'d', "delimiter", "C", OPTION_STRING, &delimiter, "csv: the character between cells (,)"},
	{0, "no-header", NULL, OPTION_FLAG, &no_header, "csv, tsv: the first record is data; columns are \"1\", \"2\", …"},
	{0, "encoding", "NAME", OPTION_STRING, &encoding, "of the files (utf-8)"},
	{0, "null", "TEXT", OPTION_LIST, &nulls, "csv, tsv: this cell means NULL (may be given several times)"},
	{0, "at", "POINTER", OPTION_STRING, &at, "json: where the array or the object of rows is, as /path/to/it"},
	{0, "seed", "N", OPTION_INTEGER, &seed, "of rand, draws, picks and shuffled (42)"},
	{0, "ascii", NULL, OPTION_FLAG, &ascii, "escape all that is not ASCII"},
	{'o', "output", "FILE", OPTION_STRING, &output, "write to FILE (.zst: compressed) instead of standard output"}, {0}};

static const char *const examples[] = {"count in a CSV file",
	"printf 'id,vote\\n1,yes\\n2,no\\n3,yes\\n' | spectrum query --kind csv 'SELECT vote, count(*) AS n FROM v GROUP BY vote' v=-",
	"records to CSV", "printf '{\"name\": \"Ada\", \"n\": 5}\\n' | spectrum query --csv 'SELECT name, n / 2.0 AS half FROM t' t=-",
	"an expression of an adapter",
	"spectrum query \"SELECT fixed(value, 2) AS x FROM draws('normal', '{\\\"mean\\\": 0, \\\"sd\\\": 1}', 3, 'key')\"", NULL};

static const struct program program = {"query", "SQL over raw files", "'SELECT …' [NAME=FILE …]", options, examples,
	"Each FILE (a file, - or ARCHIVE/MEMBER) is loaded into a table NAME. Columns of csv and tsv are texts: CAST(x AS INTEGER) makes "
	"numbers of them. Those of jsonl, json, parquet and sav have their type if it is the same in all records, else they are texts. "
	"`_row` and `_file` are columns too. SQL is SQLite's, with the functions that tools/lib/sql/README.md lists. For other kinds of "
	"files: spectrum read … | spectrum query … t=-"};

/* A column and the kinds of cells that have been seen in it. */
enum { SEEN_TEXT = 1, SEEN_INTEGER = 2, SEEN_REAL = 4, SEEN_BOOLEAN = 8, SEEN_JSON = 16 };

static unsigned kind_of_cell(const struct cell *c) {
	int64_t integer;
	double real;
	switch (c->type) {
	case CELL_TEXT: return SEEN_TEXT;
	case CELL_INTEGER: return SEEN_INTEGER;
	case CELL_REAL: return SEEN_REAL;
	case CELL_BOOLEAN: return SEEN_BOOLEAN;
	case CELL_JSON: return SEEN_JSON;
	case CELL_NUMBER:
		if (number_parse_integer(c->text, &integer)) return SEEN_INTEGER;
		/* a whole number beyond 64 bits would lose digits as a real */
		if (!memchr(c->text.data, '.', c->text.size) && !memchr(c->text.data, 'e', c->text.size) &&
			!memchr(c->text.data, 'E', c->text.size))
			return SEEN_TEXT;
		return number_parse_real(c->text, &real) ? SEEN_REAL : SEEN_TEXT;
	default: return 0;
	}
}

static enum column_type type_of(uint64_t seen) {
	switch (seen) {
	case SEEN_INTEGER: return COLUMN_INTEGER;
	case SEEN_REAL:
	case SEEN_REAL | SEEN_INTEGER: return COLUMN_REAL;
	case SEEN_BOOLEAN: return COLUMN_BOOLEAN;
	case SEEN_JSON: return COLUMN_JSON;
	default: return COLUMN_TEXT;
	}
}

/* Finds a file's columns (in order of appearance) and their types: by the first record where all have the same columns and all are texts, else by
 * reading it through. */
static bool find_columns(const char *path, const struct reader_options *o, struct map *columns, struct error *e) {
	struct reader *r = reader_open(path, o, e);
	if (!r) return false;
	struct row row;
	bool texts = !strcmp(o->kind, "csv") || !strcmp(o->kind, "tsv");
	int state;
	while ((state = reader_next(r, &row, e)) == 1) {
		for (size_t i = 0; i < row.count; i++)
			map_put(columns, row.names[i], NULL)->value |= texts ? SEEN_TEXT : kind_of_cell(&row.cells[i]);
		if (texts) break;
	}
	reader_close(r);
	if (state < 0) return false;
	return columns->count || error_set(e, STATUS_DATA, "%s: there is no record, so it has no columns", path);
}

static bool load_file(sqlite3 *db, const char *name, const char *path, struct reader_options o, struct error *e) {
	struct map found = {0};
	struct table_file file = {path, path, NULL};
	uint64_t rows;
	char spooled[32];
	if (!o.kind) o.kind = strcmp(path, "-") ? reader_guess(path) : "jsonl";
	if (!o.kind) return error_set(e, STATUS_USAGE, "%s: its name does not say what kind of file it is; add --kind", path);
	if (!strcmp(path, "-")) { /* it is read twice */
		int spool = spool_open(path, "", e);
		if (spool < 0) return false;
		snprintf(spooled, sizeof spooled, "/dev/fd/%d", spool);
		file.path = spooled;
	}
	bool good = find_columns(file.path, &o, &found, e);
	struct table_column *columns = memory_zeroed(found.count, sizeof *columns);
	for (size_t i = 0; i < found.count; i++)
		columns[i] = (struct table_column){found.entries[i].key.data, type_of(found.entries[i].value)};
	struct table_spec spec = {.name = name,
		.reader = o,
		.columns = columns,
		.column_count = found.count,
		.files = &file,
		.file_count = 1,
		.source = "query"};
	good = good && table_load(db, &spec, &rows, e);
	free(columns);
	map_free(&found);
	return good;
}

/* NAME=FILE */
static bool load_argument(sqlite3 *db, const char *argument, const struct reader_options *o, struct error *e) {
	const char *equals = strchr(argument, '=');
	bool good = equals && equals > argument && equals[1];
	for (const char *c = argument; good && c < equals; c++) good = isalnum((unsigned char)*c) || *c == '_' || (unsigned char)*c >= 0x80;
	if (!good) return error_set(e, STATUS_USAGE, "'%s' should be NAME=FILE, with a NAME of letters, digits and _", argument);
	char *name = memory_copy(argument, (size_t)(equals - argument));
	good = load_file(db, name, equals + 1, *o, e);
	free(name);
	return good;
}

static void add_csv_cell(struct buffer *b, struct text t) {
	bool quote = false;
	for (size_t i = 0; i < t.size && !quote; i++) quote = strchr(",\"\r\n", t.data[i]) != NULL;
	if (!quote) {
		buffer_add_text(b, t);
		return;
	}
	buffer_add_char(b, '"');
	for (size_t i = 0; i < t.size; i++) {
		if (t.data[i] == '"') buffer_add_char(b, '"');
		buffer_add_char(b, t.data[i]);
	}
	buffer_add_char(b, '"');
}

/* What a result column was declared as in its table; "" for expressions. */
static bool declared(sqlite3_stmt *s, int i, const char *type) {
	const char *of = sqlite3_column_decltype(s, i);
	return of && !sqlite3_stricmp(of, type);
}

static void add_text(struct buffer *b, sqlite3_stmt *s, int i) {
	struct json_value value;
	struct text t = text_make((const char *)sqlite3_column_text(s, i), 0);
	t.size = (size_t)sqlite3_column_bytes(s, i);
	if (csv) add_csv_cell(b, t);
	else if (declared(s, i, "JSON TEXT") && json_check(t, &value, NULL)) json_add_value(b, value, false, ascii);
	else json_add_string(b, t, ascii);
}

static bool add_value(struct buffer *b, sqlite3_stmt *s, int i, struct error *e) {
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_NULL:
		if (!csv) buffer_add_string(b, "null");
		return true;
	case SQLITE_INTEGER:
		if (!csv && declared(s, i, "BOOLEAN")) buffer_add_string(b, sqlite3_column_int(s, i) ? "true" : "false");
		else number_add_integer(b, sqlite3_column_int64(s, i));
		return true;
	case SQLITE_FLOAT: number_add_real(b, sqlite3_column_double(s, i)); return true;
	case SQLITE_TEXT: add_text(b, s, i); return true;
	default: return error_set(e, STATUS_DATA, "column '%s' holds bytes, not text; hex() makes text of them", sqlite3_column_name(s, i));
	}
}

static bool add_row(struct buffer *b, sqlite3_stmt *s, struct error *e) {
	int columns = sqlite3_column_count(s);
	if (!csv) buffer_add_char(b, '{');
	for (int i = 0; i < columns; i++) {
		if (i) buffer_add_char(b, ',');
		if (!csv) {
			json_add_string(b, text_of(sqlite3_column_name(s, i)), ascii);
			buffer_add_char(b, ':');
		}
		if (!add_value(b, s, i, e)) return false;
	}
	buffer_add_string(b, csv ? "\n" : "}\n");
	return true;
}

/* Names: the header of CSV; in JSON no name may recur. */
static bool add_header(struct buffer *b, sqlite3_stmt *s, struct error *e) {
	struct map names = {0};
	bool fresh = true;
	for (int i = 0; fresh && i < sqlite3_column_count(s); i++) {
		struct text name = text_of(sqlite3_column_name(s, i));
		map_put(&names, name, &fresh);
		if (!fresh) error_set(e, STATUS_USAGE, "two columns are called '%s'; call one of them otherwise with AS", name.data);
		if (csv && i) buffer_add_char(b, ',');
		if (csv) add_csv_cell(b, name);
	}
	if (csv) buffer_add_char(b, '\n');
	map_free(&names);
	return fresh;
}

static bool is_blank(const char *sql) {
	while (*sql && strchr(" \t\r\n;", *sql)) sql++;
	return !*sql;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, struct error *e) {
	sqlite3_stmt *s = NULL;
	const char *rest;
	if (sqlite3_prepare_v2(db, sql, -1, &s, &rest)) error_set(e, STATUS_USAGE, "SQL: %s", sqlite3_errmsg(db));
	else if (!s || !sqlite3_column_count(s)) error_set(e, STATUS_USAGE, "the first argument should be a SELECT statement");
	else if (!is_blank(rest)) error_set(e, STATUS_USAGE, "there should be one statement only, but behind it stands: %s", rest);
	else return s;
	sqlite3_finalize(s);
	return NULL;
}

static bool run(sqlite3 *db, const char *sql, struct output *out, struct error *e) {
	struct buffer b = {0};
	sqlite3_stmt *s = prepare(db, sql, e);
	int status = SQLITE_ROW;
	bool good = s && add_header(&b, s, e);
	while (good && (status = sqlite3_step(s)) == SQLITE_ROW) {
		good = add_row(&b, s, e);
		if (b.size < 1 << 16) continue;
		output_add(out, buffer_text(&b));
		buffer_clear(&b);
		if (output_failed(out, NULL)) break;
	}
	if (good && status != SQLITE_DONE && status != SQLITE_ROW) good = error_set(e, STATUS_DATA, "SQL: %s", sqlite3_errmsg(db));
	if (good) output_add(out, buffer_text(&b));
	sqlite3_finalize(s);
	buffer_free(&b);
	return good;
}

static bool make_options(struct reader_options *o, struct error *e) {
	*o = (struct reader_options){.kind = kind, .no_header = no_header, .encoding = encoding, .at = at, .nulls = nulls.values};
	if (delimiter && strlen(delimiter) != 1) return error_set(e, STATUS_USAGE, "--delimiter should be one ASCII character");
	o->delimiter = delimiter ? *delimiter : 0;
	return true;
}

/* A temporary database: SQLite keeps it in memory as far as its cache goes and spills to a nameless file. */
static sqlite3 *open_database(const struct function_context *context, struct error *e) {
	sqlite3 *db = NULL;
	const char *setup = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -262144;";
	if (sqlite3_open("", &db) || sqlite3_exec(db, setup, NULL, NULL, NULL))
		error_set(e, STATUS_OUTSIDE, "SQLite: %s", sqlite3_errmsg(db));
	else if (functions_register(db, context, e)) return db;
	sqlite3_close(db);
	return NULL;
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct reader_options o;
	int first = options_parse(&program, argc, argv);
	struct function_context context = {(uint64_t)seed, text_of("query"), false};
	bool good = first < argc || error_set(&e, STATUS_USAGE, "there is no SQL; see --help");
	good = good && make_options(&o, &e);
	sqlite3 *db = good ? open_database(&context, &e) : NULL;
	good = db != NULL;
	for (int i = first + 1; good && i < argc; i++) good = load_argument(db, argv[i], &o, &e);
	struct output *out = good ? output_open(output, &e) : NULL;
	good = output_end(out, out && run(db, argv[first], out, &e), &e);
	sqlite3_close(db);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
