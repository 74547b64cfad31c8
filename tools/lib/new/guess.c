#include "new/guess.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/number.h"
#include "read/archive.h"

/* What the cells of a column could all be. */
enum could { COULD_INTEGER = 1, COULD_REAL = 2, COULD_BOOLEAN = 4, COULD_JSON = 8, COULD_ANY = 15 };

/* Columns as they come up, in order of first appearance. */
struct found {
	struct map names; /* value: what it could be | SEEN */
	bool typed;       /* texts are texts, whatever they look like: not csv, tsv, lines */
	const char *at;   /* first array of objects inside the only row of a JSON file */
	bool all_objects; /* all cells so far are JSON objects */
};

enum { SEEN = 16, HAS_JSON = 32 };

const char *guess_type_name(enum column_type type) {
	static const char *const names[] = {"text", "integer", "real", "boolean", "json"};
	return names[type];
}

/* A number that prints as an integer again: "007" and "+7" are codes, not numbers. */
static bool plain_integer(struct text t) {
	int64_t value;
	if (!number_parse_integer(t, &value) || t.data[0] == '+') return false;
	size_t sign = t.data[0] == '-';
	return t.data[sign] != '0' || t.size == 1;
}

static bool plain_real(struct text t) {
	double value;
	if (!number_parse_real(t, &value) || t.data[0] == '+') return false;
	size_t sign = t.data[0] == '-', digits = sign;
	while (digits < t.size && t.data[digits] >= '0' && t.data[digits] <= '9') digits++;
	if (digits == t.size && !plain_integer(t)) return false; /* a real would lose digits of it */
	return t.size < sign + 2 || t.data[sign] != '0' || t.data[sign + 1] < '0' || t.data[sign + 1] > '9';
}

static bool boolean_word(struct text t) {
	static const char *const words[] = {"true", "false", "True", "False", "TRUE", "FALSE"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_is(t, words[i])) return true;
	return false;
}

static unsigned could_be(const struct cell *c, bool typed) {
	switch (c->type) {
	case CELL_INTEGER: return COULD_INTEGER | COULD_REAL | COULD_JSON;
	case CELL_REAL: return COULD_REAL | COULD_JSON;
	case CELL_BOOLEAN: return COULD_BOOLEAN | COULD_JSON;
	case CELL_NUMBER: return (plain_integer(c->text) ? COULD_INTEGER : 0) | COULD_REAL | COULD_JSON;
	case CELL_JSON: return COULD_JSON | HAS_JSON;
	default: break;
	}
	if (typed) return COULD_JSON;
	return (plain_integer(c->text) ? COULD_INTEGER : 0) | (plain_real(c->text) ? COULD_REAL : 0) |
	       (boolean_word(c->text) ? COULD_BOOLEAN : 0);
}

static void take_row(struct found *f, const struct row *row, struct guess *g) {
	for (size_t i = 0; i < row->count; i++) {
		bool is_new;
		struct map_entry *entry = map_put(&f->names, row->names[i], &is_new);
		const struct cell *c = &row->cells[i];
		if (is_new) entry->value = COULD_ANY;
		f->all_objects = f->all_objects && c->type == CELL_JSON && c->text.data[0] == '{';
		if (c->type == CELL_NULL) continue;
		unsigned now = could_be(c, f->typed);
		entry->value = (entry->value & now & COULD_ANY) | SEEN | ((entry->value | now) & HAS_JSON);
		if (f->at || g->rows > 1 || c->type != CELL_JSON || !text_starts(c->text, text_of("[{"))) continue;
		struct buffer pointer = {0};
		buffer_add_char(&pointer, '/');
		for (size_t k = 0; k < row->names[i].size; k++) { /* RFC 6901 */
			char one = row->names[i].data[k];
			if (one == '~' || one == '/') buffer_add_string(&pointer, one == '~' ? "~0" : "~1");
			else buffer_add_char(&pointer, one);
		}
		f->at = arena_copy(&g->memory, buffer_text(&pointer)).data;
		buffer_free(&pointer);
	}
}

static enum column_type type_of(uint64_t could) {
	if (could & HAS_JSON) return could & COULD_JSON ? COLUMN_JSON : COLUMN_TEXT;
	if (!(could & SEEN)) return COLUMN_TEXT;
	if (could & COULD_INTEGER) return COLUMN_INTEGER;
	if (could & COULD_REAL) return COLUMN_REAL;
	return could & COULD_BOOLEAN ? COLUMN_BOOLEAN : COLUMN_TEXT;
}

static void take_columns(struct guess *g, const struct found *f) {
	struct map taken = {0}; /* in lower case, as names of SQL are compared */
	struct buffer lower = {0};
	g->count = 0;
	for (size_t i = 0; i < f->names.count; i++) {
		const char *name = arena_copy(&g->memory, f->names.entries[i].key).data;
		bool use = *name && strlen(name) == f->names.entries[i].key.size && !strpbrk(name, "{}") && strcasecmp(name, "_row") &&
			   strcasecmp(name, "_file");
		if (!g->header) {
			char numbered[40];
			snprintf(numbered, sizeof numbered, "column_%s", name);
			name = arena_copy(&g->memory, text_of(numbered)).data;
		}
		if (!use) continue;
		buffer_clear(&lower);
		for (const char *at = name; *at; at++) buffer_add_char(&lower, *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at);
		map_put(&taken, buffer_text(&lower), &use);
		if (!use) continue;
		g->columns = memory_grow(g->columns, &g->room, g->count + 1, sizeof *g->columns);
		g->columns[g->count++] = (struct guess_column){name, type_of(f->names.entries[i].value)};
	}
	map_free(&taken);
	buffer_free(&lower);
}

