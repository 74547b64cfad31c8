/* sequence: the laws by which an instance becomes sequences.
 *
 * Mode "once": `repeat` samples of the instance. A sample is as many examples as the length law says (never more than there are), drawn
 * without replacement. Without weights every selection in every order is equally likely. With weights the examples are
 * drawn one after the other, each time with probability proportional to weight among those that are left, and the
 * drawn order is kept; an example of weight 0 is never drawn. (Done with exponential keys: example i gets E_i / w_i and the smallest come
 * first, Efraimidis & Spirakis 2006.)
 * Mode "all": all examples, each exactly once, shuffled and cut into chunks whose lengths follow the length law; the last chunk is what
 * remains. Weights play no part.
 * Each sample or chunk gives `permutations` sequences: the first in the order drawn, the others shuffled anew (weighted samples: drawn anew by
 * weight among the sampled). Unweighted orders of one sample differ from each other as long as there are enough orders.
 * Each sequence shows a description with `description_probability`, independently, and then each of the variants that use no missing
 * value with equal probability.
 *
 * Sequence number = sample × permutations + permutation. Every decision has its own key: (seed, source, task, part, instance, what, sample or
 * sequence), base/random.h. So a sequence depends on nothing but its own instance. */
#ifndef SPECTRUM_DRAW_SEQUENCE_H
#define SPECTRUM_DRAW_SEQUENCE_H

#include "draw/instance.h"

/* The sequences that an instance gives. Read-only while threads draw from it. */
struct sequence_plan {
	struct random_key key; /* of the instance */
	uint64_t count;        /* of sequences */
	size_t usable;         /* examples that can be drawn */
	double length;         /* expected number of examples of a sequence */
	uint32_t *shuffled;    /* mode "all": every example once … */
	uint32_t *ends;        /* … and where each chunk ends; both in the instance's arena */
};

/* Makes the plan of an instance (which has examples). False when nothing can be drawn: all weights are 0. */
bool sequence_plan_make(struct sequence_plan *plan, struct draw_instance *i, uint64_t seed);

/* The number that decides whether a sequence stays when a task has more than `max_sequences`: the smallest stay. The instances take turns, in each
 * turn in the order of a keyed hash; other permutations of a sample come after all samples. So large instances do not crowd small ones out. */
uint64_t sequence_rank(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t number);

/* Working memory of one thread. Zero-initialise; sequence_scratch_start whenever another instance begins. */
struct sequence_scratch {
	uint64_t sample; /* which one `items` holds, + 1 */
	uint64_t orders; /* of how many permutations `seen` knows the order */
	uint32_t *items, *order;
	size_t size, room, order_room;
	struct weighted_item *keys;
	size_t key_room;
	uint64_t *picked;
	size_t picked_room;
	struct map seen;
	struct buffer description;
};
void sequence_scratch_start(struct sequence_scratch *s);
void sequence_scratch_free(struct sequence_scratch *s);

/* Adds sequence `number` (< plan->count) as a JSON line, LF included. */
void sequence_write(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t number, struct sequence_scratch *s,
	bool ascii, struct buffer *out);

#endif
