/* shuffle: token rows of all tasks in one random order, in bounded memory.
 *
 * A row's place is the hash of (seed, split, source, task, part, instance, sequence), ties broken by content, so the order depends neither on
 * that of the input nor on memory or threads. What exceeds the memory is written in sorted runs to one temporary file, without a name from the
 * start (nothing stays behind, whatever ends the program), and merged. */
#ifndef SPECTRUM_SHUFFLE_H
#define SPECTRUM_SHUFFLE_H

#include "shard/row.h"

enum { SHUFFLE_MEMORY_LEAST = 1 << 20 };

struct shuffle;

/* `folder` holds the temporary file if one is needed; `memory` in bytes, at least SHUFFLE_MEMORY_LEAST. */
struct shuffle *shuffle_open(const char *folder, uint64_t memory, uint64_t seed, struct error *e);

/* Takes a copy of the row; its split must be train or test. */
bool shuffle_add(struct shuffle *s, const struct token_row *row, struct error *e);

/* Ends adding. */
bool shuffle_sort(struct shuffle *s, struct error *e);

/* 1 = a row, valid until the next call: first all of train, then all of test; 0 = end; -1 = failure. Two rows of the same split, source, task,
 * part, instance and sequence are one. */
int shuffle_next(struct shuffle *s, struct token_row *row, struct error *e);

void shuffle_close(struct shuffle *s);

#endif
