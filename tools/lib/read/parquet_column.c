#include "read/parquet_column.h"

#include <stdlib.h>

#include "base/memory.h"

void parquet_column_init(struct parquet_column *c, const struct parquet_file *f, const struct parquet_node *leaf, uint64_t *replaced) {
	*c = (struct parquet_column){.file = f, .node = leaf, .replaced = replaced, .values.node = leaf};
	c->batch = memory_zeroed(PARQUET_BATCH, sizeof *c->batch);
	c->defined = memory_zeroed(PARQUET_BATCH, 1);
	c->repeated = memory_zeroed(PARQUET_BATCH, 1);
}

bool parquet_column_start(struct parquet_column *c, struct error *e) {
	const struct parquet_chunk *chunk = &c->file->chunks[c->node->leaf];
	if (c->node->unknown) return error_set(e, STATUS_DATA, "it %s, which is not read", c->node->unknown);
	if (chunk->unknown) return error_set(e, STATUS_DATA, "it %s, which is not read", chunk->unknown);
	if (!chunk->present || chunk->physical != c->node->physical) return error_set(e, STATUS_DATA, "the footer does not say what it is");
	if (chunk->start > c->file->data_end) return error_set(e, STATUS_DATA, "it starts behind the end of the data");
	c->codec = chunk->codec;
	c->at = chunk->start;
	c->limit = c->file->data_end;
	c->chunk_end = chunk->size < c->limit - c->at ? c->at + chunk->size : c->limit;
	c->entries_left = chunk->entries;
	buffer_clear(&c->window);
	c->window_at = c->at;
	c->page_left = c->entry = c->entries = c->value = c->value_count = 0;
	c->has_dictionary = false;
	c->dictionary_count = 0;
	arena_reset(&c->dictionary_texts);
	return true;
}

static bool read_levels(struct hybrid *h, uint8_t *out, size_t count, uint8_t most, struct error *e) {
	uint32_t words[PARQUET_BATCH], highest = 0;
	if (!most) {
		memset(out, 0, count);
		return true;
	}
	if (!hybrid_read(h, words, count)) return error_set(e, STATUS_DATA, "the levels of a page are damaged");
	for (size_t i = 0; i < count; i++) {
		highest = words[i] > highest ? words[i] : highest;
		out[i] = (uint8_t)words[i];
	}
	return highest <= most || error_set(e, STATUS_DATA, "a level of %u, where %u is the most there can be", highest, most);
}

int parquet_column_fill(struct parquet_column *c, struct error *e) {
	if (!c->page_left) {
		if (c->value != c->value_count) { /* cannot be: every value has an entry */
			error_set(e, STATUS_DATA, "more values than entries");
			return -1;
		}
		if (!c->entries_left) return 0;
		if (!parquet_page_next(c, e)) return -1;
	}
	size_t count = c->page_left < PARQUET_BATCH ? (size_t)c->page_left : PARQUET_BATCH;
	if (!read_levels(&c->repetitions, c->repeated, count, c->node->repeated, e) ||
		!read_levels(&c->definitions, c->defined, count, c->node->defined, e))
		return -1;
	c->page_left -= count;
	c->entry = 0;
	c->entries = count;
	return 1;
}

/* How many values the rest of the batch of entries has: decoding stays in step with it, so no page is left while values of it wait. */
static size_t values_ahead(const struct parquet_column *c) {
	size_t count = 0;
	if (!c->node->defined) return c->entries - c->entry;
	for (size_t i = c->entry; i < c->entries; i++) count += c->defined[i] == c->node->defined;
	return count;
}

static bool more_values(struct parquet_column *c, struct error *e) {
	c->value = 0;
	c->value_count = parquet_values_read(&c->values, c->batch, values_ahead(c), e);
	return c->value_count > 0;
}

bool parquet_column_value(struct parquet_column *c, struct cell *cell, struct error *e) {
	if (c->value == c->value_count && !more_values(c, e)) return false;
	size_t at = c->value++;
	c->entry++;
	if (parquet_from_dictionary(c->values.encoding)) {
		uint32_t index = c->values.words[at];
		if (index >= c->dictionary_count)
			return error_set(e, STATUS_DATA, "value %u of a dictionary of %zu", index, c->dictionary_count);
		*cell = c->dictionary[index];
		return true;
	}
	return parquet_cell(c->node, &c->batch[at], &c->scratch, c->replaced, cell) || error_set(e, STATUS_DATA, "a decimal is too long");
}

void parquet_column_free(struct parquet_column *c) {
	buffer_free(&c->window);
	buffer_free(&c->page);
	buffer_free(&c->scratch);
	buffer_free(&c->dictionary_page);
	buffer_free(&c->values.texts);
	arena_free(&c->dictionary_texts);
	free(c->values.integers);
	free(c->values.words);
	free(c->dictionary);
	free(c->batch);
	free(c->defined);
	free(c->repeated);
}
