#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/memory.h"

enum { BLOCK_BYTES = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

void *arena_allocate(struct arena *a, size_t size) {
	size_t aligned = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (aligned < size) aligned = size; /* overflow: memory_allocate refuses it */
	while (a->current && a->current->size - a->current->used < aligned && a->current->next) {
		a->current = a->current->next;
		a->current->used = 0;
	}
	if (!a->current || a->current->size - a->current->used < aligned) {
		size_t room = aligned > BLOCK_BYTES ? aligned : BLOCK_BYTES;
		struct arena_block *block = memory_allocate(sizeof *block + room);
		block->next = NULL;
		block->used = 0;
		block->size = room;
		if (a->current) a->current->next = block;
		else a->first = block;
		a->current = block;
	}
	void *got = a->current->bytes + a->current->used;
	a->current->used += aligned;
	return got;
}

struct text arena_copy(struct arena *a, struct text t) {
	char *copy = arena_allocate(a, t.size + 1);
	if (t.size) memcpy(copy, t.data, t.size);
	copy[t.size] = 0;
	return text_make(copy, t.size);
}

void arena_reset(struct arena *a) {
	a->current = a->first;
	if (a->current) a->current->used = 0;
}

void arena_free(struct arena *a) {
	for (struct arena_block *block = a->first; block;) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
	*a = (struct arena){0};
}
