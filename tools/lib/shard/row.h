/* row: a token row, as a JSON line and as a sample of an MDS data set.
 *
 *     {"task":…,"part":…,"source":…,"split":…,"instance":…,"sequence":3,"input_ids":[2,105,…],"labels":[-100,…],"example":[-1,…]}
 *
 * In MDS the arrays are the columns input_ids and labels (ndarray:int32) and example (ndarray:int16), sequence is an int and the others are str. */
#ifndef SPECTRUM_ROW_H
#define SPECTRUM_ROW_H

#include "base/stream.h"
#include "shard/mds.h"

enum { ROW_NO_LOSS = -100 };

struct token_row {
	struct text task, part, source, split, instance;
	int64_t sequence;
	size_t count;       /* of each of the three arrays, ≥ 1 */
	int32_t *input_ids; /* ≥ 0 */
	int32_t *labels;    /* ROW_NO_LOSS or equal to input_ids */
	int16_t *example;   /* number of the loss-bearing output, or -1 */
};

/* The columns, in order; `split` is one of them only in unshuffled data sets of `tokenize -o` (with_split). */
size_t row_columns(bool with_split, const struct mds_column **columns);

/* Writes a row. */
bool row_write(struct mds_writer *w, const struct token_row *row, bool with_split, struct error *e);
/* Adds the beginning of the row's JSON object: what it is called, "task" to "sequence". */
void row_add_names(struct buffer *b, const struct token_row *row);
/* Adds the row as a JSON line, LF included. */
void row_add_json(struct buffer *b, const struct token_row *row);

/* A stream of rows from JSON Lines (file, "-") or from an MDS folder, whichever `path` is. */
struct row_source;
struct row_source *row_source_open(const char *path, struct error *e);
/* 1 = a row, valid until the next call; 0 = end; -1 = failure (names file and line; the three arrays are checked). */
int row_source_next(struct row_source *s, struct token_row *row, struct error *e);
/* For lines that the caller reads: a source without a stream, and the row of one line, valid until the next call. */
struct row_source *row_source_make(void);
bool row_source_parse(struct row_source *s, struct text line, struct token_row *row, struct error *e);
void row_source_close(struct row_source *s);

#endif
