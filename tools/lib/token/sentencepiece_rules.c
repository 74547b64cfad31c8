#include "token/sentencepiece_rules.h"

#include <stdlib.h>

#include "base/memory.h"

static uint32_t little_endian(const char *at) {
	const unsigned char *p = (const unsigned char *)at;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Of a unit: where its children begin (exclusive-or with its own place), the byte that leads to it, and whether a value hangs on it. */
static uint32_t offset_of(uint32_t unit) { return (unit >> 10) << ((unit & 1u << 9) >> 6); }
static uint32_t label_of(uint32_t unit) { return unit & (1u << 31 | 0xFF); }
static bool has_value(uint32_t unit) { return unit >> 8 & 1; }

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
	for (uint32_t c = 0; c < 256; c++) {
		size_t place = offset_of(r->units[0]) ^ c;
		r->starts[c] = place < r->count && label_of(r->units[place]) == c;
	}
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
		if (place >= r->count || label_of(r->units[place]) != byte) break;
		uint32_t unit = r->units[place];
		place ^= offset_of(unit);
		if (!has_value(unit) || place >= r->count) continue;
		size_t value = r->units[place] & 0x7FFFFFFFu;
		if (value >= r->size) continue;
		*replacement = text_of(r->replacements + value); /* memory_copy put a last NUL behind them */
		found = (size_t)(at - start);
	}
	return found;
}
