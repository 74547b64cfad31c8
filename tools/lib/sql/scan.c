#include "sql/scan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"
#include "sql/form.h"

/* What a column of the file is to a long table. */
enum { ROLE_KEY = -1, ROLE_NOTHING = -2 };

struct scan {
	const struct table_spec *spec;
	struct scan_layout layout;
	struct arena memory, texts; /* for the scan's life; for one row */
	const bool *wanted;
	uint64_t *rows;
	struct reader_options options;
	struct reader *reader;
	size_t file; /* index of the present one */
	bool typed;  /* the format is JSON: a string is a JSON value, not JSON text */
	struct form form;
	bool checked; /* the columns of the present file */
	struct row row;
	struct cell *cells;
	/* long */
	ptrdiff_t *roles; /* by file column: index of the id column, ROLE_KEY or ROLE_NOTHING */
	size_t role_room, next_key;
	bool roles_known, first;
};

static bool is_bound(const struct table_spec *spec, const char *name, size_t *index) {
	for (*index = 0; *index < spec->bound_count; ++*index)
		if (!strcmp(spec->bound[*index], name)) return true;
	return false;
}

static void add_column(struct scan_layout *l, const char *name, enum column_type type, enum scan_origin origin, size_t index) {
	l->columns[l->count++] = (struct scan_column){{name, type}, origin, index};
}

void scan_layout_make(struct scan_layout *l, const struct table_spec *spec, struct arena *memory) {
	size_t room = spec->bound_count + spec->column_count + 2, index;
	*l = (struct scan_layout){.columns = arena_allocate(memory, room * sizeof *l->columns),
		.projection = arena_allocate(memory, room * sizeof *l->projection)};
	for (size_t i = 0; i < spec->bound_count; i++) {
		bool typed = false;
		for (size_t k = 0; k < spec->column_count; k++) typed |= !strcmp(spec->columns[k].name, spec->bound[i]);
		if (!typed) add_column(l, spec->bound[i], COLUMN_TEXT, ORIGIN_BOUND, i);
	}
	for (size_t i = 0; i < spec->column_count; i++) {
		const struct table_column *c = &spec->columns[i];
		if (!strcmp(c->name, "_row") || !strcmp(c->name, "_file")) continue;
		if (is_bound(spec, c->name, &index)) {
			add_column(l, c->name, c->type, ORIGIN_BOUND, index);
		} else if (spec->long_id && !strcmp(c->name, spec->long_key)) {
			add_column(l, c->name, c->type, ORIGIN_KEY, 0);
		} else if (spec->long_id && !strcmp(c->name, spec->long_value)) {
			add_column(l, c->name, c->type, ORIGIN_VALUE, 0);
		} else {
			add_column(l, c->name, c->type, ORIGIN_CELL, l->projected);
			l->projection[l->projected++] = c->name;
		}
	}
	add_column(l, "_row", COLUMN_INTEGER, ORIGIN_ROW, 0);
	add_column(l, "_file", COLUMN_TEXT, ORIGIN_FILE, 0);
}

void scan_layout_declare(const struct scan_layout *l, bool hidden, struct buffer *sql) {
	/* "JSON TEXT" has text affinity; JSON alone would turn the text 17 into a number. */
	static const char *const types[] = {"TEXT", "INTEGER", "REAL", "BOOLEAN", "JSON TEXT"};
	for (size_t i = 0; i < l->count; i++) {
		const struct scan_column *c = &l->columns[i];
		if (i) buffer_add_string(sql, ", ");
		table_add_name(sql, c->column.name);
		buffer_printf(sql, " %s%s", types[c->column.type], hidden && c->origin >= ORIGIN_ROW ? " HIDDEN" : "");
	}
}

struct scan *scan_open(const struct table_spec *spec, const bool *wanted, uint64_t *rows) {
	struct scan *s = memory_zeroed(1, sizeof *s);
	s->spec = spec;
	s->wanted = wanted;
	s->rows = rows;
	scan_layout_make(&s->layout, spec, &s->memory);
	s->options = spec->reader;
	s->options.columns = spec->long_id ? NULL : s->layout.projection;
	s->options.column_count = spec->long_id ? 0 : s->layout.projected;
	s->typed = reader_kind_is_json(spec->reader.kind);
	form_start(&s->form, spec, &s->layout, &s->memory);
	s->cells = memory_zeroed(s->layout.count, sizeof *s->cells);
	return s;
}

void scan_close(struct scan *s) {
	if (!s) return;
	reader_close(s->reader);
	form_free(&s->form);
	arena_free(&s->memory);
	arena_free(&s->texts);
	free(s->cells);
	free(s->roles);
	free(s);
}

const struct scan_layout *scan_columns(const struct scan *s) { return &s->layout; }

