/* parquet_column: one column of one row group as a stream of entries (a value or a null, with its levels), page by page. In memory are a page, the dictionary
 * and a batch of decoded entries; nothing is allocated from a number that the file merely claims. */
#ifndef SPECTRUM_PARQUET_COLUMN_H
#define SPECTRUM_PARQUET_COLUMN_H

#include "base/arena.h"
#include "read/parquet_bits.h"
#include "read/parquet_text.h"

enum { PARQUET_BATCH = 1024 };

enum parquet_encoding {
	ENCODING_PLAIN = 0,
	ENCODING_PLAIN_DICTIONARY = 2,
	ENCODING_RLE = 3,
	ENCODING_BIT_PACKED = 4,
	ENCODING_DELTA_BINARY = 5,
	ENCODING_DELTA_LENGTH = 6,
	ENCODING_DELTA_BYTES = 7,
	ENCODING_RLE_DICTIONARY = 8,
	ENCODING_BYTE_STREAM_SPLIT = 9
};

/* The values of a page that are not decoded yet. */
struct parquet_values {
	const struct parquet_node *node;
	int64_t encoding;
	const uint8_t *at, *end; /* plain values, or the bytes of delta-encoded texts */
	unsigned bit;            /* plain booleans: the next one in *at */
	struct hybrid indexes;   /* of dictionary values; RLE booleans */
	struct delta numbers;    /* numbers, or the lengths of texts (DELTA_BYTES: of suffixes) */
	struct delta prefixes;
	struct buffer texts; /* DELTA_BYTES: the batch, its last value is the next one's prefix; BYTE_STREAM_SPLIT: the page put right */
	size_t last;         /* where the last text starts in `texts` */
	int64_t *integers;   /* PARQUET_BATCH of them each, as scratch */
	uint32_t *words;
};

/* parquet_values.c: starts on the values of a page, of which there are at most `entries`; false when they cannot be. Messages do not name the file. */
bool parquet_values_start(struct parquet_values *v, int64_t encoding, struct text bytes, uint64_t entries, struct error *e);

/* The next values, at least one and up to `count`, as values or, from a dictionary, as indexes in `words`. Texts are valid until the next call. 0 = failure. */
size_t parquet_values_read(struct parquet_values *v, union parquet_value *out, size_t count, struct error *e);

static inline bool parquet_from_dictionary(int64_t encoding) {
	return encoding == ENCODING_PLAIN_DICTIONARY || encoding == ENCODING_RLE_DICTIONARY;
}

struct parquet_column {
	const struct parquet_file *file;
	const struct parquet_node *node;
	int64_t codec;
	uint64_t at, limit;    /* of the next page in the file; no page may reach behind the limit */
	uint64_t chunk_end;    /* as claimed: how far to read ahead */
	uint64_t entries_left; /* of the chunk, in pages not yet loaded */
	struct buffer window;  /* bytes of the file from window_at on */
	uint64_t window_at;
	struct buffer page; /* decompressed */
	uint64_t page_left; /* entries of the page not yet in the batch */
	struct hybrid definitions, repetitions;
	uint8_t *defined, *repeated; /* the batch's levels */
	size_t entry, entries;       /* the next one of the batch, and their number */
	struct parquet_values values;
	union parquet_value *batch;
	size_t value, value_count;
	struct buffer scratch; /* text of the present cell */
	bool has_dictionary;
	struct buffer dictionary_page;
	struct arena dictionary_texts;
	struct cell *dictionary;
	size_t dictionary_count;
	uint64_t *replaced; /* the reader's count of broken texts */
};

void parquet_column_init(struct parquet_column *c, const struct parquet_file *f, const struct parquet_node *leaf, uint64_t *replaced);

/* Goes to the start of the present row group's chunk. */
bool parquet_column_start(struct parquet_column *c, struct error *e);

/* Makes the next entry the batch's [entry]: 1, 0 = the chunk has no more, -1 = failure. */
int parquet_column_fill(struct parquet_column *c, struct error *e);

/* The value of the present entry, which has one (its definition level is the node's), as a cell valid until the next call; goes to the next entry. */
bool parquet_column_value(struct parquet_column *c, struct cell *cell, struct error *e);

/* 1 = there is an entry, with these levels. */
static inline int parquet_column_peek(struct parquet_column *c, struct error *e) {
	return c->entry < c->entries ? 1 : parquet_column_fill(c, e);
}

void parquet_column_free(struct parquet_column *c);

/* parquet_page.c: reads page headers until one with entries: its bytes are then in place and `values` and the levels are started. */
bool parquet_page_next(struct parquet_column *c, struct error *e);

#endif
