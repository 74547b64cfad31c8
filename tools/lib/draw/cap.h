/* cap: keeps the `most` items of smallest rank of a stream whose length is not known beforehand.
 *
 * Only ranks and places are kept in memory (48 bytes an item kept); the items themselves go to a temporary file. Of n items about
 * most × (1 + ln(n / most)) are ever written there. */
#ifndef SPECTRUM_CAP_H
#define SPECTRUM_CAP_H

#include "base/stream.h"

struct cap;

struct cap *cap_make(size_t most);

/* Item `number` (each larger than the one before): whether it is among the smallest so far. Then `*place` is where it stands, and an item that fell out
 * may have lost its place to it. */
bool cap_offer(struct cap *c, uint64_t rank, uint64_t number, size_t *place);

/* The bytes of an item that was offered with success; they are dropped when it has fallen out meanwhile. */
bool cap_keep(struct cap *c, size_t place, uint64_t number, struct text bytes, struct error *e);

/* Writes the items kept, in order of number. */
bool cap_write(struct cap *c, struct output *out, struct error *e);

void cap_free(struct cap *c);

#endif
