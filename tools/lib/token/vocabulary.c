#include "token/vocabulary.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/memory.h"

static void head_of(struct text token, char head[8]) {
	memset(head, 0, 8);
	if (token.size) memcpy(head, token.data, token.size < 8 ? token.size : 8);
}

static bool is_token(const struct vocabulary *v, uint32_t id, struct text token, const char head[8]) {
	const struct vocabulary_entry *entry = &v->entries[id];
	if (entry->size != token.size || memcmp(entry->head, head, 8)) return false;
	return token.size <= 8 || !memcmp(v->bytes + entry->at + 8, token.data + 8, token.size - 8);
}

static uint32_t tag_of(struct text token) { return (uint32_t)(XXH3_64bits(token.data ? token.data : "", token.size) >> 32); }

/* The slot that holds `token`, or the empty one where it would go. */
static struct vocabulary_slot *slot_of(const struct vocabulary *v, struct text token, uint32_t tag) {
	char head[8];
	head_of(token, head);
	for (size_t i = tag & v->mask;; i = (i + 1) & v->mask) {
		struct vocabulary_slot *slot = &v->slots[i];
		if (slot->id == UINT32_MAX) return slot;
		if (slot->tag == tag && is_token(v, slot->id, token, head)) return slot;
	}
}

void vocabulary_reserve(struct vocabulary *v, size_t tokens) {
	size_t room = 64;
	while (room < tokens * 2) room *= 2;
	if (v->slots && room <= v->mask + 1) return;
	struct vocabulary_slot *old = v->slots;
	size_t old_room = old ? v->mask + 1 : 0;
	v->slots = memory_allocate(room * sizeof *v->slots);
	memset(v->slots, 0xFF, room * sizeof *v->slots);
	v->mask = room - 1;
	for (size_t i = 0; i < old_room; i++) {
		if (old[i].id == UINT32_MAX) continue;
		size_t to = old[i].tag & v->mask;
		while (v->slots[to].id != UINT32_MAX) to = (to + 1) & v->mask;
		v->slots[to] = old[i];
	}
	free(old);
}

bool vocabulary_add(struct vocabulary *v, struct text token, uint32_t id, bool found) {
	if (id >= VOCABULARY_LIMIT || token.size >= UINT32_MAX - v->byte_count) return false;
	if (vocabulary_has(v, (int32_t)id)) return text_equal(vocabulary_text(v, (int32_t)id), token);
	if (!v->slots || (v->used + 1) * 2 > v->mask + 1) vocabulary_reserve(v, v->used + 1);
	size_t before = v->count;
	if (id >= v->count) {
		v->entries = memory_grow(v->entries, &v->capacity, (size_t)id + 1, sizeof *v->entries);
		for (size_t i = before; i <= id; i++) v->entries[i].size = UINT32_MAX;
		v->count = (size_t)id + 1;
	}
	v->bytes = memory_grow(v->bytes, &v->byte_capacity, v->byte_count + token.size, 1);
	if (token.size) memcpy(v->bytes + v->byte_count, token.data, token.size);
	v->entries[id].at = (uint32_t)v->byte_count;
	v->entries[id].size = (uint32_t)token.size;
	head_of(token, v->entries[id].head);
	v->byte_count += token.size;
	if (!found) return true;
	uint32_t tag = tag_of(token);
	struct vocabulary_slot *slot = slot_of(v, token, tag);
	if (slot->id == UINT32_MAX) v->used++;
	*slot = (struct vocabulary_slot){tag, id};
	return true;
}

int32_t vocabulary_find(const struct vocabulary *v, struct text token) {
	if (!v->slots) return -1;
	uint32_t id = slot_of(v, token, tag_of(token))->id;
	return id == UINT32_MAX ? -1 : (int32_t)id;
}

void vocabulary_find_all(const struct vocabulary *v, const struct text *tokens, size_t count, int32_t ids[VOCABULARY_BATCH]) {
	uint32_t tags[VOCABULARY_BATCH];
	for (size_t i = 0; i < count; i++) {
		ids[i] = -1;
		tags[i] = tag_of(tokens[i]);
		if (v->slots) __builtin_prefetch(&v->slots[tags[i] & v->mask]);
	}
	if (!v->slots) return;
	for (size_t i = 0; i < count; i++) {
		uint32_t id = v->slots[tags[i] & v->mask].id;
		if (id != UINT32_MAX) __builtin_prefetch(&v->entries[id]);
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t id = slot_of(v, tokens[i], tags[i])->id;
		ids[i] = id == UINT32_MAX ? -1 : (int32_t)id;
	}
}

void vocabulary_free(struct vocabulary *v) {
	free(v->entries);
	free(v->bytes);
	free(v->slots);
	*v = (struct vocabulary){0};
}
