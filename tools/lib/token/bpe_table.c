#include "token/bpe_table.h"

#include <stdlib.h>

#include "base/memory.h"

static unsigned bits_of(size_t number) {
	unsigned bits = 1;
	while (number >> bits) bits++;
	return bits;
}

static void make_places(struct bpe_table *t, size_t merges, size_t tokens) {
	unsigned bits = bits_of(merges + merges / 2), id_bits = bits_of(tokens);
	if (2 * id_bits < bits) id_bits = (bits + 1) / 2;
	if (2 * id_bits > bits + BPE_TAG_BITS) bits = 2 * id_bits - BPE_TAG_BITS;
	t->shift = 2 * id_bits - bits;
	t->left_factor = BPE_FACTOR << id_bits;
	t->pair_mask = (UINT64_C(1) << 2 * id_bits) - 1;
	t->tag_mask = (UINT64_C(1) << t->shift) - 1;
	t->places = memory_allocate(sizeof *t->places << bits);
	for (size_t i = 0; i < (size_t)1 << bits; i++) t->places[i] = BPE_NO_MERGE;
}

static void make_others(struct bpe_table *t, const struct bpe_other *others, size_t count) {
	unsigned bits = bits_of(count) + 1;
	t->other_shift = 64 - bits;
	t->other_mask = ((size_t)1 << bits) - 1;
	t->others = memory_allocate(sizeof *t->others << bits);
	for (size_t i = 0; i <= t->other_mask; i++) t->others[i] = (struct bpe_other){UINT64_MAX, BPE_NO_MERGE};
	for (size_t i = 0; i < count; i++) *bpe_table_other(t, others[i].pair) = others[i];
}

/* Merges come in the order of ranks or nearly so: those that have to give way are the rarer ones. */
void bpe_table_fill(struct bpe_table *t, const struct bpe_merge *merges, size_t count, size_t tokens) {
	struct bpe_other *others = NULL;
	size_t other_count = 0, other_capacity = 0;
	make_places(t, count, tokens);
	for (size_t i = 0; i < count; i++) {
		const struct bpe_merge *m = &merges[i], *ahead = m + (i + 12 < count ? 12 : 0);
		__builtin_prefetch(&t->places[bpe_table_mix(t, ahead->left, ahead->right) >> t->shift], 1);
		uint64_t pair = bpe_table_mix(t, m->left, m->right), *place = &t->places[pair >> t->shift];
		uint64_t merge = BPE_LOWEST | (uint64_t)m->rank << BPE_RANK_SHIFT | m->into;
		if (*place == BPE_NO_MERGE || !bpe_table_differs(t, *place, pair)) {
			*place = merge | (pair & t->tag_mask) << BPE_TAG_SHIFT | (*place & BPE_SHARED);
			continue;
		}
		*place |= BPE_SHARED;
		others = memory_grow(others, &other_capacity, other_count + 1, sizeof *others);
		others[other_count++] = (struct bpe_other){pair, merge};
	}
	make_others(t, others, other_count);
	free(others);
}

void bpe_table_free(struct bpe_table *t) {
	free(t->places);
	free(t->others);
	*t = (struct bpe_table){0};
}
