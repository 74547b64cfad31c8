/* scan: the files of a table as rows of typed cells, in table order: what loaded and virtual tables both stand on. Internal to the floor `sql`. */
#ifndef SPECTRUM_SQL_SCAN_H
#define SPECTRUM_SQL_SCAN_H

#include "base/arena.h"
#include "sql/table.h"

enum scan_origin {
	ORIGIN_BOUND, /* a {name} of the path: `index` into spec.bound */
	ORIGIN_CELL,  /* a cell of the record: `index` into the projection; of a long table into the id columns */
	ORIGIN_KEY,   /* long: the name of the column that became this row */
	ORIGIN_VALUE, /* long: its cell */
	ORIGIN_ROW,   /* _row */
	ORIGIN_FILE   /* _file */
};

struct scan_column {
	struct table_column column;
	enum scan_origin origin;
	size_t index;
};

/* Whether the column's texts live as long as the table's description, and not only until the next row. */
static inline bool scan_lasting(const struct scan_column *c) {
	return (c->origin == ORIGIN_BOUND || c->origin == ORIGIN_FILE) && c->column.type == COLUMN_TEXT;
}

/* The columns of the SQL table: bound names that are not typed, the manifest's columns, _row, _file. */
struct scan_layout {
	struct scan_column *columns;
	size_t count;
	const char **projection; /* what the reader is asked for; of a long table the id columns, which are looked for by name */
	size_t projected;
};

void scan_layout_make(struct scan_layout *layout, const struct table_spec *spec, struct arena *memory);

/* Adds the column definitions, as they stand between the brackets of CREATE TABLE. `hidden`: _row and _file are marked HIDDEN. */
void scan_layout_declare(const struct scan_layout *layout, bool hidden, struct buffer *sql);

struct scan;

/* `*rows` (may be NULL) counts the records read. `spec` is borrowed. `wanted` (may be NULL) says by column which cells are of use: others are NULL and not checked. */
struct scan *scan_open(const struct table_spec *spec, const bool *wanted, uint64_t *rows);

/* 1 = a row: *cells has one of type CELL_NULL, CELL_TEXT, CELL_INTEGER or CELL_REAL for each column of the layout, valid until the next call; 0 = end; -1 = failure, also
 * at the end of a file that lacks a column which is not optional. */
int scan_next(struct scan *s, const struct cell **cells, struct error *e);

/* Where the present row comes from: its file's label and its record number; `first`: it is the first row made of that record. */
void scan_where(const struct scan *s, const char **label, uint64_t *number, bool *first);

const struct scan_layout *scan_columns(const struct scan *s);
void scan_close(struct scan *s);

#endif
