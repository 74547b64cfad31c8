/* reader_kind: what a reader of one kind implements. Internal to the floor `read`. */
#ifndef SPECTRUM_READER_KIND_H
#define SPECTRUM_READER_KIND_H

#include "read/reader.h"

/* What all kinds share. A kind embeds it as its first member. */
struct reader {
	const struct reader_kind *kind;
	struct reader_options options;
	struct input *in; /* NULL for kinds that open the path themselves */
	char *path;       /* a copy, where the kind opens it itself */
	bool *seen;       /* by column of the projection */
	uint64_t records; /* given so far */
	uint64_t replaced;
};

struct reader_kind {
	const char *name;
	bool opens_path; /* parquet, sav: needs random access, gets no input */
	struct reader *(*open)(const char *path, const struct reader_options *options, struct input *in,
		struct error *e); /* takes `in` over, also on failure */
	int (*next)(struct reader *r, struct row *row, struct error *e);
	void (*close)(struct reader *r); /* frees the kind's own memory, not the shared part */
};

extern const struct reader_kind reader_csv, reader_tsv, reader_jsonl, reader_json, reader_lines, reader_parquet, reader_sav;

/* Whether the cell is one of those that mean missing. */
static inline bool reader_is_null(const struct reader *r, struct text cell) {
	for (const char *const *null = r->options.nulls; null && *null; null++)
		if (text_is(cell, *null)) return true;
	return false;
}

/* Index of a column in the projection, or -1. */
ptrdiff_t reader_projected(const struct reader *r, struct text name);

#endif
