/* place: where in a manifest we are, typed values from there, and what to say when they are wrong. Internal. */
#ifndef SPECTRUM_PLACE_H
#define SPECTRUM_PLACE_H

#include <cjson/cJSON.h>

#include "source/manifest.h"

struct place {
	struct source *source;
	const char *file;
	struct error *e;
	char at[160]; /* "tasks[3].sequence" */
};

/* Sets the error and gives false. An empty key: the place itself. */
bool place_wrong(struct place *p, const char *key, const char *what);

/* The place of a member, or (index ≥ 0) of an element of that member. */
struct place place_inside(const struct place *p, const char *key, int index);

/* A copy that lives as long as the source. */
const char *place_keep(struct place *p, const char *string);

/* All keys of `object` must be among the space-separated `known`. */
bool place_known_keys(struct place *p, const cJSON *object, const char *known);

/* The member `key` of `object` into *out, which stays as it is when there is none; false with an error when the type is another. */
bool place_string(struct place *p, const cJSON *object, const char *key, bool required, const char **out);
bool place_bool(struct place *p, const cJSON *object, const char *key, bool *out);
bool place_integer(struct place *p, const cJSON *object, const char *key, int64_t least, int64_t *out);
bool place_strings(struct place *p, const cJSON *object, const char *key, const char *const **out, size_t *count);

/* The member's index in a space-separated list; `absent` when there is none (-1: then it is required); -1 after an error. */
int place_word(struct place *p, const cJSON *object, const char *key, const char *words, int absent);

#endif
