/* bpe_merge: does the merges of a word, the lowest rank first, of equals the leftmost. Internal to tools/lib/token. */
#ifndef SPECTRUM_TOKEN_BPE_MERGE_H
#define SPECTRUM_TOKEN_BPE_MERGE_H

#include "token/bpe_table.h"

/* A merge of the symbol in a place and the next one. Long words do without the place. */
enum { BPE_PLACE = 63 };
static inline uint64_t bpe_key(uint64_t merge, size_t place) { return merge | (uint64_t)(place & BPE_PLACE) << BPE_INTO_BITS; }

/* A word of up to BPE_SHORT symbols. They stay in their places, which count from 1; around them are two that nothing merges with. */
enum { BPE_SHORT = 48 };
struct bpe_word {
	uint32_t ids[BPE_SHORT + 2];
	uint64_t keys[BPE_SHORT + 1 + 16]; /* looked through sixteen at a time */
	uint8_t next[BPE_SHORT + 2], previous[BPE_SHORT + 2];
	uint64_t best; /* the lowest key */
	size_t count;
};

/* Call when ids and keys of `count` symbols are there. `edge` is an id that nothing merges with. */
void bpe_word_start(struct bpe_word *w, size_t count, uint32_t edge);

/* Merges words side by side: while one waits for memory the others go on. */
void bpe_words_merge(const struct bpe_table *t, struct bpe_word *words, size_t count);

/* What is left of a word: how many ids. There is room for as many as it had symbols. */
size_t bpe_word_take(const struct bpe_word *w, uint32_t *ids);

/* A word of any length. Zero-initialise, free once. */
struct bpe_long {
	uint32_t *ids;
	uint64_t *keys;
	uint32_t *previous, *next;
	size_t capacity;
	uint64_t *heap;
	size_t heap_count, heap_capacity;
};
void bpe_long_reserve(struct bpe_long *w, size_t symbols);
void bpe_long_free(struct bpe_long *w);

/* Merges `count` symbols, whose ids and keys are there from 0 on. Gives how many are left; they are the first ids. */
size_t bpe_long_merge(const struct bpe_table *t, struct bpe_long *w, size_t count);

#endif