void scan_where(const struct scan *s, const char **label, uint64_t *number, bool *first) {
	*label = s->spec->files[s->file].label;
	*number = s->row.number;
	*first = s->first;
}

static const char *source_of(const struct scan *s) { return s->spec->source ? s->spec->source : s->spec->name; }

static bool misfit(const struct scan *s, const struct table_column *column, struct text cell, const char *wanted, struct error *e) {
	const struct table_file *file = &s->spec->files[s->file];
	return error_set(e, STATUS_DATA,
		"%s: %s: row %llu, column '%s': '%.*s' is not %s; mend the file, list the cell under \"null\" or give the column another "
		"type",
		source_of(s), file->label, (unsigned long long)s->row.number, column->name, cell.size > 80 ? 80 : (int)cell.size, cell.data,
		wanted);
}

/* The cell as text: how it stands in the file. */
static struct text cell_text(struct scan *s, const struct cell *cell) {
	struct buffer b = {0};
	if (cell->type == CELL_BOOLEAN) return text_of(cell->integer ? "true" : "false");
	if (cell->type != CELL_INTEGER && cell->type != CELL_REAL) return cell->text;
	if (cell->type == CELL_INTEGER) number_add_integer(&b, cell->integer);
	else number_add_real(&b, cell->real);
	struct text kept = arena_copy(&s->texts, buffer_text(&b));
	buffer_free(&b);
	return kept;
}

static bool to_integer(struct scan *s, const struct table_column *column, const struct cell *in, struct cell *out, struct error *e) {
	out->type = CELL_INTEGER;
	if (in->type == CELL_INTEGER) out->integer = in->integer;
	else if (in->type == CELL_REAL && in->real >= -9e15 && in->real <= 9e15 && (double)(int64_t)in->real == in->real)
		out->integer = (int64_t)in->real;
	else if (in->type != CELL_TEXT && in->type != CELL_NUMBER) return misfit(s, column, cell_text(s, in), "an integer", e);
	else if (!number_parse_integer(in->text, &out->integer)) return misfit(s, column, in->text, "an integer", e);
	return true;
}

static bool to_real(struct scan *s, const struct table_column *column, const struct cell *in, struct cell *out, struct error *e) {
	out->type = CELL_REAL;
	if (in->type == CELL_INTEGER) out->real = (double)in->integer;
	else if (in->type == CELL_REAL) out->real = in->real;
	else if (in->type != CELL_TEXT && in->type != CELL_NUMBER) return misfit(s, column, cell_text(s, in), "a number", e);
	else if (!number_parse_real(in->text, &out->real)) return misfit(s, column, in->text, "a number", e);
	return true;
}

static bool to_boolean(struct scan *s, const struct table_column *column, const struct cell *in, struct cell *out, struct error *e) {
	static const char *const words[] = {"0", "1", "false", "true", "False", "True", "FALSE", "TRUE"};
	out->type = CELL_INTEGER;
	struct text text = cell_text(s, in);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_is(text, words[i])) {
			out->integer = i % 2;
			return true;
		}
	return misfit(s, column, text, "true, false, 1 or 0", e);
}

/* JSON stays as it stands; a string of a JSON file gets its quotes back. */
static bool to_json(struct scan *s, const struct table_column *column, const struct cell *in, struct cell *out, struct error *e) {
	struct json_value value;
	struct buffer b = {0};
	out->type = CELL_TEXT;
	out->text = cell_text(s, in);
	if (in->type != CELL_TEXT) return true;
	if (!s->typed) return json_check(in->text, &value, NULL) || misfit(s, column, in->text, "JSON", e);
	json_add_string(&b, in->text, false);
	out->text = arena_copy(&s->texts, buffer_text(&b));
	buffer_free(&b);
	return true;
}

static bool convert(struct scan *s, const struct table_column *column, const struct cell *in, struct cell *out, struct error *e) {
	*out = (struct cell){.type = CELL_NULL};
	if (in->type == CELL_NULL) return true;
	switch (column->type) {
	case COLUMN_INTEGER: return to_integer(s, column, in, out, e);
	case COLUMN_REAL: return to_real(s, column, in, out, e);
	case COLUMN_BOOLEAN: return to_boolean(s, column, in, out, e);
	case COLUMN_JSON: return to_json(s, column, in, out, e);
	case COLUMN_TEXT: break;
	}
	out->type = CELL_TEXT;
	out->text = cell_text(s, in);
	return true;
}

/* Whether the present file has the columns that the table needs. A file with a header shows them at its first record; of JSON and of a long table
 * only the last record tells, and a file without records tells nothing. */
static bool check_columns(struct scan *s, bool end, struct error *e) {
	bool by_record = s->typed || s->spec->long_id;
	if (by_record ? !end || !s->row.number : s->checked) return true;
	s->checked = true;
	for (size_t i = 0; !s->spec->long_id && i < s->layout.projected; i++) s->form.columns[i] = reader_has_column(s->reader, i);
	return form_check_columns(&s->form, &s->spec->files[s->file], &s->options, e);
}

