/* draft: a new source folder from a raw file, to be edited by a person: source.json, adapter.sql, SHA256SUMS, sample/. */
#ifndef SPECTRUM_DRAFT_H
#define SPECTRUM_DRAFT_H

#include "new/guess.h"

struct draft {
	const char *id;       /* of the source */
	const char *file;     /* the raw file */
	const char *folder;   /* of the source; its last part is the id */
	const char *raw;      /* root of raw files: the file goes to RAW/<id>/ */
	const char *generate; /* column to generate; NULL = the last one of type text, else the last one */
};

/* Writes the folder (as a whole, or nothing) and puts the raw file in its place, as a hard link where that is possible. Refuses when the folder, or
 * another file in the raw file's place, is there. `*sampled`: whether sample/ could be filled: the first records of a text file, or all of a small file. */
bool draft_write(const struct draft *d, const struct guess *g, bool *sampled, struct error *e);

/* Writes expect/instances.jsonl: what the sample adapts to. */
bool draft_expect(const struct draft *d, struct error *e);

/* Name of the task and of its view: the id, of letters, digits and '_'. */
const char *draft_task(const struct draft *d, struct buffer *b);

#endif
