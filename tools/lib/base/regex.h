/* regex: PCRE2 with UTF, Unicode properties, JIT and a match limit, as every part of Spectrum uses it. */
#ifndef SPECTRUM_REGEX_H
#define SPECTRUM_REGEX_H

#include "base/buffer.h"
#include "base/error.h"

struct regex;

/* Compiles a pattern; NULL and `*e` (with the offset in the pattern) on failure. One thread at a time may match with it. */
struct regex *regex_compile(struct text pattern, struct error *e);
void regex_free(struct regex *re);

/* Whether a match may be empty in some subject. */
bool regex_matches_empty(const struct regex *re);

/* Looks for the first match at or behind byte `from`: 1 = found, 0 = none, -1 = failure: the subject is not UTF-8, or the match limit was
 * exceeded (which is never taken for "no match"). The bytes of the subject should not change between a search from 0 and later ones in the same subject. */
int regex_find(struct regex *re, struct text subject, size_t from, struct error *e);

/* Of the last match: group i as a slice of the subject; data is NULL when it took no part. */
struct text regex_group(const struct regex *re, size_t i);
size_t regex_group_count(const struct regex *re); /* with group 0, the whole match */

/* Number of the named group, or -1; and the named groups in order of number: name i (0 …) or NULL behind the last. */
int regex_group_number(const struct regex *re, struct text name);
const char *regex_group_name(const struct regex *re, size_t i, size_t *number);

/* Adds `subject` to `out` with every match replaced; $1, ${1}, ${name} and $$ are expanded in `with`. -1 = failure, else the number of
 * replacements. */
int64_t regex_replace(struct regex *re, struct text subject, struct text with, struct buffer *out, struct error *e);

#endif