/* Reads the whole file with the present guess of its shape. */
static bool read_all(struct guess *g, const char *path, struct found *f, struct error *e) {
	static const char *const nulls[] = {"", NULL};
	struct reader_options o = {.kind = g->kind,
		.no_header = !g->header,
		.delimiter = g->delimiter,
		.encoding = g->encoding,
		.nulls = nulls,
		.at = g->at,
		.row = g->row};
	struct reader *r = reader_open(path, &o, e);
	if (!r) return false;
	struct row row;
	int state;
	bool delimited = !strcmp(g->kind, "csv") || !strcmp(g->kind, "tsv");
	map_free(&f->names);
	*f = (struct found){.typed = !delimited && strcmp(g->kind, "lines") != 0, .all_objects = true};
	g->rows = 0;
	while ((state = reader_next(r, &row, e)) == 1) {
		g->rows++;
		take_row(f, &row, g);
	}
	reader_close(r);
	if (state < 0) return false;
	if (!g->rows) return error_set(e, STATUS_DATA, "%s: there are no records in it", path);
	take_columns(g, f);
	return g->count > 0 || error_set(e, STATUS_DATA, "%s: no column has a name that could be used", path);
}

/* csv: the character of , ; tab | that the first line has most often outside quotes. */
static bool guess_delimiter(struct guess *g, const char *path, struct error *e) {
	static const char delimiters[] = ",;\t|";
	struct input *in = archive_input(path, e);
	struct text line;
	size_t counts[4] = {0};
	bool quoted = false;
	if (!in) return false;
	int state = input_line(in, &line, e);
	for (size_t i = 0; state == 1 && i < line.size; i++) {
		const char *which = line.data[i] ? strchr(delimiters, line.data[i]) : NULL;
		if (line.data[i] == '"') quoted = !quoted;
		else if (!quoted && which) counts[which - delimiters]++;
	}
	input_close(in);
	if (state < 0) return false;
	size_t best = 0;
	for (size_t i = 1; i < 4; i++)
		if (counts[i] > counts[best]) best = i;
	if (best) g->delimiter = delimiters[best];
	return true;
}

static bool all_differ(const struct row *row, const char *path, struct error *e) {
	for (size_t i = 0; i < row->count; i++)
		for (size_t k = 0; k < i; k++)
			if (row->cells[i].text.size && text_equal(row->cells[i].text, row->cells[k].text))
				return error_set(e, STATUS_DATA, "%s: two columns are called '%.*s'; give each a name of its own", path,
					TEXT_ARGS(row->cells[i].text));
	return true;
}

/* The first record looks like names when none of its cells is a number. False when it cannot be read. */
static bool guess_header(struct guess *g, const char *path, struct error *e) {
	struct reader_options o = {.kind = g->kind, .no_header = true, .delimiter = g->delimiter, .encoding = g->encoding};
	struct reader *r = reader_open(path, &o, e);
	struct row row;
	int state = r ? reader_next(r, &row, e) : -1;
	g->header = true;
	for (size_t i = 0; state == 1 && i < row.count; i++) {
		double number;
		g->header = g->header && !number_parse_real(row.cells[i].text, &number);
	}
	bool good = state >= 0 && (!g->header || state == 0 || all_differ(&row, path, e));
	reader_close(r);
	return good;
}

/* A JSON file that is one object: rows are its first array of objects, or its entries when all are objects. */
static void guess_inside(struct guess *g, const char *path, struct found *f) {
	struct guess whole = *g;
	struct error e;
	if (strcmp(g->kind, "json") != 0 || g->rows != 1 || !(f->at || (f->all_objects && f->names.count > 1))) return;
	whole.columns = NULL;
	whole.room = whole.count = 0;
	whole.at = f->at ? f->at : "";
	if (!read_all(&whole, path, f, &e)) {
		g->memory = whole.memory;
		free(whole.columns);
		return;
	}
	free(g->columns);
	*g = whole;
}

bool guess_file(struct guess *g, const char *path, const char *kind, struct error *e) {
	*g = (struct guess){.kind = kind ? kind : reader_guess(path), .header = true};
	if (!g->kind)
		return error_set(e, STATUS_USAGE,
			"%s: its name does not say what it is; name the reader with --kind (csv tsv jsonl json lines parquet sav)", path);
	bool delimited = !strcmp(g->kind, "csv") || !strcmp(g->kind, "tsv");
	if (!strcmp(g->kind, "lines")) g->row = "^(?<line>.*)$";
	if (!strcmp(g->kind, "csv") && !guess_delimiter(g, path, e)) return false;
	struct found f = {0};
	bool good = (!delimited || guess_header(g, path, e)) && read_all(g, path, &f, e);
	if (!good && delimited && strstr(e->message, "not UTF-8")) { /* the usual other encoding */
		g->encoding = "windows-1252";
		good = guess_header(g, path, e) && read_all(g, path, &f, e);
	}
	if (good) guess_inside(g, path, &f);
	map_free(&f.names);
	return good;
}

void guess_free(struct guess *g) {
	arena_free(&g->memory);
	free(g->columns);
	*g = (struct guess){0};
}
