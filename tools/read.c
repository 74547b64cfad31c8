/* read: raw files to JSON Lines, one object a record, for a look into any file and as the head of shell pipes. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/progress.h"
#include "json/json.h"
#include "read/reader.h"

static const char *kind, *delimiter, *encoding, *quote, *at, *row_pattern, *section, *columns, *part, *output = "-";
static struct option_list nulls, repairs;
static bool no_header, skip_unmatched, where, ascii;
static int64_t limit;

static const struct option_spec options[] = {
	{'k', "kind", "KIND", OPTION_STRING, &kind, "csv tsv jsonl json lines parquet sav (else by the file's name)"},
	{'c', "columns", "A,B", OPTION_STRING, &columns, "only these columns, in this order"},
	{'n', "limit", "N", OPTION_INTEGER, &limit, "stop after N records"},
	{0, "where", NULL, OPTION_FLAG, &where, "add _file and _row to each record"},
	{0, "no-header", NULL, OPTION_FLAG, &no_header, "csv, tsv: the first record is data; columns are 1, 2, …"},
	{'d', "delimiter", "C", OPTION_STRING, &delimiter, "csv: the character between cells (,)"},
	{0, "quote", "C", OPTION_STRING, &quote, "csv: the quote (\")"},
	{0, "encoding", "NAME", OPTION_STRING, &encoding, "of the file (utf-8)"},
	{0, "null", "TEXT", OPTION_LIST, &nulls, "csv, tsv, lines: this cell means missing (may be given several times)"},
	{0, "at", "POINTER", OPTION_STRING, &at, "json: where the array or the object of rows is, as /path/to/it"},
	{0, "row", "REGEX", OPTION_STRING, &row_pattern, "lines: named groups are columns"},
	{0, "section", "REGEX", OPTION_STRING, &section, "lines: its named groups are carried into the rows below"},
	{0, "skip-unmatched", NULL, OPTION_FLAG, &skip_unmatched, "lines: pass over lines that match no pattern"},
	{0, "repair", "REGEX=TEXT", OPTION_LIST, &repairs, "replace in the bytes before parsing (last '=' divides)"},
	{0, "part", "NAME", OPTION_STRING, &part, "sav: variables or labels instead of the data"},
	{0, "ascii", NULL, OPTION_FLAG, &ascii, "escape all that is not ASCII"},
	{'o', "output", "FILE", OPTION_STRING, &output, "write to FILE (.zst: compressed) instead of standard output"}, {0}};

static const char *const examples[] = {"a CSV file as JSON Lines",
	"spectrum read sources/polis/sample/vtaiwan.uberx/comments.csv | head -n 2", "from a pipe, with a delimiter",
	"printf 'name;n\\nAda;1\\n' | spectrum read --kind csv --delimiter ';' -", "lines of any shape",
	"printf '12:\\n7,5\\n' | spectrum read --kind lines --section '^(?<film>\\d+):$' --row '^(?<who>\\d+),(?<stars>\\d)$' -", NULL};

static const struct program program = {"read", "raw files to JSON Lines", "[FILE…]", options, examples,
	"FILE is a file, - (standard input) or ARCHIVE/MEMBER; gz, bz2, xz, zst and lz4 are unpacked. Cells of csv, tsv and lines are "
	"texts; numbers of JSON keep their text."};

/* Names as `"name":`, written once as long as they stay the same. */
struct labels {
	struct buffer bytes;
	size_t *ends, room;
};

static void make_labels(struct labels *l, const struct row *row) {
	buffer_clear(&l->bytes);
	l->ends = memory_grow(l->ends, &l->room, row->count, sizeof *l->ends);
	for (size_t i = 0; i < row->count; i++) {
		if (i) buffer_add_char(&l->bytes, ',');
		json_add_string(&l->bytes, row->names[i], ascii);
		buffer_add_char(&l->bytes, ':');
		l->ends[i] = l->bytes.size;
	}
}

static void add_row(struct buffer *b, struct labels *l, const char *file, const struct row *row) {
	size_t start = 0;
	buffer_add_char(b, '{');
	for (size_t i = 0; i < row->count; i++) {
		buffer_add(b, l->bytes.data + start, l->ends[i] - start);
		start = l->ends[i];
		reader_add_json(b, &row->cells[i], ascii);
	}
	if (where) {
		json_add_pair(b, "_file", text_of(file), ascii);
		json_add_integer(b, "_row", (int64_t)row->number);
	}
	buffer_add_string(b, "}\n");
}

