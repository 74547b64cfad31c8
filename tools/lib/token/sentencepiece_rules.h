/* sentencepiece_rules: the "precompiled charsmap" of SentencePiece models, rules that replace strings by others. Its bytes are the size of a trie (uint32,
 * little-endian), the trie (a double array of uint32 as Darts-clone writes it) and the replacements, each with a NUL behind it. */
#ifndef SPECTRUM_SENTENCEPIECE_RULES_H
#define SPECTRUM_SENTENCEPIECE_RULES_H

#include "base/text.h"

struct sentencepiece_rules {
	uint32_t *units;
	size_t count;
	char *replacements;
	size_t size;
	bool starts[256]; /* bytes that some rule starts with */
};

/* False when the bytes are not such rules: the trie leads out of itself or around in a circle, 33 rules begin alike, a rule is for more than 254
 * bytes or gives more than 1,024, or what is not UTF-8. The library checks none of this and would read elsewhere, so open rules here first. Free in any case. */
bool sentencepiece_rules_open(struct sentencepiece_rules *r, struct text bytes);
void sentencepiece_rules_free(struct sentencepiece_rules *r);

/* The rule for the longest string at `at`: how many bytes it replaces, 0 = there is none. */
size_t sentencepiece_rules_find(const struct sentencepiece_rules *r, const char *at, const char *end, struct text *replacement);

#endif
