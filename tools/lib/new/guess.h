/* guess: what a raw file looks like: reader, header, delimiter, encoding, columns and their types. */
#ifndef SPECTRUM_GUESS_H
#define SPECTRUM_GUESS_H

#include "base/arena.h"
#include "sql/table.h"

struct guess_column {
	const char *name;
	enum column_type type;
};

struct guess {
	struct arena memory;  /* everything lies here, but `columns` */
	const char *kind;     /* the reader */
	bool header;          /* csv, tsv: there is one */
	char delimiter;       /* csv: 0 = the usual one */
	const char *encoding; /* NULL = utf-8 */
	const char *at;       /* json: where the rows are; NULL = the whole file */
	const char *row;      /* lines: the pattern */
	struct guess_column *columns;
	size_t count, room;
	uint64_t rows;
};

/* Reads all of `path`, so that each type holds for every row: integer (no sign but minus, no leading zeros), real, boolean (true, false), json
 * (JSON files only) or text. `kind`: the reader, NULL = by the file's name. Columns without a name, of a name that another column has (SQL names
 * ignore case) or with a brace in it are left out. On failure the guess can only be freed. */
bool guess_file(struct guess *g, const char *path, const char *kind, struct error *e);
void guess_free(struct guess *g);

/* "text", "integer" … */
const char *guess_type_name(enum column_type type);

#endif
