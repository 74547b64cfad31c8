/* map: a hash table from text to a 64-bit value (a number or, through map_pointer, a pointer). Iteration is in order of
 * insertion, so nothing ever depends on hash order. Keys are copied. Zero-initialise. */
#ifndef SPECTRUM_MAP_H
#define SPECTRUM_MAP_H

#include "base/arena.h"

struct map_entry {
	struct text key;
	uint64_t hash;
	uint64_t value;
};

struct map {
	struct map_entry *entries; /* in order of insertion */
	size_t count, capacity;
	uint32_t *slots; /* index + 1 into entries; 0 = empty */
	size_t slot_count;
	struct arena keys;
};

/* The entry with this key, or NULL. Valid until the next map_put. */
struct map_entry *map_find(const struct map *m, struct text key);

/* The entry with this key, made with value 0 when new (`*is_new` says so; may be NULL). Valid until the next map_put. */
struct map_entry *map_put(struct map *m, struct text key, bool *is_new);

void map_clear(struct map *m);
void map_free(struct map *m);

#endif
