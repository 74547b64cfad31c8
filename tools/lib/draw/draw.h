/* draw: streams of task instances → sequences, with threads; the same bytes for any number of them. */
#ifndef SPECTRUM_DRAW_H
#define SPECTRUM_DRAW_H

#include "base/stream.h"

struct draw_options {
	uint64_t seed;
	size_t threads;           /* ≥ 1 */
	bool ascii;               /* escape all that is not ASCII */
	size_t limit;             /* at most so many sequences a task line, as if `max_sequences` were no larger; 0 = no limit */
	const char *const *tasks; /* only these, NULL-terminated; NULL = all */
};

struct draw;

/* Options and output are borrowed until draw_close. */
struct draw *draw_open(const struct draw_options *options, struct output *out);

/* All of one stream ("-" = standard input). Of a task line with `max_sequences` m, the m sequences with the smallest sequence_rank are kept: as many
 * of each instance, where they last. They keep their numbers and their order. */
bool draw_file(struct draw *d, const char *path, struct error *e);

/* Whether any of the tasks came so far. */
bool draw_found_tasks(const struct draw *d);

/* Waits for what is under way. False when something failed that draw_file has not told. */
bool draw_close(struct draw *d, struct error *e);

#endif
