/* bpe: byte pair encoding of pieces of text. The rule: of all neighbours that a merge joins, the one of lowest rank is joined first, the leftmost
 * of equals; again, until none is left. A bpe is filled once (symbols and merges), then shared by threads, each with a scratch of its own.
 *
 * What makes it fast and leaves the ids the same:
 * - a piece is first cut where no merge can ever join (see find_joints), so that texts without a pre-tokenizer fall into words;
 * - the ids of short words are remembered in a table of fixed size;
 * - other short words are merged several at a time, so that the processor does not wait for one alone;
 * - long words are merged with a heap: a megabyte of one letter takes n log n steps. */
#ifndef SPECTRUM_TOKEN_BPE_H
#define SPECTRUM_TOKEN_BPE_H

#include "token/bpe_table.h"
#include "token/tokenizer.h"
#include "token/vocabulary.h"

/* Frequent symbols, the units: all bytes; of code points ASCII and U+2581, which stands for a space. */
enum { BPE_UNITS = 256 };

struct bpe {
	struct vocabulary vocabulary;
	bool bytes;                  /* symbols are bytes; else code points */
	int32_t unit_ids[BPE_UNITS]; /* -1 = not in the vocabulary */
	int32_t *char_ids;           /* the same, of all code points */
	bool byte_fallback;          /* code points: one without an id becomes its bytes, of these ids, if all of them are there */
	int32_t byte_tokens[256];
	int32_t unknown; /* what has no id becomes this; -1 = it is left out */
	bool fuse_unknown;
	bool ignore_merges; /* a piece that is a token is that token, whatever the merges say */

	struct bpe_merge *merges;
	size_t merge_count, merge_capacity;
	struct bpe_table table;
	uint64_t *first;   /* of 256 × 256 pairs of units: what becomes of them */
	bool *unit_joints; /* of 256 × 256 pairs of units: may some merge join them? */
	uint8_t *joints;   /* of other pairs: bits by hash */
};

/* Adds a merge, after the vocabulary is complete; ranks are below BPE_RANKS. Of two for the same pair the later counts. */
void bpe_add_merge(struct bpe *b, uint32_t left, uint32_t right, uint32_t into, uint32_t rank);

/* Call when vocabulary and merges are complete and before the first encoding: makes the tables. */
void bpe_finish(struct bpe *b);
void bpe_free(struct bpe *b);

struct bpe_scratch;
struct bpe_scratch *bpe_scratch_make(void);
void bpe_scratch_free(struct bpe_scratch *s);

/* Adds the ids of a piece, which is UTF-8 unless b->bytes. `readable` is the end of the memory around it that may be read (≥ the piece's end). Of
 * some words only a gap is added, which bpe_flush fills: until then `out` may grow but is not read, and the memory of the piece stays. */
void bpe_encode(const struct bpe *b, struct bpe_scratch *s, struct text piece, const char *readable, struct token_ids *out);

/* Fills the gaps: call it when no piece comes any more. */
void bpe_flush(const struct bpe *b, struct bpe_scratch *s, struct token_ids *out);

#endif
