/* sav: rows of SPSS system files, and what the file says of them, as three tables (option `part`).
 *
 * data       one column a variable, in the order of the file. Numbers are integers where the variable's format has no decimals and the value is whole,
 *            else reals; system-missing is NULL; codes that are declared missing stay what they are. Texts lose the blanks at their end. Dates
 *            and times stay what SPSS stores: seconds since 1582-10-14 (date(x - 12219379200, 'unixepoch') in SQL).
 * variables  variable, label, type (numeric, text), measure (nominal, ordinal, scale or NULL), format (F8.2), missing: a JSON array of the
 *            declared missing values as pairs [lowest, highest], null for an open end
 * labels     variable, value (as the cell of the data prints), label, missing (whether the value is declared so), position (from 1, within
 *            the variable), in the order of the file */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"
#include "read/reader_kind.h"
#include "read/sav_file.h"
#include "read/spool.h"

enum { TABLE_COLUMNS = 6 };
static const char *const variable_columns[] = {"variable", "label", "type", "measure", "format", "missing"};
static const char *const label_columns[] = {"variable", "value", "label", "missing", "position"};

struct sav_reader {
	struct reader shared;
	struct sav_file file;
	struct sav_rows *rows; /* data; started by the first row */
	size_t count, *places; /* of the rows' columns: the variable, or the column of the part; SIZE_MAX: none */
	struct text *names;
	struct cell *cells;
	size_t variable, label, position; /* variables, labels: where the next row is */
	struct buffer scratch;
};

static bool is_part(const struct sav_reader *r, const char *part) {
	return r->shared.options.part && !strcmp(r->shared.options.part, part);
}

static void sav_close(struct reader *shared) {
	struct sav_reader *r = (struct sav_reader *)shared;
	sav_rows_stop(r->rows);
	sav_file_free(&r->file);
	buffer_free(&r->scratch);
	free(r->places);
	free(r->names);
	free(r->cells);
}

/* The columns there are: of the data, or of a part. */
static size_t existing(const struct sav_reader *r, const char *const **part) {
	*part = NULL;
	if (is_part(r, "variables")) {
		*part = variable_columns;
		return sizeof variable_columns / sizeof *variable_columns;
	}
	if (is_part(r, "labels")) {
		*part = label_columns;
		return sizeof label_columns / sizeof *label_columns;
	}
	return r->file.variable_count;
}

static void choose_columns(struct sav_reader *r) {
	const struct reader_options *o = &r->shared.options;
	const char *const *part;
	size_t there = existing(r, &part);
	r->count = o->columns ? o->column_count : there;
	r->places = memory_zeroed(r->count, sizeof *r->places);
	r->names = memory_zeroed(r->count, sizeof *r->names);
	r->cells = memory_zeroed(r->count, sizeof *r->cells);
	if (o->columns) r->shared.seen = memory_zeroed(r->count, sizeof *r->shared.seen);
	for (size_t i = 0; i < r->count; i++) {
		if (!o->columns) {
			r->places[i] = i;
			r->names[i] = part ? text_of(part[i]) : r->file.variables[i].name;
			continue;
		}
		r->places[i] = SIZE_MAX;
		r->names[i] = text_of(o->columns[i]);
		for (size_t k = 0; k < there && !r->shared.seen[i]; k++) {
			if (!text_equal(part ? text_of(part[k]) : r->file.variables[k].name, r->names[i])) continue;
			r->places[i] = k;
			r->shared.seen[i] = true;
		}
	}
}

static struct reader *sav_open(const char *path, const struct reader_options *options, struct input *in, struct error *e) {
	(void)in; /* none: the kind opens the path itself */
	struct sav_reader *r = memory_zeroed(1, sizeof *r);
	r->shared.options = *options;
	r->file.fd = -1;
	r->shared.path = memory_copy(path, strlen(path));
	bool good = !options->part || is_part(r, "variables") || is_part(r, "labels") ||
		    error_set(e, STATUS_USAGE, "a sav file has no part '%s' (variables, labels)", options->part);
	int fd = good ? spool_open(path, "$FL", e) : -1;
	if (fd >= 0 && sav_file_open(&r->file, fd, r->shared.path, options->encoding, e)) {
		choose_columns(r);
		return &r->shared;
	}
	sav_close(&r->shared);
	free(r->shared.path);
	free(r);
	return NULL;
}

