#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *got) {
	if (!got) {
		fputs("spectrum: out of memory; nothing half-written was kept\n", stderr);
		exit(3);
	}
	return got;
}

void *memory_allocate(size_t size) { return checked(malloc(size ? size : 1)); }

void *memory_zeroed(size_t count, size_t size) { return checked(calloc(count ? count : 1, size ? size : 1)); }

void *memory_resize(void *old, size_t count, size_t size) {
	if (size && count > SIZE_MAX / size) return checked(NULL);
	return checked(realloc(old, count && size ? count * size : 1));
}

char *memory_copy(const void *bytes, size_t size) {
	char *copy = memory_allocate(size + 1);
	if (size) memcpy(copy, bytes, size);
	copy[size] = 0;
	return copy;
}

void *memory_grow(void *old, size_t *capacity, size_t wanted, size_t size) {
	if (wanted <= *capacity) return old;
	size_t room = *capacity < 8 ? 8 : *capacity + *capacity / 2;
	if (room < wanted) room = wanted;
	*capacity = room;
	return memory_resize(old, room, size);
}
