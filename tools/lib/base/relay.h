/* relay: a second thread that works ahead of this one, or behind it. Slots of the caller's memory go round between a maker and a taker in
 * order: the maker fills one while the taker uses another, so what is taken does not depend on timing. */
#ifndef SPECTRUM_RELAY_H
#define SPECTRUM_RELAY_H

#include <stdbool.h>
#include <stddef.h>

struct relay;

/* The new thread's part, maker or taker; it returns when it has no more to give, or when relay_claim or relay_take says false. */
typedef void relay_part(struct relay *r, void *state);

/* Starts the thread with `slots` (≥ 2) slots. NULL when there is no thread to be had: then do the work yourself. */
struct relay *relay_open(size_t slots, relay_part *part, void *state);

/* For the maker: waits for a slot to fill; false when nobody takes more. Then relay_give passes it on. */
bool relay_claim(struct relay *r, size_t *slot);
void relay_give(struct relay *r);

/* For the taker: gives the slot that it had back and waits for the next filled one; false at the end. */
bool relay_take(struct relay *r, size_t *slot);

/* Tells a maker to stop, lets a taker take what was given, waits for the thread, frees. */
void relay_close(struct relay *r);

#endif
