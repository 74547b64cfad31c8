/* text: a slice of bytes (pointer and length) that somebody else owns. Text may hold NUL and, until it is checked, bytes that are
 * not UTF-8. */
#ifndef SPECTRUM_TEXT_H
#define SPECTRUM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	const char *data;
	size_t size;
};

/* For printf: "%.*s" with TEXT_ARGS(t). Use it for messages only; it stops at NUL. */
#define TEXT_ARGS(t) (int)((t).size > 2000 ? 2000 : (t).size), (t).data

static inline struct text text_make(const char *data, size_t size) { return (struct text){data, size}; }
static inline struct text text_of(const char *string) { return (struct text){string, string ? strlen(string) : 0}; }

static inline bool text_equal(struct text a, struct text b) { return a.size == b.size && (a.size == 0 || !memcmp(a.data, b.data, a.size)); }
static inline bool text_is(struct text a, const char *string) { return text_equal(a, text_of(string)); }
static inline bool text_starts(struct text a, struct text prefix) {
	return a.size >= prefix.size && (prefix.size == 0 || !memcmp(a.data, prefix.data, prefix.size));
}
static inline bool text_ends(struct text a, struct text suffix) {
	return a.size >= suffix.size && (suffix.size == 0 || !memcmp(a.data + a.size - suffix.size, suffix.data, suffix.size));
}

/* memcmp order, then length: <0, 0, >0. */
int text_compare(struct text a, struct text b);

/* Without the byte order mark of UTF-8 in front, if there is one. */
static inline struct text text_unmarked(struct text t) {
	return text_starts(t, text_make("\xEF\xBB\xBF", 3)) ? text_make(t.data + 3, t.size - 3) : t;
}

/* Value of a hexadecimal digit, or -1. */
int text_digit(char c);

/* Index of `word` among the words of `words`, between which are single blanks; -1 when it is none of them. */
int text_among(const char *words, const char *word);

/* Decodes one code point at `*at` (< end) and moves `*at` behind it. Bytes that are not UTF-8 (overlong forms, surrogates, above
 * U+10FFFF, cut sequences) give UTF8_BAD and move by the maximal ill-formed prefix, as Unicode recommends. */
#define UTF8_BAD 0xFFFFFFFFu
uint32_t utf8_next(const char **at, const char *end);

/* Writes the UTF-8 form of a code point (≤ U+10FFFF, not a surrogate) to `out` and returns its length, 1 to 4. */
size_t utf8_write(uint32_t code, char out[4]);

/* Whether no byte is above 0x7F. */
bool text_ascii(struct text t);

/* Whether all of it is well-formed UTF-8. */
bool utf8_valid(struct text t);

/* Whether a code point is white space as Unicode's property White_Space says, plus U+001C to U+001F: what Python's str.strip removes. */
bool unicode_is_space(uint32_t code);

/* Without white space (unicode_is_space) at both ends. */
struct text text_trim(struct text t);

#endif
