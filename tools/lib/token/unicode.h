/* unicode: what a code point is for tokenisers. The tables are those of the library whose ids we reproduce (tests/interop/unicode_tables.py),
 * not the machine's: ids must not change with the versions of Unicode that PCRE2 and utf8proc happen to know. */
#ifndef SPECTRUM_TOKEN_UNICODE_H
#define SPECTRUM_TOKEN_UNICODE_H

#include "base/buffer.h"

enum unicode_class {
	UNICODE_LETTER = 1,  /* \p{L} */
	UNICODE_NUMBER = 2,  /* \p{N} */
	UNICODE_SPACE = 4,   /* \s */
	UNICODE_WORD = 8,    /* \w of the pre-tokenizer Whitespace and of single_word */
	UNICODE_NUMERIC = 16 /* of the pre-tokenizer Digits */
};

enum { UNICODE_CODES = 0x110000 };

/* The classes of every code point: an array of UNICODE_CODES bytes. Free with free(). */
uint8_t *unicode_classes_make(void);

/* Adds the lower-case form of a code point. */
void unicode_add_lower(struct buffer *b, uint32_t code);

/* Decodes a code point of text that is known to be UTF-8. */
static inline uint32_t unicode_next(const char **at) {
	const unsigned char *p = (const unsigned char *)*at;
	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	if (p[0] < 0xE0) {
		*at += 2;
		return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
	}
	if (p[0] < 0xF0) {
		*at += 3;
		return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
	}
	*at += 4;
	return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}

enum unicode_form { UNICODE_NFC, UNICODE_NFD, UNICODE_NFKC, UNICODE_NFKD };

/* Normalisation to one form. A normalizer is read-only and may be shared by threads. */
struct unicode_normalizer;
struct unicode_normalizer *unicode_normalizer_make(enum unicode_form form);
void unicode_normalizer_free(struct unicode_normalizer *n);

/* Whether `t` (UTF-8) is surely in this form; false may be wrong, true never. */
bool unicode_is_normal(const struct unicode_normalizer *n, struct text t);

/* Adds the normal form of `t` (UTF-8) to `out`. */
void unicode_normalize(const struct unicode_normalizer *n, struct text t, struct buffer *out);

/* The tables: ranges of code points with a value; runs of capital letters, each `step` code points, whose lower-case form is `distance` away. */
struct unicode_range {
	uint32_t first, last;
	uint8_t value;
};
struct unicode_run {
	uint32_t first, last, step;
	int32_t distance;
};
extern const struct unicode_range unicode_class_ranges[], unicode_known_ranges[]; /* known: assigned in Unicode 9.0 */
extern const struct unicode_run unicode_lower_runs[];
extern const size_t unicode_class_ranges_count, unicode_known_ranges_count, unicode_lower_runs_count;

#endif
