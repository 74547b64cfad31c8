/* json: a scanner that works on slices, and a writer.
 *
 * Data rows go through here and not through cJSON: numbers keep their text, nothing is cut at NUL, and no tree is built. json_check
 * validates a whole text once; after that a json_value is a slice of it that is walked without further errors. */
#ifndef SPECTRUM_JSON_H
#define SPECTRUM_JSON_H

#include "base/buffer.h"
#include "base/error.h"

enum json_type { JSON_NONE, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_value {
	enum json_type type; /* JSON_NONE: there is no such value */
	bool escaped;        /* a string that holds a backslash or bytes that are not UTF-8, so it must be decoded */
	struct text raw;     /* the value's exact text; of a string with its quotes, of a container with its brackets */
};

/* Checks that `t` is one JSON value (RFC 8259, depth ≤ 1000) with nothing but white space around it and gives it. The error says the byte
 * offset and what was expected. Bytes above 0x7F are not checked here: decoding replaces what is not UTF-8. */
bool json_check(struct text t, struct json_value *value, struct error *e);

/* Checks and gives the one value at `*at` (blanks before it are passed over) and moves behind it: for programs that walk a text they know
 * the shape of, and validate it on the way. The error says what was expected. */
bool json_scan(const char **at, const char *end, struct json_value *value, struct error *e);

/* Walks the members of a checked object or the elements of a checked array. */
struct json_walk {
	const char *at, *end;
};
struct json_walk json_walk_start(struct json_value container);
/* False at the end. `key` (may be NULL) gets the member's name, as a JSON_STRING value; JSON_NONE in arrays. */
bool json_walk_next(struct json_walk *w, struct json_value *key, struct json_value *value);

/* For objects that are megabytes long, without looking for the end of a value that is walked next: moves to the value of the next member of the
 * object, which `*key` names; false at the object's closing brace. Then either json_walk_value takes the value, or, when *w->at opens a container, the
 * caller goes through it with the walk {w->at + 1, w->end} and sets w->at behind its closing bracket. */
bool json_walk_member(struct json_walk *w, struct json_value *key);
void json_walk_value(struct json_walk *w, struct json_value *value);

/* The member of a checked object with this (decoded) name; the last one when a name recurs; JSON_NONE when there is none. */
struct json_value json_member(struct json_value object, const char *name);

/* The same for several names in one walk. */
void json_members(struct json_value object, const char *const *names, size_t count, struct json_value *values);

/* Number of elements of a checked array or members of an object. */
size_t json_count(struct json_value container);

/* The text of a checked string. Without escapes it is a slice of the input; else it is decoded to the end of `scratch`, and
 * valid until that changes. Surrogate pairs are joined; a lone surrogate or a byte that is not UTF-8 becomes U+FFFD and is
 * added to *replaced (may be NULL). */
struct text json_string(struct json_value string, struct buffer *scratch, uint64_t *replaced);

/* Adds `t` as a JSON string with its quotes. Escaped is what JSON demands: quote, backslash, U+0000 to U+001F. Bytes that are not UTF-8 become
 * U+FFFD. With `ascii` all non-ASCII is escaped too. */
void json_add_string(struct buffer *b, struct text t, bool ascii);

/* Adds a checked value without insignificant blanks (compact) or with `", "` and `": "` (spaced); numbers keep their text, strings are decoded
 * and written as json_add_string does. */
void json_add_value(struct buffer *b, struct json_value value, bool spaced, bool ascii);

/* For building records: adds `,` if needed, the key and `:`; json_add_key(b, "input") right behind `{` adds no comma. */
void json_add_key(struct buffer *b, const char *key);
/* json_add_key and a string value. */
void json_add_pair(struct buffer *b, const char *key, struct text value, bool ascii);

/* json_add_key and a whole number. */
void json_add_integer(struct buffer *b, const char *key, int64_t value);
/* json_add_key and an array of `count` strings. */
void json_add_texts(struct buffer *b, const char *key, const char *const *texts, size_t count);

#endif
