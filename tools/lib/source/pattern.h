/* pattern: paths with {names}, as `files`, `url` and tables have them. */
#ifndef SPECTRUM_PATTERN_H
#define SPECTRUM_PATTERN_H

#include "base/arena.h"

struct source;

/* "yob{year}.txt" = literals around names: literals[0] names[0] literals[1] … literals[name_count]. */
struct pattern {
	const struct text *literals;
	const char *const *names;
	size_t name_count;
};

/* NULL when good, else what is wrong with it. The pattern lies in `memory`. */
const char *pattern_parse(struct pattern *p, const char *string, struct arena *memory);

/* Whether `path` has the pattern's form; a name matches one or more characters but no '/'. values[i] (in `memory`) is what name i matched. */
bool pattern_match(const struct pattern *p, struct text path, const char **values, struct arena *memory);

/* Runs over all combinations of the `each` values of the names in a pattern, the last name fastest. {revision} is not one of them. */
struct pattern_values {
	const struct pattern *pattern;
	const struct source *source;
	size_t *each;  /* index into source->each_… of name i, or SIZE_MAX for revision */
	size_t *index; /* which of its values */
};
/* False when a name is neither in `each` nor "revision". */
bool pattern_values_start(struct pattern_values *v, const struct source *s, const struct pattern *p, struct arena *memory);
bool pattern_values_next(struct pattern_values *v);
/* The present value of name i. */
const char *pattern_value(const struct pattern_values *v, size_t i);

/* The pattern with its present values filled in. */
const char *pattern_fill(const struct pattern *p, const struct source *s, const struct pattern_values *v, struct arena *memory);

/* Another pattern (a URL) with the values that `v` has for the names of `path`, and {revision}. NULL when it uses other names. */
const char *pattern_fill_named(
	const struct pattern *p, const struct source *s, const struct pattern *path, const struct pattern_values *v, struct arena *memory);

#endif
