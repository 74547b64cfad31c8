/* table: raw files as tables of a SQLite database: loaded (typed, projected) or virtual (one pass). */
#ifndef SPECTRUM_SQL_TABLE_H
#define SPECTRUM_SQL_TABLE_H

#include <sqlite3.h>

#include "read/reader.h"

enum column_type { COLUMN_TEXT, COLUMN_INTEGER, COLUMN_REAL, COLUMN_BOOLEAN, COLUMN_JSON };

struct table_column {
	const char *name;
	enum column_type type;
};

/* A key within a column of JSON that every file should have in some record. */
struct table_key {
	const char *path; /* the column and the steps, with slashes between them */
	const char *column;
	const char *const *steps; /* names of members; "*" = any element or member */
	size_t step_count;
};

/* One file and the values of the {names} in its path, parallel to table_spec.bound. */
struct table_file {
	const char *path;  /* where it lies */
	const char *label; /* how messages and _file call it: its path within the source */
	const char *const *values;
};

struct table_spec {
	const char *name;
	struct reader_options reader; /* `columns` is filled here, from `columns` below less the bound ones */
	const struct table_column *
		columns; /* in manifest order; a bound {name} may stand among them to give it a type, else it is an extra text column in front */
	size_t column_count;
	const char *const *optional; /* names of columns that a file may lack */
	size_t optional_count;
	const struct table_key *keys;
	size_t key_count;
	const char *const *bound; /* names of the {names} in the path */
	size_t bound_count;
	const struct table_file *files;
	size_t file_count;
	const char *const *
		long_id; /* "long": columns kept on every row (may hold "_row"); NULL = not long. `columns` then lists long_id, key and value */
	size_t long_id_count;
	const char *long_key, *long_value;
	uint64_t reservoir; /* 0 = all rows; else a keyed sample of that many rows over all files, kept in file order */
	uint64_t seed;      /* for the reservoir, with `source` */
	const char *source;
	bool stream;
};

/* Adds a name as SQL has it, in quotes. */
void table_add_name(struct buffer *sql, const char *name);

/* Creates the empty table NAME(columns…, _row INTEGER, _file TEXT): `_row` and `_file` are hidden from SELECT * where the engine can. Declared types: TEXT, INTEGER,
 * REAL, BOOLEAN (integers 0/1), JSON (text). Cells keep their type: no numeric affinity on text. */
bool table_create(sqlite3 *db, const struct table_spec *spec, struct error *e);

/* Creates and fills it; `*rows` gets the number of records read (not of long rows). A cell that does not fit its type, a file without a column or key: an error with file, row, column and how to
 * mend it. An optional column is NULL in the rows of files that lack it. */
bool table_load(sqlite3 *db, const struct table_spec *spec, uint64_t *rows, struct error *e);

/* Makes it a virtual table that parses its files on each scan, and lets it be scanned once; the second scan is an error that says how
 * to mend it. `*rows` counts while it is read and must outlive the connection, as must `spec`. */
bool table_attach(sqlite3 *db, const struct table_spec *spec, uint64_t *rows, struct error *e);

#endif
