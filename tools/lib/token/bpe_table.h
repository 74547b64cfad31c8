/* bpe_table: which pairs of tokens merge, and into what. Internal to tools/lib/token.
 *
 * A merge is one number, from the top: 01, 20 bits of rank, 22 bits in the middle, 20 bits of the token that it makes. So of several the lowest is
 * done first. A pair is mixed one to one into a number: its upper bits are the pair's place in the table, the lower ones, the tag, stand in
 * the middle of the merge there. A look-up is one fetch from memory, but where several merges want one place: all but the first are among `others`. */
#ifndef SPECTRUM_TOKEN_BPE_TABLE_H
#define SPECTRUM_TOKEN_BPE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BPE_INTO_BITS = 20, BPE_TAG_SHIFT, BPE_TAG_BITS = 21, BPE_RANK_SHIFT = BPE_TAG_SHIFT + BPE_TAG_BITS };
enum { BPE_RANKS = 1000000 }; /* ranks are below this; tokens, too */
#define BPE_LOWEST (UINT64_C(1) << 62)
#define BPE_NO_MERGE (BPE_LOWEST | (uint64_t)BPE_RANKS << BPE_RANK_SHIFT) /* and all above it */
#define BPE_SHARED (UINT64_C(1) << BPE_INTO_BITS)                         /* there are others that want this place */
#define BPE_MIDDLE ((UINT64_C(1) << BPE_RANK_SHIFT) - BPE_SHARED)
#define BPE_FACTOR UINT64_C(0x9E3779B97F4A7C15)

struct bpe_merge {
	uint32_t left, right, into, rank;
};

struct bpe_other {
	uint64_t pair, merge;
};

struct bpe_table {
	uint64_t *places;
	unsigned shift; /* bits of the tag */
	uint64_t left_factor, pair_mask, tag_mask;
	struct bpe_other *others; /* a hash table */
	unsigned other_shift;
	size_t other_mask;
};

/* `tokens` is above all ids, so that it is an id that nothing merges with. Of two merges for the same pair the later counts. */
void bpe_table_fill(struct bpe_table *t, const struct bpe_merge *merges, size_t count, size_t tokens);
void bpe_table_free(struct bpe_table *t);

/* The lower bits of (left << bits of an id | right) * BPE_FACTOR. */
static inline uint64_t bpe_table_mix(const struct bpe_table *t, uint32_t left, uint32_t right) {
	return (left * t->left_factor + right * BPE_FACTOR) & t->pair_mask;
}

/* Not 0 when the merge in a pair's place is not of that pair. */
static inline uint64_t bpe_table_differs(const struct bpe_table *t, uint64_t merge, uint64_t pair) {
	return (merge >> BPE_TAG_SHIFT ^ pair) & t->tag_mask;
}

/* Where a pair is among the others, or the empty slot where it would go. */
static inline struct bpe_other *bpe_table_other(const struct bpe_table *t, uint64_t pair) {
	for (size_t i = (size_t)(pair * BPE_FACTOR >> t->other_shift);; i = (i + 1) & t->other_mask)
		if (t->others[i].pair == pair || t->others[i].merge == BPE_NO_MERGE) return &t->others[i];
}

/* What becomes of two tokens, with an empty middle; BPE_NO_MERGE when they do not merge. Whether they do is as good as random: the choice is made
 * without a branch, which the processor would guess wrong too often. */
static inline uint64_t bpe_table_find(const struct bpe_table *t, uint32_t left, uint32_t right) {
	uint64_t pair = bpe_table_mix(t, left, right), merge = t->places[pair >> t->shift];
	uint64_t differs = bpe_table_differs(t, merge, pair) != 0;
	if (__builtin_expect((merge & differs << BPE_INTO_BITS) != 0, 0)) return bpe_table_other(t, pair)->merge;
	return (merge & ~BPE_MIDDLE & (differs - 1)) | (BPE_NO_MERGE & -differs);
}

static inline uint32_t bpe_into(uint64_t merge) { return (uint32_t)merge & ((1U << BPE_INTO_BITS) - 1); }

#endif
