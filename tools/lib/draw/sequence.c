#include "draw/sequence.h"

#include <stdlib.h>

#include "base/mathematics.h"
#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"

struct weighted_item {
	double key;
	uint32_t item;
};

/* The generator of one decision about a sample, a chunk or (with `permutation`) a sequence. */
static struct random decide(struct random_key instance, const char *what, uint64_t sample, uint64_t permutation) {
	struct random_key key = random_key_integer(random_key_text(instance, text_of(what)), (int64_t)sample);
	return random_start(random_key_integer(key, (int64_t)permutation));
}

static size_t draw_length(const struct sequence_law *law, struct random_key instance, uint64_t sample, size_t most) {
	int64_t length = law->length;
	if (law->length_gp > 0) {
		struct random r = decide(instance, "length", sample, 0);
		length = random_gp(&r, law->length_gp);
	}
	return (uint64_t)length < most ? (size_t)length : most;
}

static void cut_into_chunks(struct sequence_plan *plan, struct draw_instance *i) {
	const struct sequence_law *law = &i->task->law;
	struct random r = decide(plan->key, "all", 0, 0);
	plan->shuffled = arena_allocate(&i->memory, i->count * sizeof *plan->shuffled);
	for (size_t k = 0; k < i->count; k++) plan->shuffled[k] = (uint32_t)k;
	random_shuffle(&r, plan->shuffled, i->count);
	plan->ends = arena_allocate(&i->memory, i->count * sizeof *plan->ends);
	size_t chunks = 0;
	for (size_t end = 0; end < i->count; chunks++) {
		end += draw_length(law, plan->key, chunks, i->count - end);
		plan->ends[chunks] = (uint32_t)end;
	}
	plan->count = chunks * (uint64_t)law->permutations;
	plan->length = (double)i->count / (double)chunks;
}

bool sequence_plan_make(struct sequence_plan *plan, struct draw_instance *i, uint64_t seed) {
	const struct draw_task *task = i->task;
	struct random_key key = random_key_text(random_key_text(random_key_start(seed), task->source), task->name);
	*plan = (struct sequence_plan){.key = random_key_text(random_key_text(key, task->part), i->name)};
	if (task->law.all) {
		cut_into_chunks(plan, i);
		return true;
	}
	for (size_t k = 0; k < i->count; k++) plan->usable += i->examples[k].weight > 0;
	plan->count = (uint64_t)task->law.repeat * (uint64_t)task->law.permutations;
	double most = (double)plan->usable, length = task->law.length_gp > 0 ? task->law.length_gp : (double)task->law.length;
	plan->length = length < most ? length : most;
	return plan->usable > 0;
}

uint64_t sequence_rank(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t number) {
	uint64_t permutations = (uint64_t)i->task->law.permutations;
	uint64_t turn = number % permutations * (plan->count / permutations) + number / permutations;
	uint64_t hash = random_key_hash(random_key_integer(random_key_text(plan->key, text_of("cap")), (int64_t)number));
	return (turn < UINT32_MAX ? turn : UINT32_MAX) << 32 | hash >> 32;
}

void sequence_scratch_start(struct sequence_scratch *s) { s->sample = s->orders = 0; }

void sequence_scratch_free(struct sequence_scratch *s) {
	free(s->items);
	free(s->order);
	free(s->keys);
	free(s->picked);
	map_free(&s->seen);
	buffer_free(&s->description);
	*s = (struct sequence_scratch){0};
}

