/* form: whether each file of a table has the columns, and within its columns of JSON the keys, that the table needs. Internal to the floor `sql`. */
#ifndef SPECTRUM_SQL_FORM_H
#define SPECTRUM_SQL_FORM_H

#include "base/arena.h"
#include "sql/scan.h"

struct form_key {
	const struct table_key *key;
	const struct scan_column *column;
	bool found, lacking; /* some record of the present file has it; has something else in its place */
	struct buffer names; /* what the first such record has */
};

struct form {
	const struct table_spec *spec;
	const struct scan_layout *layout;
	bool *columns; /* by column of the projection: seen in the present file */
	struct form_key *keys;
	size_t sought; /* keys that the present file has not shown so far */
};

/* Both are borrowed; what is allocated lies in `memory`, but for what form_free frees. */
void form_start(struct form *f, const struct table_spec *spec, const struct scan_layout *layout, struct arena *memory);
void form_start_file(struct form *f);

/* Looks for keys in a cell, converted to its column's type. Of use only while keys are `sought`. */
void form_see(struct form *f, const struct scan_column *column, const struct cell *cell);

/* False with an error when the file lacks one of the columns, or, at its end, one of the keys. `options`: what it was opened with. */
bool form_check_columns(struct form *f, const struct table_file *file, const struct reader_options *options, struct error *e);
bool form_check_keys(struct form *f, const struct table_file *file, struct error *e);

void form_free(struct form *f);

#endif
