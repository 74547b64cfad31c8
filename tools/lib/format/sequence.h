/* sequence: a line of the stream draw → tokenize. */
#ifndef SPECTRUM_SEQUENCE_H
#define SPECTRUM_SEQUENCE_H

#include "format/format.h"

struct sequence {
	struct text task, part, source, split, instance;
	int64_t number; /* running number within the instance */
	struct message *messages;
	size_t count;

	size_t capacity;     /* of messages */
	struct arena memory; /* texts that had to be decoded */
};

/* Reads one line into `s` (zero-initialised before the first use; its old contents are gone). Texts are slices of the line or lie in s->memory.
 * Unknown keys are passed over. */
bool sequence_parse(struct text line, struct sequence *s, struct error *e);
void sequence_free(struct sequence *s);

#endif