static struct cell text_cell(struct text t) {
	return t.data ? (struct cell){.type = CELL_TEXT, .text = t} : (struct cell){.type = CELL_NULL};
}

static void add_end(struct buffer *b, const struct sav_variable *v, double end) {
	struct cell cell = sav_number(v, end);
	if (!isfinite(end)) buffer_add_string(b, "null");
	else if (cell.type == CELL_INTEGER) number_add_integer(b, cell.integer);
	else number_add_real(b, end);
}

static struct text missing_json(struct sav_reader *r, const struct sav_variable *v) {
	struct buffer *b = &r->scratch;
	buffer_clear(b);
	buffer_add_char(b, '[');
	for (size_t i = 0; i < v->missing_count; i++) {
		const struct sav_missing *m = &v->missing[i];
		buffer_add_string(b, i ? ",[" : "[");
		for (int k = 0; k < 2; k++) {
			if (k) buffer_add_char(b, ',');
			if (v->is_text) json_add_string(b, m->text, false);
			else add_end(b, v, k ? m->high : m->low);
		}
		buffer_add_char(b, ']');
	}
	buffer_add_char(b, ']');
	return buffer_text(b);
}

static bool next_variable(struct sav_reader *r, struct cell *cells) {
	if (r->variable == r->file.variable_count) return false;
	const struct sav_variable *v = &r->file.variables[r->variable++];
	cells[0] = text_cell(v->name);
	cells[1] = text_cell(v->label);
	cells[2] = text_cell(text_of(v->is_text ? "text" : "numeric"));
	cells[3] = text_cell(text_of(v->measure));
	cells[4] = text_cell(v->format);
	cells[5] = (struct cell){.type = CELL_JSON, .text = missing_json(r, v)};
	return true;
}

/* The value as the data's cell prints. */
static struct text value_text(struct sav_reader *r, const struct sav_variable *v, const struct sav_label *l) {
	if (l->is_text) return l->text;
	struct cell cell = sav_number(v, l->number);
	buffer_clear(&r->scratch);
	if (cell.type == CELL_INTEGER) number_add_integer(&r->scratch, cell.integer);
	else number_add_real(&r->scratch, l->number);
	return buffer_text(&r->scratch);
}

static bool next_label(struct sav_reader *r, struct cell *cells) {
	for (; r->variable < r->file.variable_count; r->variable++, r->label = r->position = 0) {
		const struct sav_variable *v = &r->file.variables[r->variable];
		while (v->label_set.data && r->label < r->file.label_count) {
			const struct sav_label *l = &r->file.labels[r->label++];
			if (!text_equal(l->set, v->label_set)) continue;
			cells[0] = text_cell(v->name);
			cells[1] = text_cell(value_text(r, v, l));
			cells[2] = text_cell(l->label);
			cells[3] = (struct cell){.type = CELL_BOOLEAN, .integer = sav_is_missing(v, l->number, l->text)};
			cells[4] = (struct cell){.type = CELL_INTEGER, .integer = (int64_t)++r->position};
			return true;
		}
	}
	return false;
}

static int sav_next(struct reader *shared, struct row *row, struct error *e) {
	struct sav_reader *r = (struct sav_reader *)shared;
	struct cell cells[TABLE_COLUMNS];
	*row = (struct row){0, 0, r->count, r->names, r->cells};
	if (!shared->options.part) {
		if (!r->rows) r->rows = sav_rows_start(&r->file, r->places, r->count);
		return sav_rows_next(r->rows, &row->cells, e);
	}
	if (is_part(r, "labels") ? !next_label(r, cells) : !next_variable(r, cells)) return 0;
	for (size_t i = 0; i < r->count; i++)
		if (r->places[i] != SIZE_MAX) r->cells[i] = cells[r->places[i]]; /* else it stays NULL */
	return 1;
}

const struct reader_kind reader_sav = {"sav", true, sav_open, sav_next, sav_close};
