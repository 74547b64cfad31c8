#include "token/bpe_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Read as doubles, keys are positive numbers in the same order, of which processors find the lower one in one step: a third of the instructions. */
static inline double as_double(uint64_t key) {
	double number;
	memcpy(&number, &key, sizeof number);
	return number;
}

static inline double lower(double a, double b) { return a < b ? a : b; }

/* The lowest of 16. Four at a time do not wait for each other. */
static inline double lowest_of_16(const uint64_t *keys) {
	double a = as_double(keys[0]), b = as_double(keys[1]), c = as_double(keys[2]), d = as_double(keys[3]);
	for (size_t i = 4; i < 16; i += 4) {
		a = lower(a, as_double(keys[i]));
		b = lower(b, as_double(keys[i + 1]));
		c = lower(c, as_double(keys[i + 2]));
		d = lower(d, as_double(keys[i + 3]));
	}
	return lower(lower(a, b), lower(c, d));
}

static inline uint64_t lowest(const uint64_t *keys, size_t count) {
	double least = lowest_of_16(keys);
	for (size_t i = 16; i < count; i += 16) least = lower(least, lowest_of_16(keys + i));
	uint64_t key;
	memcpy(&key, &least, sizeof key);
	return key;
}

static const uint8_t numbers[BPE_SHORT + 4] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50};

void bpe_word_start(struct bpe_word *w, size_t count, uint32_t edge) {
	w->count = count;
	w->ids[0] = w->ids[count + 1] = edge;
	w->keys[0] = BPE_NO_MERGE;
	for (size_t i = 0; i < 16; i++) w->keys[count + 1 + i] = BPE_NO_MERGE;
	memcpy(w->previous, numbers, sizeof w->previous);
	memcpy(w->next, numbers + 2, sizeof w->next);
	w->best = lowest(w->keys + 1, count);
}

/* Nearly no branches: what a merge makes is as good as random, and a wrong guess costs the time of fifty instructions. */
static inline void do_best(const struct bpe_table *t, struct bpe_word *w) {
	size_t at = w->best >> BPE_INTO_BITS & BPE_PLACE, gone = w->next[at], left = w->previous[at], right = w->next[gone];
	uint32_t id = bpe_into(w->best);
	w->next[at] = (uint8_t)right;
	w->previous[right] = (uint8_t)at;
	w->ids[at] = id;
	w->keys[gone] = BPE_NO_MERGE;
	w->keys[left] = bpe_key(bpe_table_find(t, w->ids[left], id), left);
	w->keys[at] = bpe_key(bpe_table_find(t, id, w->ids[right]), at);
	w->best = lowest(w->keys + 1, w->count);
}

void bpe_words_merge(const struct bpe_table *t, struct bpe_word *words, size_t count) {
	for (bool busy = true; busy;) {
		busy = false;
		for (size_t i = 0; i < count; i++) {
			if (words[i].best >= BPE_NO_MERGE) continue;
			do_best(t, &words[i]);
			busy = true;
		}
	}
}

size_t bpe_word_take(const struct bpe_word *w, uint32_t *ids) {
	size_t count = 0;
	for (size_t i = w->next[0]; i <= w->count; i = w->next[i]) ids[count++] = w->ids[i];
	return count;
}

/* A heap of rank << 32 | position, smallest first. */
static void heap_push(struct bpe_long *w, uint64_t value) {
	w->heap = memory_grow(w->heap, &w->heap_capacity, w->heap_count + 1, sizeof *w->heap);
	size_t i = w->heap_count++;
	while (i > 0 && w->heap[(i - 1) / 4] > value) {
		w->heap[i] = w->heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	w->heap[i] = value;
}

static void heap_sink(uint64_t *heap, size_t count, size_t i, uint64_t value) {
	for (;;) {
		size_t child = 4 * i + 1, last = child + 4 < count ? child + 4 : count, least = child;
		if (child >= count) break;
		for (size_t k = child + 1; k < last; k++)
			if (heap[k] < heap[least]) least = k;
		if (heap[least] >= value) break;
		heap[i] = heap[least];
		i = least;
	}
	heap[i] = value;
}

static uint64_t heap_value(const struct bpe_long *w, size_t at) { return w->keys[at] >> BPE_RANK_SHIFT << 32 | at; }

static void heap_fill(struct bpe_long *w, size_t count) {
	w->heap_count = 0;
	w->heap = memory_grow(w->heap, &w->heap_capacity, count, sizeof *w->heap);
	for (size_t i = 0; i < count; i++) {
		w->previous[i] = (uint32_t)i - 1;
		w->next[i] = (uint32_t)i + 1;
		if (w->keys[i] < BPE_NO_MERGE) w->heap[w->heap_count++] = heap_value(w, i);
	}
	for (size_t i = w->heap_count / 4 + 1; i-- > 0;)
		if (i < w->heap_count) heap_sink(w->heap, w->heap_count, i, w->heap[i]);
}

static void refresh(const struct bpe_table *t, struct bpe_long *w, size_t count, uint32_t at) {
	w->keys[at] = w->next[at] < count ? bpe_table_find(t, w->ids[at], w->ids[w->next[at]]) : BPE_NO_MERGE;
	if (w->keys[at] < BPE_NO_MERGE) heap_push(w, heap_value(w, at));
}

size_t bpe_long_merge(const struct bpe_table *t, struct bpe_long *w, size_t count) {
	size_t left = 0;
	heap_fill(w, count);
	while (w->heap_count) {
		uint64_t top = w->heap[0];
		uint64_t last = w->heap[--w->heap_count];
		if (w->heap_count) heap_sink(w->heap, w->heap_count, 0, last);
		uint32_t at = (uint32_t)top;
		if (w->keys[at] >= BPE_NO_MERGE || heap_value(w, at) != top) continue; /* out of date */
		uint32_t gone = w->next[at];
		w->ids[at] = bpe_into(w->keys[at]);
		w->keys[gone] = BPE_NO_MERGE;
		w->next[at] = w->next[gone];
		if (w->next[at] < count) w->previous[w->next[at]] = at;
		refresh(t, w, count, at);
		if (at > 0) refresh(t, w, count, w->previous[at]);
	}
	for (size_t i = 0; i < count; i = w->next[i]) w->ids[left++] = w->ids[i];
	return left;
}

void bpe_long_reserve(struct bpe_long *w, size_t symbols) {
	size_t before = w->capacity;
	w->ids = memory_grow(w->ids, &w->capacity, symbols, sizeof *w->ids);
	if (w->capacity == before) return;
	w->keys = memory_resize(w->keys, w->capacity, sizeof *w->keys);
	w->previous = memory_resize(w->previous, w->capacity, sizeof *w->previous);
	w->next = memory_resize(w->next, w->capacity, sizeof *w->next);
}

void bpe_long_free(struct bpe_long *w) {
	free(w->ids);
	free(w->keys);
	free(w->previous);
	free(w->next);
	free(w->heap);
	*w = (struct bpe_long){0};
}
