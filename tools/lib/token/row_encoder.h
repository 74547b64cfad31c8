/* row_encoder: messages → ids and labels, by a format and a tokeniser. */
#ifndef SPECTRUM_ROW_ENCODER_H
#define SPECTRUM_ROW_ENCODER_H

#include "format/format.h"
#include "token/tokenizer.h"

/* No row is longer, whatever max_length says. */
enum { ROW_LONGEST = 8192, LABEL_NONE = -100 };

struct row_encoder; /* read-only, shared by threads */
struct row_worker;  /* one thread's part: scratch and a cache of encoded texts, of bounded size */

struct row_options {
	const struct tokenizer *tokenizer;
	const struct family *family;
	const char *format;
	const char *variant; /* whose end-of-sequence marker is appended: "base" or "instruct" */
	size_t max_length;   /* tokens of a row at most, ≥ 1 */
	bool specials;       /* special tokens in data become special, as the reference does it (--reference-specials) */
};

/* Tokeniser and family must live as long as the encoder. NULL and `*e` when the family has no such format or variant. */
struct row_encoder *row_encoder_open(const struct row_options *options, struct error *e);
void row_encoder_close(struct row_encoder *r);

struct row_worker *row_worker_make(const struct row_encoder *r);
void row_worker_free(struct row_worker *w);

struct encoded_row {           /* three arrays of `count`, valid until the worker is used again */
	int32_t *ids, *labels; /* a label is its id, or LABEL_NONE */
	int16_t *example;      /* number of the loss-bearing output, or -1 */
	size_t count;
	size_t label_count; /* labels that are not LABEL_NONE; a row with none teaches nothing */
};

/* The row begins with the family's begin marker and ends with the end-of-sequence marker unless it ends so already, then it is cut to
 * max_length. A partly cut output keeps its labels. */
bool row_worker_encode(struct row_worker *w, const struct message *messages, size_t count, struct encoded_row *out, struct error *e);

/* The family whose `detect` markers the tokeniser all has (of several the one with most), with its name said by the caller; NULL and `*e` when
 * none fits. */
struct family *family_guess(const struct tokenizer *t, struct error *e);

/* The variant of the family whose end-of-sequence marker the file tokenizer_config.json beside the tokeniser's file names as its eos_token; "base" when
 * there is no such file or it names none of them. */
const char *variant_guess(const struct family *f, const char *tokenizer_path);

#endif