static bool has_columns(const struct reader *r, const char *path, const struct reader_options *o, struct error *e) {
	for (size_t i = 0; i < o->column_count; i++)
		if (!reader_has_column(r, i)) return error_set(e, STATUS_DATA, "%s: there is no column '%s'", path, o->columns[i]);
	return true;
}

static bool read_file(const char *path, const struct reader_options *o, struct output *out, struct error *e) {
	struct reader *r = reader_open(path, o, e);
	if (!r) return false;
	struct row row;
	struct buffer b = {0};
	struct labels labels = {0};
	struct progress progress;
	bool json = reader_kind_is_json(o->kind ? o->kind : reader_guess(path)); /* only there, records differ in their names */
	int state = 1;
	uint64_t count = 0;
	progress_start(&progress, path, 0);
	while ((!limit || count < (uint64_t)limit) && (state = reader_next(r, &row, e)) == 1) {
		if (!count && !json && !has_columns(r, path, o, e)) {
			state = -1;
			break;
		}
		if ((json && !o->columns) || !count) make_labels(&labels, &row);
		add_row(&b, &labels, path, &row);
		if (b.size > 1 << 16) {
			output_add(out, buffer_text(&b));
			buffer_clear(&b);
			if (output_failed(out, NULL)) break;
			progress_show(&progress, count);
		}
		count++;
	}
	progress_end(&progress);
	output_add(out, buffer_text(&b));
	if (state == 0 && !has_columns(r, path, o, e)) state = -1;
	if (reader_replaced(r))
		warn(options_program(), "%s: %llu lone surrogates or broken bytes became U+FFFD", path,
			(unsigned long long)reader_replaced(r));
	buffer_free(&b);
	buffer_free(&labels.bytes);
	free(labels.ends);
	reader_close(r);
	return state >= 0;
}

/* "a,b" as a list, whose strings lie in `memory`. */
static const char **split(const char *list, struct arena *memory, size_t *count) {
	char *copy = (char *)(uintptr_t)arena_copy(memory, text_of(list)).data;
	const char **parts = arena_allocate(memory, (strlen(list) + 2) * sizeof *parts);
	for (char *at_part = strtok(copy, ","); at_part; at_part = strtok(NULL, ",")) parts[(*count)++] = at_part;
	return parts;
}

static bool one_character(const char *option, const char *text, char *out, struct error *e) {
	if (text && strlen(text) != 1) return error_set(e, STATUS_USAGE, "--%s should be one ASCII character", option);
	if (text) *out = *text;
	return true;
}

static bool make_options(struct reader_options *o, struct arena *memory, struct error *e) {
	*o = (struct reader_options){.kind = kind,
		.no_header = no_header,
		.encoding = encoding,
		.at = at,
		.row = row_pattern,
		.section = section,
		.skip_unmatched = skip_unmatched,
		.nulls = nulls.values,
		.part = part};
	if (!one_character("delimiter", delimiter, &o->delimiter, e) || !one_character("quote", quote, &o->quote, e)) return false;
	if (columns) o->columns = split(columns, memory, &o->column_count);
	struct reader_repair *rules = arena_allocate(memory, (repairs.count + 1) * sizeof *rules);
	for (size_t i = 0; i < repairs.count; i++) {
		char *rule = (char *)(uintptr_t)arena_copy(memory, text_of(repairs.values[i])).data, *equals = strrchr(rule, '=');
		if (!equals) return error_set(e, STATUS_USAGE, "--repair needs REGEX=TEXT");
		*equals = 0;
		rules[i] = (struct reader_repair){rule, equals + 1};
	}
	o->repairs = rules;
	o->repair_count = repairs.count;
	return true;
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct reader_options o;
	struct arena memory = {0};
	int first = options_parse(&program, argc, argv);
	struct output *out = make_options(&o, &memory, &e) ? output_open(output, &e) : NULL;
	bool good = out != NULL;
	if (good && first == argc) good = read_file("-", &o, out, &e);
	for (int i = first; good && i < argc; i++) good = read_file(argv[i], &o, out, &e);
	good = output_end(out, good, &e);
	arena_free(&memory);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
