/* reader: raw files as rows of named cells. One interface over csv, tsv, jsonl, json, lines, parquet and sav. */
#ifndef SPECTRUM_READER_H
#define SPECTRUM_READER_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/stream.h"

enum cell_type {
	CELL_NULL,    /* missing: an absent key, JSON null, NaN of JSON, a parquet null, a cell listed under `null` */
	CELL_TEXT,    /* `text`, as it stands in the file, after decoding to UTF-8 */
	CELL_INTEGER, /* `integer`; typed formats only (parquet, sav) */
	CELL_REAL,    /* `real`; typed formats only */
	CELL_BOOLEAN, /* `integer` is 0 or 1 */
	CELL_NUMBER,  /* `text` is a JSON number as it stands in the file */
	CELL_JSON     /* `text` is a JSON array or object, compact */
};

struct cell {
	enum cell_type type;
	struct text text;
	int64_t integer;
	double real;
};

/* Valid until the next reader_next. */
struct row {
	uint64_t number; /* record number in its file, from 1; a header line is not a record */
	uint64_t line;   /* line on which it starts, from 1; 0 where the format has no lines */
	size_t count;
	const struct text *names; /* count of them. With a projection: the projection, always */
	const struct cell *cells;
};

struct reader_repair { /* bytes mended before parsing: every match of a PCRE2 pattern is replaced ($1 … in `with`) */
	const char *match, *with;
};

/* Zero = the default of each. Strings are borrowed for the reader's life. */
struct reader_options {
	const char *kind;     /* "csv" …; NULL: by the file's name (.csv .tsv .jsonl .json .parquet .sav .txt = lines) */
	bool no_header;       /* csv, tsv: the first record is data; columns are then called by `columns` in order, else "1", "2", … */
	char delimiter;       /* csv: ',' ; tsv: tab */
	char quote;           /* csv: '"' ; tsv: 0 = none */
	const char *encoding; /* an iconv name; NULL = utf-8 (a BOM is dropped; bytes that are not UTF-8 are an error with file and row) */
	const char *const *nulls;  /* cells of csv, tsv and lines that mean missing; NULL-terminated; NULL = none */
	const char *at;            /* json: pointer (RFC 6901) to the array, or to an object whose entries are rows with `_key` */
	const char *row, *section; /* lines: PCRE2 patterns with named groups */
	bool skip_unmatched;       /* lines: ignore lines that match neither pattern (else an error) */
	const struct reader_repair *repairs;
	size_t repair_count;
	const char *const *columns; /* the projection: these cells in this order, other columns are not built; NULL = all */
	size_t column_count;
	const char *part; /* sav only: NULL = data, "variables", "labels" */
};

struct reader;

/* `path`: a file, "-" or a member of an archive as ARCHIVE/MEMBER; compressed files are decompressed (gz bz2 xz zst lz4). NULL and `*e` on failure. */
struct reader *reader_open(const char *path, const struct reader_options *options, struct error *e);

/* 1 = a row, 0 = end, -1 = failure (the message names file and row). */
int reader_next(struct reader *r, struct row *row, struct error *e);

/* Adds a cell as JSON; with `ascii` all that is not ASCII is escaped. */
void reader_add_json(struct buffer *b, const struct cell *c, bool ascii);

/* Whether records of this kind (NULL: none was given) are JSON objects, which may differ in their keys. */
bool reader_kind_is_json(const char *kind);

/* Of the projection's column i: whether it has been seen in this file: in the header of csv and tsv, in the schema of parquet and sav, as a
 * named group of lines, as a key of any record so far of jsonl and json. Without a projection always true. */
bool reader_has_column(const struct reader *r, size_t i);

/* Lone surrogates and the like that became U+FFFD so far. */
uint64_t reader_replaced(const struct reader *r);

void reader_close(struct reader *r);

/* The kind that a file name suggests ("csv", …), without compression endings; NULL when it suggests none. */
const char *reader_guess(const char *path);

#endif
