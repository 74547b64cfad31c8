/* parquet: rows of Apache Parquet files. How values become cells stands in parquet_text.h.
 *
 * Columns that the projection does not name are never read. Row groups are gone through one after the other and columns page by
 * page, so memory is bounded by a page and a dictionary of each column. */
#include <stdlib.h>

#include "base/memory.h"
#include "read/parquet_record.h"
#include "read/reader_kind.h"
#include "read/spool.h"

struct parquet_reader {
	struct reader shared;
	struct parquet_file file;
	struct parquet_column *leaves;
	size_t *nodes; /* by column of the rows: its node, or 0 (the root) when the file has none */
	size_t count;
	struct text *names;
	struct cell *cells;
	struct buffer *json; /* by column */
	uint64_t rows_left;  /* of the row group */
	bool started;        /* a row group */
};

static void parquet_close(struct reader *shared) {
	struct parquet_reader *r = (struct parquet_reader *)shared;
	for (size_t i = 0; r->leaves && i < r->file.leaf_count; i++) parquet_column_free(&r->leaves[i]);
	for (size_t i = 0; r->json && i < r->count; i++) buffer_free(&r->json[i]);
	parquet_file_free(&r->file);
	free(r->leaves);
	free(r->nodes);
	free(r->names);
	free(r->cells);
	free(r->json);
}

static size_t find_column(const struct parquet_file *f, struct text name) {
	for (size_t n = 1; n < f->node_count; n = f->nodes[n].end)
		if (text_equal(f->nodes[n].name, name)) return n;
	return 0;
}

static void choose_columns(struct parquet_reader *r) {
	const struct parquet_file *f = &r->file;
	const struct reader_options *o = &r->shared.options;
	for (size_t n = 1; n < f->node_count; n = f->nodes[n].end) r->count++;
	if (o->columns) r->count = o->column_count;
	r->nodes = memory_zeroed(r->count, sizeof *r->nodes);
	r->names = memory_zeroed(r->count, sizeof *r->names);
	r->cells = memory_zeroed(r->count, sizeof *r->cells);
	r->json = memory_zeroed(r->count, sizeof *r->json);
	if (o->columns) r->shared.seen = memory_zeroed(r->count, sizeof *r->shared.seen);
	for (size_t i = 0, n = 1; i < r->count; i++) {
		if (o->columns) {
			r->names[i] = text_of(o->columns[i]);
			r->nodes[i] = find_column(f, r->names[i]);
			r->shared.seen[i] = r->nodes[i] != 0;
		} else {
			r->names[i] = f->nodes[n].name;
			r->nodes[i] = n;
			n = f->nodes[n].end;
		}
	}
}

static const char *unknown_within(const struct parquet_file *f, size_t node) {
	for (size_t n = node; n < f->nodes[node].end; n++)
		if (f->nodes[n].unknown) return f->nodes[n].unknown;
	return NULL;
}

/* Makes the leaves of the chosen columns ready; the others stay empty. A column chosen twice could not be read in step. */
static bool make_leaves(struct parquet_reader *r, struct error *e) {
	const struct parquet_file *f = &r->file;
	r->leaves = memory_zeroed(f->leaf_count, sizeof *r->leaves);
	for (size_t i = 0; i < r->count; i++) {
		if (!r->nodes[i]) continue;
		const char *unknown = unknown_within(f, r->nodes[i]);
		if (unknown)
			return error_set(
				e, STATUS_DATA, "%s: the column '%.*s' %s, which is not read", f->path, TEXT_ARGS(r->names[i]), unknown);
		for (size_t n = r->nodes[i]; n < f->nodes[r->nodes[i]].end; n++) {
			if (f->nodes[n].shape != SHAPE_LEAF) continue;
			struct parquet_column *c = &r->leaves[f->nodes[n].leaf];
			if (c->node)
				return error_set(
					e, STATUS_USAGE, "%s: the column '%.*s' is asked for twice", f->path, TEXT_ARGS(r->names[i]));
			parquet_column_init(c, f, &f->nodes[n], &r->shared.replaced);
		}
	}
	return true;
}

static struct reader *parquet_open(const char *path, const struct reader_options *options, struct input *in, struct error *e) {
	(void)in; /* none: the kind opens the path itself */
	struct parquet_reader *r = memory_zeroed(1, sizeof *r);
	r->shared.options = *options;
	r->file.fd = -1;
	r->shared.path = memory_copy(path, strlen(path));
	int fd = spool_open(path, "PAR", e);
	bool good = fd >= 0 && parquet_file_open(&r->file, fd, r->shared.path, e);
	if (good) {
		choose_columns(r);
		good = make_leaves(r, e);
	}
	if (good) return &r->shared;
	parquet_close(&r->shared);
	free(r->shared.path);
	free(r->shared.seen);
	free(r);
	return NULL;
}

static bool column_failed(const struct parquet_reader *r, size_t column, struct error *e) {
	return error_within(
		e, "%s: row %llu, column '%.*s'", r->file.path, (unsigned long long)r->shared.records + 1, TEXT_ARGS(r->names[column]));
}

/* Calls for each leaf of the column; false at the first failure. */
static bool each_leaf(struct parquet_reader *r, size_t column, bool (*call)(struct parquet_column *c, struct error *e), struct error *e) {
	size_t node = r->nodes[column];
	for (size_t n = node; node && n < r->file.nodes[node].end; n++)
		if (r->file.nodes[n].shape == SHAPE_LEAF && !call(&r->leaves[r->file.nodes[n].leaf], e)) return column_failed(r, column, e);
	return true;
}

static bool leaf_ended(struct parquet_column *c, struct error *e) {
	int state = parquet_column_peek(c, e);
	return state == 0 || (state > 0 && error_set(e, STATUS_DATA, "it has more values than the row group has rows"));
}

/* To the next row group that has rows: 1, 0 = there is none, -1 = failure. */
static int next_group(struct parquet_reader *r, struct error *e) {
	while (!r->rows_left) {
		for (size_t i = 0; r->started && i < r->count; i++)
			if (!each_leaf(r, i, leaf_ended, e)) return -1;
		int state = parquet_file_next(&r->file, e);
		if (state <= 0) return state;
		r->rows_left = r->file.group_rows;
		r->started = r->rows_left > 0;
		for (size_t i = 0; r->started && i < r->count; i++)
			if (!each_leaf(r, i, parquet_column_start, e)) return -1;
	}
	return 1;
}

static int parquet_next(struct reader *shared, struct row *row, struct error *e) {
	struct parquet_reader *r = (struct parquet_reader *)shared;
	int state = next_group(r, e);
	if (state <= 0) return state;
	for (size_t i = 0; i < r->count; i++) {
		struct parquet_record record = {r->file.nodes, r->leaves, &r->json[i]};
		if (!r->nodes[i]) r->cells[i] = (struct cell){.type = CELL_NULL};
		else if (!parquet_record_next(&record, r->nodes[i], &r->cells[i], e)) return column_failed(r, i, e), -1;
	}
	r->rows_left--;
	*row = (struct row){0, 0, r->count, r->names, r->cells};
	return 1;
}

const struct reader_kind reader_parquet = {"parquet", true, parquet_open, parquet_next, parquet_close};
