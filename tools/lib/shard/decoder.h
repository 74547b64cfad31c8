/* decoder: the tokenizer that turns a data set's ids back into text, and the data sets of a folder. What cat and show share. */
#ifndef SPECTRUM_DECODER_H
#define SPECTRUM_DECODER_H

#include "base/buffer.h"
#include "base/error.h"
#include "token/tokenizer.h"

struct decoder { /* zero-initialise; kept from one data set to the next of the same tokenizer */
	struct tokenizer *tokenizer;
	char *file; /* that it was opened from */
};

/* The tokenizer `file`, or when that is NULL the one that meta.json of the data set `path` names, if its file is still what it was. Rows in a
 * file or a pipe (`path` no folder) need `file`. */
bool decoder_find(struct decoder *d, const char *path, const char *file, struct error *e);
void decoder_free(struct decoder *d);

/* Calls `visit` for `path` when it is a file, "-" or a data set, else for the data sets in that folder in order of their names. Stops at the first
 * failure; a folder without any data set is one. */
typedef bool data_set_visit(void *context, const char *path, struct error *e);
bool data_sets_visit(const char *path, data_set_visit *visit, void *context, struct error *e);

#endif
