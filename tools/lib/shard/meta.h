/* meta: meta.json beside index.json: what a data set was made from and what it holds.
 *
 *     {"tool":"spectrum","version":…,"split":"train","tokenizer":{"file":…,"sha256":…,"kind":…,"size":…},"family":…,"variant":…,"format":…,
 *      "max_length":…,"seed":…,"sources":{"polis":{…},…},"counts":{"rows":…,"tokens":…,"labels":…,"tasks":{"polis_vote":{…}}},
 *      "libraries":{"zstd":…}}
 *
 * What is not known (rows that came through a pipe) is left out. */
#ifndef SPECTRUM_META_H
#define SPECTRUM_META_H

#include "base/map.h"
#include "shard/row.h"

/* Rows, tokens and tokens with loss of a data set and of each of its tasks. Zero-initialise. */
struct meta_count {
	uint64_t rows, tokens, labels;
};
struct meta_counts {
	struct meta_count all, *tasks;
	size_t room;
	struct map names, sources; /* task → index into tasks */
};
void meta_count_row(struct meta_counts *c, const struct token_row *row);
void meta_counts_free(struct meta_counts *c);

/* The tokenizer that FOLDER/meta.json names: its file and SHA-256, in `file` and `sha256` (cleared first; empty when not known). */
bool meta_tokenizer(const char *folder, struct buffer *file, struct buffer *sha256, struct error *e);

struct meta; /* what the inputs' meta.json files say, put together */
struct meta *meta_make(void);

/* Takes in FOLDER/meta.json, if there is one. Inputs with different tokenizers, formats, families, lengths or revisions of a source are an error. */
bool meta_merge(struct meta *m, const char *folder, struct error *e);

/* Adds the meta.json of a packed split. */
void meta_add_json(struct buffer *b, const struct meta *m, const char *split, int64_t seed, const struct meta_counts *counts);
void meta_free(struct meta *m);

#endif
