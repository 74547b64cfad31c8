/* memory: allocation that cannot fail.
 *
 * Programs of Spectrum keep bounded amounts in memory and write every result under a temporary name, so running out of
 * memory loses nothing. These functions therefore report it on standard error and leave with status 3; they are
 * the only ones below main that end the process, and callers need no error path. */
#ifndef SPECTRUM_MEMORY_H
#define SPECTRUM_MEMORY_H

#include <stddef.h>

/* `size` bytes, uninitialised; a size of 0 gives a valid pointer. Free with free(). */
void *memory_allocate(size_t size);

/* `count` × `size` bytes set to zero; the product is checked. Free with free(). */
void *memory_zeroed(size_t count, size_t size);

/* realloc() to `count` × `size` bytes; the product is checked. */
void *memory_resize(void *old, size_t count, size_t size);

/* A copy of `size` bytes with a NUL behind them. Free with free(). */
char *memory_copy(const void *bytes, size_t size);

/* Makes room in a growing array: `*capacity` is raised to at least `wanted` elements of `size` bytes and the
 * (possibly moved) array is returned. */
void *memory_grow(void *old, size_t *capacity, size_t wanted, size_t size);

#endif
