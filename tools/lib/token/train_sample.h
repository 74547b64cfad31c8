/* train_sample: the inside of struct train_sample. Internal to tools/lib/token. */
#ifndef SPECTRUM_TRAIN_SAMPLE_H
#define SPECTRUM_TRAIN_SAMPLE_H

#include "base/map.h"
#include "base/random.h"
#include "token/train.h"

struct sample_text {
	uint64_t hash;
	char *data;
	size_t size;
};

struct train_sample {
	struct random_key key;
	size_t limit, bytes, seen;
	struct sample_text *texts;
	size_t count, capacity;
	struct map known; /* hashes of all texts taken in so far */
	uint64_t bound;   /* hashes from here on are out */
	bool bounded;
};

/* Takes in a text. */
void train_sample_add(struct train_sample *s, struct text text);

/* Puts the texts in the order of their hashes; nothing can be added afterwards. */
void train_sample_sort(struct train_sample *s);

#endif
