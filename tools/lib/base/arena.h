/* arena: memory for many small things that die together. Zero-initialise; reset keeps the blocks for the next round. Not shared between threads. */
#ifndef SPECTRUM_ARENA_H
#define SPECTRUM_ARENA_H

#include "base/text.h"

struct arena {
	struct arena_block *first, *current;
};

/* `size` bytes aligned for any type, uninitialised, valid until reset or free. */
void *arena_allocate(struct arena *a, size_t size);

/* A copy of `t` in the arena, with a NUL behind it (not counted). */
struct text arena_copy(struct arena *a, struct text t);

void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