static int by_key(const void *a, const void *b) {
	const struct weighted_item *x = a, *y = b;
	if (x->key != y->key) return x->key < y->key ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Puts the examples `from[0 … n−1]` (NULL: all) in the order of successive weighted draws and gives the first `size` of them. */
static void weighted_order(const struct draw_instance *i, const uint32_t *from, size_t n, struct random *r, struct sequence_scratch *s,
	uint32_t *out, size_t size) {
	size_t count = 0;
	s->keys = memory_grow(s->keys, &s->key_room, n, sizeof *s->keys);
	for (size_t k = 0; k < n; k++) {
		uint32_t item = from ? from[k] : (uint32_t)k;
		double weight = i->examples[item].weight, wait = -math_log1p(-random_uniform(r));
		if (weight > 0) s->keys[count++] = (struct weighted_item){wait / weight, item};
	}
	qsort(s->keys, count, sizeof *s->keys, by_key);
	for (size_t k = 0; k < size; k++) out[k] = s->keys[k].item;
}

/* Fills s->items with sample or chunk number `sample`. */
static void take_sample(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t sample, struct sequence_scratch *s) {
	const struct sequence_law *law = &i->task->law;
	if (s->sample == sample + 1) return;
	s->sample = sample + 1;
	s->orders = 0;
	map_clear(&s->seen);
	if (law->all) {
		size_t first = sample ? plan->ends[sample - 1] : 0;
		s->size = plan->ends[sample] - first;
		s->items = memory_grow(s->items, &s->room, s->size, sizeof *s->items);
		memcpy(s->items, plan->shuffled + first, s->size * sizeof *s->items);
		return;
	}
	struct random r = decide(plan->key, "sample", sample, 0);
	s->size = draw_length(law, plan->key, sample, plan->usable);
	s->items = memory_grow(s->items, &s->room, s->size, sizeof *s->items);
	if (i->weighted) {
		weighted_order(i, NULL, i->count, &r, s, s->items, s->size);
		return;
	}
	s->picked = memory_grow(s->picked, &s->picked_room, s->size, sizeof *s->picked);
	random_pick(&r, i->count, s->size, s->picked);
	for (size_t k = 0; k < s->size; k++) s->items[k] = (uint32_t)s->picked[k];
}

static bool is_new_order(struct sequence_scratch *s, const uint32_t *order) {
	struct random_key hash = random_key_text(random_key_start(0), text_make((const char *)order, s->size * sizeof *order));
	bool is_new;
	map_put(&s->seen, text_make((const char *)&hash, sizeof hash), &is_new);
	return is_new;
}

/* The order of a permutation other than 0 in s->order. Unweighted orders are drawn from 0 on, so that each can differ from those before it whichever are
 * asked for; after 64 equal ones there are too few orders. */
static void take_order(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t permutation, struct sequence_scratch *s) {
	uint64_t sample = s->sample - 1;
	s->order = memory_grow(s->order, &s->order_room, s->size, sizeof *s->order);
	if (i->weighted && !i->task->law.all) {
		struct random r = decide(plan->key, "order", sample, permutation);
		weighted_order(i, s->items, s->size, &r, s, s->order, s->size);
		return;
	}
	if (s->orders > permutation) {
		s->orders = 0;
		map_clear(&s->seen);
	}
	if (!s->orders) {
		is_new_order(s, s->items);
		s->orders = 1;
	}
	for (; s->orders <= permutation; s->orders++) {
		struct random r = decide(plan->key, "order", sample, s->orders);
		int tries = 0;
		do {
			memcpy(s->order, s->items, s->size * sizeof *s->order);
			random_shuffle(&r, s->order, s->size);
		} while (!is_new_order(s, s->order) && ++tries < 64);
	}
}

static void add_message(struct buffer *out, const char *role, struct text content, size_t example) {
	buffer_add_string(out, "{\"role\":\"");
	buffer_add_string(out, role);
	buffer_add_string(out, "\",\"content\":");
	buffer_add_text(out, content);
	if (example != SIZE_MAX) {
		buffer_add_string(out, ",\"example\":");
		number_add_integer(out, (int64_t)example);
	}
	buffer_add_char(out, '}');
}

/* Decides on the description and opens the list of messages; whether there is a message in it. */
static bool add_description(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t number, struct sequence_scratch *s,
	bool ascii, struct buffer *out) {
	struct random r = decide(plan->key, "description", number, 0);
	uint64_t variant;
	bool shown =
		random_uniform(&r) < i->task->law.description_probability && templates_pick(&i->task->templates, i->missing, &r, &variant);
	if (shown) {
		buffer_add_string(out, ",\"variant\":");
		number_add_integer(out, (int64_t)variant);
	}
	buffer_add_string(out, ",\"messages\":[");
	if (!shown) return false;
	buffer_clear(&s->description);
	templates_render(&i->task->templates, variant, i->values, &s->description);
	buffer_add_string(out, "{\"role\":\"description\",\"content\":");
	json_add_string(out, buffer_text(&s->description), ascii);
	buffer_add_char(out, '}');
	return true;
}

void sequence_write(const struct draw_instance *i, const struct sequence_plan *plan, uint64_t number, struct sequence_scratch *s,
	bool ascii, struct buffer *out) {
	uint64_t permutations = (uint64_t)i->task->law.permutations, permutation = number % permutations;
	take_sample(i, plan, number / permutations, s);
	if (permutation) take_order(i, plan, permutation, s);
	const uint32_t *order = permutation ? s->order : s->items;
	buffer_add_text(out, i->task->head);
	buffer_add_text(out, i->head);
	buffer_add_string(out, ",\"sequence\":");
	number_add_integer(out, (int64_t)number);
	bool comma = add_description(i, plan, number, s, ascii, out);
	for (size_t k = 0; k < s->size; k++) {
		const struct draw_example *example = &i->examples[order[k]];
		if (comma) buffer_add_char(out, ',');
		comma = true;
		if (example->input.size) {
			add_message(out, "input", example->input, k);
			buffer_add_char(out, ',');
		}
		add_message(out, "output", example->output, k);
	}
	buffer_add_char(out, ']');
	buffer_add_text(out, i->task->extra);
	buffer_add_text(out, i->extra);
	buffer_add_string(out, "}\n");
}
