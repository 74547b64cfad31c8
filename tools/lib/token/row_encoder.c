#include "token/row_encoder.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"

enum {
	CACHE_BYTES = 32 << 20, /* of texts and ids a worker keeps; then it starts afresh */
	CACHE_LONGEST = 1 << 14 /* longer texts hardly ever come twice */
};

struct row_encoder {
	struct row_options options;
	const struct format *format;
	int32_t *marker_ids; /* by marker of the family; -1: the tokeniser lacks it */
	int begin, end;
	size_t limit;
};

struct row_worker {
	const struct row_encoder *encoder;
	struct tokenizer_scratch *scratch;
	struct segments segments;
	struct map cache; /* text → start in `cached` << 32 | count */
	struct token_ids cached;
	struct token_ids single; /* of a text too long for the cache */
	size_t cache_bytes;
	struct token_ids ids, labels;
	int16_t *example;
	size_t example_room;
};

struct row_encoder *row_encoder_open(const struct row_options *options, struct error *e) {
	const struct format *format = family_format(options->family, options->format, e);
	if (!format) return NULL;
	int end = family_end(options->family, options->variant, e);
	if (end < 0) return NULL;
	struct row_encoder *r = memory_zeroed(1, sizeof *r);
	r->options = *options;
	r->format = format;
	r->begin = family_begin(options->family);
	r->end = end;
	r->limit = options->max_length < ROW_LONGEST ? options->max_length : ROW_LONGEST;
	size_t count = family_marker_count(options->family);
	r->marker_ids = memory_zeroed(count + 1, sizeof *r->marker_ids);
	for (size_t i = 0; i < count; i++) r->marker_ids[i] = tokenizer_special(options->tokenizer, family_marker(options->family, i));
	return r;
}

void row_encoder_close(struct row_encoder *r) {
	if (!r) return;
	free(r->marker_ids);
	free(r);
}

struct row_worker *row_worker_make(const struct row_encoder *r) {
	struct row_worker *w = memory_zeroed(1, sizeof *w);
	w->encoder = r;
	w->scratch = tokenizer_scratch_make(r->options.tokenizer);
	return w;
}

void row_worker_free(struct row_worker *w) {
	if (!w) return;
	tokenizer_scratch_free(w->scratch);
	segments_free(&w->segments);
	map_free(&w->cache);
	token_ids_free(&w->cached);
	token_ids_free(&w->single);
	token_ids_free(&w->ids);
	token_ids_free(&w->labels);
	free(w->example);
	free(w);
}

static bool encode(struct row_worker *w, struct text text, struct token_ids *out, struct error *e) {
	const struct row_options *o = &w->encoder->options;
	return o->specials ? tokenizer_encode_specials(o->tokenizer, w->scratch, text, out, e)
			   : tokenizer_encode(o->tokenizer, w->scratch, text, out, e);
}

static void bound_cache(struct row_worker *w, size_t cost) {
	if (w->cache_bytes + cost <= CACHE_BYTES) return;
	map_clear(&w->cache);
	w->cached.count = 0;
	w->cache_bytes = 0;
}

/* The ids of a text, from the cache if it has them. Valid until the next call. */
static bool look_up(struct row_worker *w, struct text text, const int32_t **ids, size_t *count, struct error *e) {
	if (text.size > CACHE_LONGEST) {
		w->single.count = 0;
		if (!encode(w, text, &w->single, e)) return false;
		*ids = w->single.ids;
		*count = w->single.count;
		return true;
	}
	struct map_entry *entry = map_find(&w->cache, text);
	uint64_t place = entry ? entry->value : 0;
	if (!entry) {
		size_t cost = text.size + sizeof *entry + 2 * sizeof(uint32_t);
		bound_cache(w, cost);
		size_t start = w->cached.count;
		if (!encode(w, text, &w->cached, e)) return false;
		place = (uint64_t)start << 32 | (w->cached.count - start);
		map_put(&w->cache, text, NULL)->value = place;
		w->cache_bytes += cost + (w->cached.count - start) * sizeof *w->cached.ids;
	}
	*ids = w->cached.ids + (place >> 32);
	*count = (size_t)(uint32_t)place;
	return true;
}

static void add(struct row_worker *w, int32_t id, bool loss) {
	token_ids_add(&w->ids, id);
	token_ids_add(&w->labels, loss ? id : LABEL_NONE);
}

static bool add_marker(struct row_worker *w, int marker, bool loss, struct error *e) {
	const struct row_options *o = &w->encoder->options;
	int32_t id = w->encoder->marker_ids[marker];
	if (id < 0)
		return error_set(e, STATUS_USAGE,
			"the tokeniser has no special token '%.*s', which the family '%s' needs; give it another --family",
			TEXT_ARGS(family_marker(o->family, (size_t)marker)), family_name(o->family));
	add(w, id, loss);
	return true;
}

static bool add_piece(struct row_worker *w, const struct piece *p, struct error *e) {
	if (p->marker >= 0) return add_marker(w, p->marker, p->loss, e);
	const int32_t *ids;
	size_t count;
	if (!look_up(w, segments_text(&w->segments, p), &ids, &count, e)) return false;
	for (size_t i = 0; i < count && w->ids.count < w->encoder->limit; i++) add(w, ids[i], p->loss);
	return true;
}

/* Each run of labels is one output. */
static void number_examples(struct row_worker *w, struct encoded_row *out) {
	int16_t number = -1;
	w->example = memory_grow(w->example, &w->example_room, out->count, sizeof *w->example);
	out->example = w->example;
	out->label_count = 0;
	for (size_t i = 0; i < out->count; i++) {
		bool loss = out->labels[i] != LABEL_NONE;
		if (loss && (i == 0 || out->labels[i - 1] == LABEL_NONE)) number++;
		out->example[i] = loss ? number : -1;
		out->label_count += loss;
	}
}

bool row_worker_encode(struct row_worker *w, const struct message *messages, size_t count, struct encoded_row *out, struct error *e) {
	const struct row_encoder *r = w->encoder;
	if (!format_segments(r->format, messages, count, false, &w->segments, e)) return false;
	w->ids.count = w->labels.count = 0;
	if (r->begin >= 0 && !add_marker(w, r->begin, false, e)) return false;
	for (size_t i = 0; i < w->segments.count && w->ids.count < r->limit; i++)
		if (!add_piece(w, &w->segments.pieces[i], e)) return false;
	bool ended = w->ids.count && w->ids.ids[w->ids.count - 1] == r->marker_ids[r->end];
	if (w->ids.count < r->limit && !ended && !add_marker(w, r->end, false, e)) return false;
	*out = (struct encoded_row){.ids = w->ids.ids, .labels = w->labels.ids, .count = w->ids.count};
	number_examples(w, out);
	return true;
}
