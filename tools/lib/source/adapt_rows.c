/* Rows of a view, copied out of the database so that other threads can sort and render them. */
#include <stdlib.h>

#include "base/memory.h"
#include "source/adapt_parts.h"

void adapt_rows_see(struct adapt_rows *rows, sqlite3_stmt *row) {
	if (!rows->seen) rows->seen = memory_zeroed(rows->width, sizeof *rows->seen);
	for (size_t i = 0; i < rows->width; i++) {
		struct adapt_cell *cell = &rows->seen[i];
		sqlite3_value *value = sqlite3_column_value(row, (int)i); /* the connection has one thread, so that it may be looked at */
		cell->type = sqlite3_value_type(value);
		if (cell->type == SQLITE_INTEGER) cell->integer = sqlite3_value_int64(value);
		else if (cell->type == SQLITE_FLOAT) cell->real = sqlite3_value_double(value);
		else if (cell->type == SQLITE_TEXT) {
			const char *data = (const char *)sqlite3_value_text(value);
			cell->text = text_make(data, (size_t)sqlite3_value_bytes(value));
		}
	}
}

void adapt_rows_take(struct adapt_rows *rows) {
	size_t width = rows->width;
	rows->cells = memory_grow(rows->cells, &rows->room, (rows->count + 1) * width, sizeof *rows->cells);
	struct adapt_cell *cells = rows->cells + rows->count * width;
	for (size_t i = 0; i < width; i++) {
		struct adapt_cell *cell = &cells[i];
		*cell = rows->seen[i];
		if (cell->type != SQLITE_TEXT) continue;
		/* What is constant in an instance is kept once, and found to be equal by its address. */
		if (rows->count && cell[-(ptrdiff_t)width].type == SQLITE_TEXT && text_equal(cell->text, cell[-(ptrdiff_t)width].text)) {
			cell->text = cell[-(ptrdiff_t)width].text;
			continue;
		}
		cell->text = arena_copy(&rows->texts, cell->text);
		rows->bytes += cell->text.size + 1;
	}
	rows->bytes += width * sizeof *cells;
	rows->count++;
}

static int rank(int type) {
	return type == SQLITE_NULL ? 0 : type == SQLITE_INTEGER || type == SQLITE_FLOAT ? 1 : type == SQLITE_TEXT ? 2 : 3;
}

static int compare_numbers(const struct adapt_cell *a, const struct adapt_cell *b) {
	if (a->type == SQLITE_INTEGER && b->type == SQLITE_INTEGER) return (a->integer > b->integer) - (a->integer < b->integer);
	/* a long double holds every 64-bit integer on the machines where it matters */
	long double x = a->type == SQLITE_INTEGER ? (long double)a->integer : (long double)a->real;
	long double y = b->type == SQLITE_INTEGER ? (long double)b->integer : (long double)b->real;
	return (x > y) - (x < y);
}

/* SQLite's order with COLLATE BINARY. */
static int compare_cells(const struct adapt_cell *a, const struct adapt_cell *b) {
	int left = rank(a->type), right = rank(b->type);
	if (left != right) return left - right;
	if (left == 1) return compare_numbers(a, b);
	if (left == 2) return a->text.data == b->text.data ? 0 : text_compare(a->text, b->text);
	return 0; /* blobs are refused when they are shown */
}

static bool same_instance(const struct adapt_cell *a, const struct adapt_cell *b, size_t columns) {
	for (size_t i = 0; i < columns; i++)
		if (compare_cells(&a[i], &b[i])) return false;
	return true;
}

bool adapt_rows_continue(const struct adapt_rows *rows, size_t columns) {
	return rows->count && same_instance(rows->cells + (rows->count - 1) * rows->width, rows->seen, columns);
}

struct span { /* columns to sort by */
	size_t from, to;
};

static int compare_rows(const void *a, const void *b, void *state) {
	const struct adapt_cell *x = *(const struct adapt_cell *const *)a, *y = *(const struct adapt_cell *const *)b;
	const struct span *by = state;
	for (size_t i = by->from; i < by->to; i++) {
		int order = compare_cells(&x[i], &y[i]);
		if (order) return order;
	}
	for (size_t i = by->from; i < by->to; i++) /* 1 and 1.0 are equal but print differently */
		if (x[i].type != y[i].type) return x[i].type - y[i].type;
	return 0;
}

void adapt_rows_order(struct adapt_rows *rows, size_t instance, size_t sorted, bool sort) {
	rows->order = memory_grow(rows->order, &rows->order_room, rows->count + 1, sizeof *rows->order);
	for (size_t i = 0; i < rows->count; i++) rows->order[i] = rows->cells + i * rows->width;
	struct span by = {instance, sorted};
	for (size_t start = 0, end; sort && start < rows->count; start = end) {
		for (end = start + 1; end < rows->count && same_instance(rows->order[start], rows->order[end], instance);) end++;
		qsort_r(rows->order + start, end - start, sizeof *rows->order, compare_rows, &by);
	}
}

void adapt_rows_clear(struct adapt_rows *rows) {
	rows->count = rows->bytes = 0;
	arena_reset(&rows->texts);
}

void adapt_rows_free(struct adapt_rows *rows) {
	free(rows->cells);
	free(rows->order);
	free(rows->seen);
	arena_free(&rows->texts);
	*rows = (struct adapt_rows){0};
}
