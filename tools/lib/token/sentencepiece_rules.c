#include "token/sentencepiece_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	MOST_ALIKE = 32,        /* rules of which each begins the next: the library has room for so many, and writes on */
	MOST_BYTES = 255,       /* nodes on a way: 1 + bytes that a rule replaces */
	MOST_REPLACEMENT = 1024 /* bytes, so that a text grows by a bounded factor */
};
#define VALUE 0x7FFFFFFFU

static uint32_t little_endian(const char *at) {
	const unsigned char *p = (const unsigned char *)at;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Of a unit: where its children begin (exclusive-or with its own place), the byte that leads to it, and whether a value hangs on it. */
static uint32_t offset_of(uint32_t unit) { return (unit >> 10) << ((unit & 1u << 9) >> 6); }
static uint32_t label_of(uint32_t unit) { return unit & (1u << 31 | 0xFF); }
static bool has_value(uint32_t unit) { return unit >> 8 & 1; }

/* The children of every node, in lists: a node is where its children begin, a child is a unit whose label leads from there to itself. */
struct walk {
	const struct sentencepiece_rules *rules;
	uint32_t *first, *next;         /* node → 1 + a child; child → 1 + another of the same node; 0 = none */
	unsigned char *height, *values; /* of a node that was seen: 1 + bytes and rules at most below it; height 0: not seen yet */
};

static bool good_value(const struct sentencepiece_rules *r, size_t place) {
	size_t value = r->units[place] & VALUE;
	size_t size = value < r->size ? strnlen(r->replacements + value, MOST_REPLACEMENT + 1) : MOST_REPLACEMENT + 1;
	return size <= MOST_REPLACEMENT && utf8_valid(text_make(r->replacements + value, size));
}

/* Whether all below `node` stays within the array and ends: the library looks at neither, nor at how many rules begin alike. */
static bool good_node(struct walk *w, size_t node, unsigned depth) {
	const struct sentencepiece_rules *r = w->rules;
	unsigned height = 1, values = 0;
	if ((node | 255) >= r->count) return false;
	if (w->height[node]) return depth + w->height[node] <= MOST_BYTES;
	if (depth == MOST_BYTES) return false;
	for (uint32_t after = w->first[node], child; after; after = w->next[child]) {
		child = after - 1;
		uint32_t unit = r->units[child];
		size_t below = child ^ offset_of(unit);
		if (!good_node(w, below, depth + 1) || (has_value(unit) && !good_value(r, below))) return false;
		if (w->height[below] + 1U > height) height = w->height[below] + 1U;
		unsigned with = w->values[below] + (has_value(unit) ? 1U : 0U);
		if (with > values) values = with;
	}
	w->height[node] = (unsigned char)height;
	w->values[node] = (unsigned char)values;
	return values <= MOST_ALIKE;
}

static bool good_trie(const struct sentencepiece_rules *r) {
	if (r->count > UINT32_MAX) return false;
	struct walk w = {r, memory_zeroed(r->count, sizeof *w.first), memory_zeroed(r->count, sizeof *w.next), memory_zeroed(r->count, 1),
		memory_zeroed(r->count, 1)};
	for (uint32_t i = 0; i < r->count; i++) {
		size_t node = i ^ (r->units[i] & 0xFF);
		if (r->units[i] >> 31 || node >= r->count) continue; /* a value, or out of reach */
		w.next[i] = w.first[node];
		w.first[node] = i + 1;
	}
	bool good = good_node(&w, offset_of(r->units[0]), 0);
	free(w.first);
	free(w.next);
	free(w.height);
	free(w.values);
	return good;
}

bool sentencepiece_rules_open(struct sentencepiece_rules *r, struct text bytes) {
	*r = (struct sentencepiece_rules){0};
	if (bytes.size < 8) return false;
	size_t trie = little_endian(bytes.data);
	if (trie % 4 || trie < 4 || trie > bytes.size - 4) return false;
	r->count = trie / 4;
	r->units = memory_allocate(trie);
	for (size_t i = 0; i < r->count; i++) r->units[i] = little_endian(bytes.data + 4 + 4 * i);
	r->size = bytes.size - 4 - trie;
	r->replacements = memory_copy(bytes.data + 4 + trie, r->size);
	if (!good_trie(r)) return false;
	for (uint32_t c = 0; c < 256; c++) r->starts[c] = label_of(r->units[offset_of(r->units[0]) ^ c]) == c;
	return true;
}

void sentencepiece_rules_free(struct sentencepiece_rules *r) {
	free(r->units);
	free(r->replacements);
	*r = (struct sentencepiece_rules){0};
}

size_t sentencepiece_rules_find(const struct sentencepiece_rules *r, const char *at, const char *end, struct text *replacement) {
	const char *start = at;
	size_t found = 0, place = offset_of(r->units[0]);
	while (at < end) {
		unsigned char byte = (unsigned char)*at++;
		place ^= byte;
		uint32_t unit = r->units[place];
		if (label_of(unit) != byte) break;
		place ^= offset_of(unit);
		if (!has_value(unit)) continue;
		*replacement = text_of(r->replacements + (r->units[place] & VALUE)); /* memory_copy put a last NUL behind them */
		found = (size_t)(at - start);
	}
	return found;
}
