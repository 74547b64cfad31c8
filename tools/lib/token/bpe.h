/* bpe: byte pair encoding of pieces of text. The rule: of all neighbours that a merge joins, the one of lowest rank is joined first, the leftmost
 * of equals; again, until none is left. A bpe is filled once (symbols and merges), then shared by threads, each with a scratch of its own.
 *
 * What makes it fast and leaves the ids the same:
 * - a piece is first cut where no merge can ever join (see bpe_finish), so that texts without a pre-tokenizer fall into words;
 * - a word that is one token, and found to be what the merges make of it, costs one look-up;
 * - short words are merged in small arrays, long ones with a heap: a megabyte of one letter takes n log n steps;
 * - the ids of short words are remembered in a table of fixed size. */
#ifndef SPECTRUM_TOKEN_BPE_H
#define SPECTRUM_TOKEN_BPE_H

#include "token/tokenizer.h"
#include "token/vocabulary.h"

struct bpe_merge {
	uint32_t left, right, into, rank;
};

/* A pair and what a merge makes of it. */
struct bpe_slot {
	uint32_t left, right, rank, into; /* rank UINT32_MAX = empty */
};

struct bpe_first {
	uint32_t rank, into; /* rank UINT32_MAX = no merge */
};

struct bpe {
	struct vocabulary vocabulary;
	bool bytes;                /* symbols are bytes; else code points */
	int32_t byte_symbols[256]; /* bytes: the id of each, -1 = not in the vocabulary */
	int32_t *char_symbols;     /* code points: the same */
	bool byte_fallback;        /* code points: one without an id becomes its bytes, of these ids, if all of them are there */
	int32_t byte_tokens[256];
	int32_t unknown; /* what has no id becomes this; -1 = it is left out */
	bool fuse_unknown;
	bool ignore_merges; /* a piece that is a token is that token, whatever the merges say */

	struct bpe_merge *merges;
	size_t merge_count, merge_capacity;
	struct bpe_slot *slots; /* a hash table of the merges */
	unsigned slot_shift;
	uint64_t *filter;        /* a bit for each hash of a merge: says no to most pairs without a look into the big table */
	struct bpe_first *first; /* of 256 × 256 pairs of frequent symbols (see unit_of) */
	uint8_t *joints;         /* pairs of neighbouring symbols that some merge may join */
};

/* Adds a merge, after the vocabulary is complete; ranks are below UINT32_MAX. Of two for the same pair the later counts. */
void bpe_add_merge(struct bpe *b, uint32_t left, uint32_t right, uint32_t into, uint32_t rank);

/* Call when vocabulary and merges are complete and before the first encoding: makes the tables. */
void bpe_finish(struct bpe *b);
void bpe_free(struct bpe *b);

struct bpe_scratch;
struct bpe_scratch *bpe_scratch_make(const struct bpe *b);
void bpe_scratch_free(struct bpe_scratch *s);

/* Adds the ids of a piece, which is UTF-8 unless b->bytes. `readable` is the end of the memory around it that may be read (≥ the piece's end). */
void bpe_encode(const struct bpe *b, struct bpe_scratch *s, struct text piece, const char *readable, struct token_ids *out);

#endif
