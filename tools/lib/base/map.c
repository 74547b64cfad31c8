#include "base/map.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/memory.h"

static size_t find_slot(const struct map *m, struct text key, uint64_t hash) {
	size_t slot = (size_t)hash & (m->slot_count - 1);
	for (;; slot = (slot + 1) & (m->slot_count - 1)) {
		uint32_t index = m->slots[slot];
		if (!index) return slot;
		const struct map_entry *entry = &m->entries[index - 1];
		if (entry->hash == hash && text_equal(entry->key, key)) return slot;
	}
}

struct map_entry *map_find(const struct map *m, struct text key) {
	if (!m->count) return NULL;
	uint32_t index = m->slots[find_slot(m, key, XXH3_64bits(key.data, key.size))];
	return index ? &m->entries[index - 1] : NULL;
}

static void widen(struct map *m) {
	m->slot_count = m->slot_count ? m->slot_count * 2 : 16;
	free(m->slots);
	m->slots = memory_zeroed(m->slot_count, sizeof *m->slots);
	for (size_t i = 0; i < m->count; i++) {
		size_t slot = (size_t)m->entries[i].hash & (m->slot_count - 1);
		while (m->slots[slot]) slot = (slot + 1) & (m->slot_count - 1);
		m->slots[slot] = (uint32_t)(i + 1);
	}
}

struct map_entry *map_put(struct map *m, struct text key, bool *is_new) {
	if ((m->count + 1) * 4 > m->slot_count * 3) widen(m);
	uint64_t hash = XXH3_64bits(key.data, key.size);
	size_t slot = find_slot(m, key, hash);
	bool fresh = !m->slots[slot];
	if (fresh) {
		m->entries = memory_grow(m->entries, &m->capacity, m->count + 1, sizeof *m->entries);
		m->entries[m->count++] = (struct map_entry){arena_copy(&m->keys, key), hash, 0};
		m->slots[slot] = (uint32_t)m->count;
	}
	if (is_new) *is_new = fresh;
	return &m->entries[m->slots[slot] - 1];
}

void map_clear(struct map *m) {
	m->count = 0;
	if (m->slots) memset(m->slots, 0, m->slot_count * sizeof *m->slots);
	arena_reset(&m->keys);
}

void map_free(struct map *m) {
	free(m->entries);
	free(m->slots);
	arena_free(&m->keys);
	*m = (struct map){0};
}
