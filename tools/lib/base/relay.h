/* relay: a thread that works ahead of the one that uses what it makes. Slots of the caller's memory go round between the two in
 * order: the maker fills one while the taker uses another, so what is taken does not depend on timing. */
#ifndef SPECTRUM_RELAY_H
#define SPECTRUM_RELAY_H

#include <stdbool.h>
#include <stddef.h>

struct relay;

/* Runs on its own thread; returns when it has no more, or when relay_claim says so. */
typedef void relay_make(struct relay *r, void *state);

/* Starts the thread with `slots` (≥ 2) slots. NULL when there is no thread to be had: then do the work yourself. */
struct relay *relay_open(size_t slots, relay_make *make, void *state);

/* For the maker: waits for a slot to fill; false when nobody wants more. Then relay_give passes it on. */
bool relay_claim(struct relay *r, size_t *slot);
void relay_give(struct relay *r);

/* For the taker: gives the slot that it had back and waits for the next filled one; false at the end. */
bool relay_take(struct relay *r, size_t *slot);

/* Stops the maker, waits for its thread, frees. */
void relay_close(struct relay *r);

#endif
