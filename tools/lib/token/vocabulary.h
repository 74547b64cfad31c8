/* vocabulary: token strings and their ids, looked up both ways. Ids may have holes. Zero-initialise, free once; read-only when filled. */
#ifndef SPECTRUM_TOKEN_VOCABULARY_H
#define SPECTRUM_TOKEN_VOCABULARY_H

#include "base/text.h"

enum { VOCABULARY_LIMIT = 1000000 }; /* ids are below this */

struct vocabulary_entry {
	uint32_t at, size; /* in bytes; size is UINT32_MAX when the id has no token */
	char head[8];      /* its first bytes, filled up with zeros: short strings are compared without another fetch from memory */
};

struct vocabulary_slot {
	uint32_t tag, id; /* id UINT32_MAX = empty */
};

struct vocabulary {
	struct vocabulary_entry *entries; /* by id */
	size_t count, capacity;           /* highest id + 1 */
	char *bytes;
	size_t byte_count, byte_capacity;
	struct vocabulary_slot *slots;
	size_t mask, used;
};

/* Room for `tokens` tokens, so that filling does not rehash. */
void vocabulary_reserve(struct vocabulary *v, size_t tokens);

/* Adds a token. A string that is there already gets the new id. False when the id is out of range or taken by another string, or the strings
 * together are above 4 GiB. `found` = false keeps the string for vocabulary_text only, vocabulary_find will not see it. */
bool vocabulary_add(struct vocabulary *v, struct text token, uint32_t id, bool found);

/* The id of a token, or -1. */
int32_t vocabulary_find(const struct vocabulary *v, struct text token);

/* The same for `count` tokens at once, faster: their places in memory are fetched side by side. */
enum { VOCABULARY_BATCH = 96 };
void vocabulary_find_all(const struct vocabulary *v, const struct text *tokens, size_t count, int32_t ids[VOCABULARY_BATCH]);

/* Whether an id has a token, and its string. */
static inline bool vocabulary_has(const struct vocabulary *v, int32_t id) {
	return id >= 0 && (size_t)id < v->count && v->entries[id].size != UINT32_MAX;
}
static inline struct text vocabulary_text(const struct vocabulary *v, int32_t id) {
	return text_make(v->bytes + v->entries[id].at, v->entries[id].size);
}

void vocabulary_free(struct vocabulary *v);

#endif
