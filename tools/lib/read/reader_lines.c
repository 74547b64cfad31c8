/* lines: the regex reader. A line that matches `section` sets columns that are carried into the rows below it; a line that
 * matches `row` is a row. With `skip_unmatched` other lines are passed over, but a file of nothing else is an error: it is another format. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/regex.h"
#include "read/reader_kind.h"

struct lines_reader {
	struct reader shared;
	struct regex *row, *section; /* section may be NULL */
	size_t row_names, section_names;
	struct text *names; /* the section's columns, then the row's; with a projection the projection */
	struct cell *cells;
	char **carried; /* by section column: its value, or NULL before the first section */
	size_t *carried_sizes;
	bool skipped; /* some line */
};

static size_t count_names(const struct regex *re) {
	size_t count = 0;
	while (re && regex_group_name(re, count, NULL)) count++;
	return count;
}

static void lines_close(struct reader *shared) {
	struct lines_reader *r = (struct lines_reader *)shared;
	for (size_t i = 0; r->carried && i < r->section_names; i++) free(r->carried[i]);
	free(r->carried);
	free(r->carried_sizes);
	free(r->names);
	free(r->cells);
	regex_free(r->row);
	regex_free(r->section);
}

static void mark(struct lines_reader *r, const char *name) {
	ptrdiff_t at = reader_projected(&r->shared, text_of(name));
	if (at >= 0) r->shared.seen[at] = true;
}

static struct reader *lines_open(const char *path, const struct reader_options *options, struct input *in, struct error *e) {
	struct lines_reader *r = memory_zeroed(1, sizeof *r);
	r->shared.options = *options;
	r->shared.in = in;
	const char *pattern = options->row ? options->row : "^(?<line>.*)$";
	bool good = (r->row = regex_compile(text_of(pattern), e)) &&
		    (!options->section || (r->section = regex_compile(text_of(options->section), e)));
	r->row_names = count_names(r->row);
	r->section_names = count_names(r->section);
	if (good && !r->row_names)
		good = error_set(e, STATUS_USAGE, "the row pattern '%s' has no named group; (?<name>…) makes a column", pattern);
	if (!good) {
		error_within(e, "%s", path);
		lines_close(&r->shared);
		input_close(in);
		free(r);
		return NULL;
	}
	size_t found = r->row_names + r->section_names, count = options->columns ? options->column_count : found;
	r->names = memory_zeroed(count, sizeof *r->names);
	r->cells = memory_zeroed(count, sizeof *r->cells);
	r->carried = memory_zeroed(r->section_names, sizeof *r->carried);
	r->carried_sizes = memory_zeroed(r->section_names, sizeof *r->carried_sizes);
	if (options->columns) r->shared.seen = memory_zeroed(options->column_count, sizeof *r->shared.seen);
	for (size_t i = 0; i < found; i++) {
		bool section = i < r->section_names;
		const char *name = regex_group_name(section ? r->section : r->row, section ? i : i - r->section_names, NULL);
		if (options->columns) mark(r, name);
		else r->names[i] = text_of(name);
	}
	for (size_t i = 0; options->columns && i < count; i++) r->names[i] = text_of(options->columns[i]);
	return &r->shared;
}

static void carry(struct lines_reader *r) {
	for (size_t i = 0; i < r->section_names; i++) {
		size_t number;
		regex_group_name(r->section, i, &number);
		struct text value = regex_group(r->section, number);
		free(r->carried[i]);
		r->carried[i] = value.data ? memory_copy(value.data, value.size) : NULL;
		r->carried_sizes[i] = value.size;
	}
}

static struct cell text_cell(const struct lines_reader *r, struct text value) {
	if (!value.data || reader_is_null(&r->shared, value)) return (struct cell){.type = CELL_NULL};
	return (struct cell){.type = CELL_TEXT, .text = value};
}

static void put(struct lines_reader *r, size_t position, const char *name, struct text value) {
	ptrdiff_t at = r->shared.options.columns ? reader_projected(&r->shared, text_of(name)) : (ptrdiff_t)position;
	if (at >= 0) r->cells[at] = text_cell(r, value);
}

static void build(struct lines_reader *r, struct row *row) {
	size_t count = r->shared.options.columns ? r->shared.options.column_count : r->row_names + r->section_names;
	for (size_t i = 0; i < count; i++) r->cells[i] = (struct cell){.type = CELL_NULL};
	for (size_t i = 0; i < r->section_names; i++)
		put(r, i, regex_group_name(r->section, i, NULL), text_make(r->carried[i], r->carried_sizes[i]));
	for (size_t i = 0; i < r->row_names; i++) {
		size_t number;
		const char *name = regex_group_name(r->row, i, &number);
		put(r, r->section_names + i, name, regex_group(r->row, number));
	}
	*row = (struct row){0, input_line_number(r->shared.in), count, r->names, r->cells};
}

static int lines_next(struct reader *shared, struct row *row, struct error *e) {
	struct lines_reader *r = (struct lines_reader *)shared;
	struct text line;
	int state;
	while ((state = input_line(shared->in, &line, e)) == 1) {
		unsigned long long number = input_line_number(shared->in);
		if (number == 1) line = text_unmarked(line);
		if (line.size && line.data[line.size - 1] == '\r') line.size--;
		int found = r->section ? regex_find(r->section, line, 0, e) : 0;
		if (found == 1) {
			carry(r);
			continue;
		}
		if (found == 0) found = regex_find(r->row, line, 0, e);
		if (found < 0) {
			error_within(e, "%s:%llu", input_name(shared->in), number);
			return -1;
		}
		if (found) {
			build(r, row);
			return 1;
		}
		if (shared->options.skip_unmatched) {
			r->skipped = true;
			continue;
		}
		error_set(e, STATUS_DATA, "%s:%llu: the line matches no pattern: '%.*s'; \"unmatched\": \"skip\" passes over such lines",
			input_name(shared->in), number, (int)(line.size < 80 ? line.size : 80), line.data);
		return -1;
	}
	if (state || shared->records || !r->skipped) return state;
	error_set(e, STATUS_DATA, "%s: none of its lines matches \"row\"; has the format changed?", input_name(shared->in));
	return -1;
}

const struct reader_kind reader_lines = {"lines", false, lines_open, lines_next, lines_close};