/* Cells that are the same on all rows of the file. */
static bool enter_file(struct scan *s, struct error *e) {
	const struct table_file *file = &s->spec->files[s->file];
	s->reader = reader_open(file->path, &s->options, e);
	if (!s->reader) return error_within(e, "%s", source_of(s));
	s->roles_known = false;
	s->row.number = 0;
	form_start_file(&s->form);
	s->checked = false;
	for (size_t i = 0; i < s->layout.count; i++) {
		const struct scan_column *c = &s->layout.columns[i];
		struct cell name = {.type = CELL_TEXT, .text = text_of(file->label)};
		if (c->origin == ORIGIN_BOUND) name.text = text_of(file->values[c->index]);
		else if (c->origin != ORIGIN_FILE) continue;
		if (!convert(s, &c->column, &name, &s->cells[i], e)) return false;
	}
	return true;
}

/* The next record of all files: 1, 0 at the end, -1. */
static int next_record(struct scan *s, struct error *e) {
	for (;;) {
		if (!s->reader && s->file == s->spec->file_count) return 0;
		if (!s->reader && !enter_file(s, e)) return -1;
		int state = reader_next(s->reader, &s->row, e);
		if (state < 0) error_within(e, "%s", source_of(s));
		if (state == 1 && s->rows) ++*s->rows;
		if (state >= 0 && !check_columns(s, !state, e)) return -1;
		if (state) return state;
		if (!form_check_keys(&s->form, &s->spec->files[s->file], e)) return -1;
		reader_close(s->reader);
		s->reader = NULL;
		s->file++;
	}
}

/* Which columns of the present record stay, and which become rows. */
static void assign_roles(struct scan *s) {
	if (s->roles_known && !s->typed) return;
	s->roles = memory_grow(s->roles, &s->role_room, s->row.count + 1, sizeof *s->roles);
	for (size_t i = 0; i < s->row.count; i++) {
		s->roles[i] = ROLE_KEY;
		for (size_t k = 0; k < s->layout.projected; k++)
			if (text_is(s->row.names[i], s->layout.projection[k])) {
				s->roles[i] = (ptrdiff_t)k;
				s->form.columns[k] = true;
			}
		for (size_t k = 0; k < s->spec->bound_count; k++)
			if (text_is(s->row.names[i], s->spec->bound[k])) s->roles[i] = ROLE_NOTHING;
	}
	s->roles_known = true;
}

static const struct cell *record_cell(const struct scan *s, size_t index) {
	static const struct cell none = {.type = CELL_NULL};
	if (!s->spec->long_id) return &s->row.cells[index];
	for (size_t i = 0; i < s->row.count; i++)
		if (s->roles[i] == (ptrdiff_t)index) return &s->row.cells[i];
	return &none;
}

static bool fill_record(struct scan *s, struct error *e) {
	arena_reset(&s->texts);
	for (size_t i = 0; i < s->layout.count; i++) {
		const struct scan_column *c = &s->layout.columns[i];
		if (c->origin == ORIGIN_ROW) s->cells[i] = (struct cell){.type = CELL_INTEGER, .integer = (int64_t)s->row.number};
		if (c->origin != ORIGIN_CELL || (s->wanted && !s->wanted[i])) continue;
		if (!convert(s, &c->column, record_cell(s, c->index), &s->cells[i], e)) return false;
		if (s->form.sought) form_see(&s->form, c, &s->cells[i]);
	}
	return true;
}

static bool fill_long(struct scan *s, size_t at, struct error *e) {
	for (size_t i = 0; i < s->layout.count; i++) {
		const struct scan_column *c = &s->layout.columns[i];
		struct cell key = {.type = CELL_TEXT, .text = s->row.names[at]};
		if (c->origin != ORIGIN_KEY && c->origin != ORIGIN_VALUE) continue;
		if (!convert(s, &c->column, c->origin == ORIGIN_KEY ? &key : &s->row.cells[at], &s->cells[i], e)) return false;
	}
	return true;
}

int scan_next(struct scan *s, const struct cell **cells, struct error *e) {
	*cells = s->cells;
	s->first = false;
	for (;;) {
		while (s->spec->long_id && s->reader && s->next_key < s->row.count) {
			size_t at = s->next_key++;
			if (s->roles[at] == ROLE_KEY) return fill_long(s, at, e) ? 1 : -1;
		}
		s->row.count = 0;
		int state = next_record(s, e);
		if (state != 1) return state;
		s->first = true;
		if (s->spec->long_id) assign_roles(s);
		if (!fill_record(s, e)) return -1;
		if (!s->spec->long_id) return 1;
		s->next_key = 0;
	}
}
