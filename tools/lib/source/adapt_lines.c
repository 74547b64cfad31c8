/* Rows of a task's view as lines of the instance stream. */

#include "base/number.h"
#include "json/json.h"
#include "source/adapt_parts.h"

static void add_law(struct buffer *b, const struct sequence_law *law) {
	json_add_key(b, "sequence");
	buffer_printf(b, "{\"mode\":\"%s\",\"repeat\":%lld,\"length\":", law->all ? "all" : "once", (long long)law->repeat);
	if (law->length_gp == 0) {
		number_add_integer(b, law->length);
	} else {
		buffer_add_string(b, "{\"gp\":");
		if (law->length_gp == (double)(int64_t)law->length_gp) number_add_integer(b, (int64_t)law->length_gp);
		else number_add_real(b, law->length_gp);
		buffer_add_char(b, '}');
	}
	buffer_printf(b, ",\"permutations\":%lld,\"description_probability\":", (long long)law->permutations);
	number_add_real(b, law->description_probability);
	if (law->max_sequences) buffer_printf(b, ",\"max_sequences\":%lld", (long long)law->max_sequences);
	buffer_add_char(b, '}');
}

void adapt_write_task(struct adapt_writer *w) {
	const struct source_task *t = w->task;
	struct buffer *b = &w->lines;
	buffer_add_char(b, '{');
	json_add_pair(b, "task", text_of(t->name), false);
	json_add_pair(b, "part", text_of(t->part), false);
	json_add_pair(b, "source", text_of(w->a->source->id), false);
	json_add_pair(b, "split", text_of(t->test ? "test" : "train"), false);
	json_add_texts(b, "given", t->given, t->given_count);
	json_add_texts(b, "generate", t->generate, t->generate_count);
	json_add_texts(b, "descriptions", t->descriptions, t->description_count);
	add_law(b, &t->sequence);
	buffer_add_string(b, "}\n");
	w->start = b->size;
}

static bool within(struct adapt_writer *w) {
	return error_within(w->e, "%s: task '%s': instance '%.200s'", w->a->source->id, w->task->name, buffer_string(&w->next_key));
}

/* The present row's instance name in next_key; false in `*whole` when a part of it is NULL. */
static bool make_key(struct adapt_writer *w, bool *whole) {
	buffer_clear(&w->next_key);
	*whole = true;
	for (size_t i = 0; i < w->task->instance_count; i++) {
		int at = w->q->instance[i];
		*whole &= w->row[at].type != SQLITE_NULL;
		buffer_clear(&w->text);
		if (!adapt_add_text(&w->text, &w->row[at], &w->q->columns[at], w->e)) return within(w);
		if (i) buffer_add_char(&w->next_key, '/');
		adapt_add_key(&w->next_key, buffer_text(&w->text));
	}
	return true;
}

static bool is_number(const struct adapt_cell *cell) { return cell->type == SQLITE_INTEGER || cell->type == SQLITE_FLOAT; }

static double number_of(const struct adapt_cell *cell) { return cell->type == SQLITE_INTEGER ? (double)cell->integer : cell->real; }

/* The known law of the instance's outputs, as one object. */
static bool add_target(struct adapt_writer *w, struct buffer *b) {
	struct json_value object, key, value;
	double p;
	buffer_clear(&w->text);
	if (!adapt_add_text(&w->text, &w->row[w->q->target], &(struct adapt_column){.name = w->task->target}, w->e)) return within(w);
	struct text law = buffer_text(&w->text);
	bool good = json_check(law, &object, NULL) && object.type == JSON_OBJECT;
	for (struct json_walk walk = json_walk_start(object); good && json_walk_next(&walk, &key, &value);)
		good = value.type == JSON_NUMBER && number_parse_real(value.raw, &p) && p >= 0 && p <= 1;
	if (!good) {
		error_set(w->e, STATUS_DATA,
			"column '%s' is the \"target\" and should hold the output's probability, or a JSON object {output: probability}, "
			"from 0 to 1, but holds '%.*s'",
			w->task->target, law.size > 80 ? 80 : (int)law.size, law.data);
		return within(w);
	}
	buffer_add_string(b, ",\"target\":");
	json_add_value(b, object, false, false);
	return true;
}

/* What must be constant in an instance, the values and the target, as members of the instance line. */
static bool make_values(struct adapt_writer *w, struct buffer *b) {
	buffer_clear(b);
	for (size_t i = 0; i < w->q->value_count; i++) {
		int at = w->q->values[i];
		if (!i) buffer_add_string(b, ",\"values\":{");
		json_add_key(b, w->q->columns[at].name);
		buffer_clear(&w->text);
		if (!adapt_add_text(&w->text, &w->row[at], &w->q->columns[at], w->e)) return within(w);
		if (w->row[at].type == SQLITE_NULL) buffer_add_string(b, "null");
		else json_add_string(b, buffer_text(&w->text), false);
	}
	if (w->q->value_count) buffer_add_char(b, '}');
	const struct adapt_cell *target = w->q->target < 0 ? NULL : &w->row[w->q->target];
	return !target || target->type == SQLITE_NULL || is_number(target) || add_target(w, b);
}

static bool same_cell(const struct adapt_cell *a, const struct adapt_cell *b) {
	if (a->type != b->type) return false;
	if (a->type == SQLITE_INTEGER) return a->integer == b->integer;
	if (a->type == SQLITE_FLOAT) return !memcmp(&a->real, &b->real, sizeof a->real); /* NOLINT: the same bits are meant */
	return a->type != SQLITE_TEXT || a->text.data == b->text.data || text_equal(a->text, b->text);
}

/* Whether the present row has the values and the target of the row before, without rendering them again. */
static bool same_constants(const struct adapt_writer *w) {
	if (!w->first) return false;
	for (size_t i = 0; i < w->q->value_count; i++)
		if (!same_cell(&w->first[w->q->values[i]], &w->row[w->q->values[i]])) return false;
	if (w->q->target < 0) return true;
	const struct adapt_cell *was = &w->first[w->q->target], *is = &w->row[w->q->target];
	return (is_number(was) && is_number(is)) || same_cell(was, is);
}

/* Which column differs between the instance's first row (in `values`) and the present one, for the message. */
static bool not_constant(struct adapt_writer *w) {
	const char *column = w->task->target ? w->task->target : w->q->columns[w->q->values[0]].name;
	struct text now = buffer_text(&w->next_values);
	struct json_value was, is;
	struct buffer a = {0}, b = {0};
	buffer_printf(&a, "{\"instance\":0%.*s}", (int)w->values.size, w->values.data);
	buffer_printf(&b, "{\"instance\":0%.*s}", (int)now.size, now.data);
	if (w->q->value_count && json_check(buffer_text(&a), &was, NULL) && json_check(buffer_text(&b), &is, NULL)) {
		struct json_walk before = json_walk_start(json_member(was, "values")), after = json_walk_start(json_member(is, "values"));
		struct json_value x, y;
		for (size_t i = 0; json_walk_next(&before, NULL, &x) && json_walk_next(&after, NULL, &y); i++)
			if (!text_equal(x.raw, y.raw)) {
				column = w->q->columns[w->q->values[i]].name;
				break;
			}
	}
	buffer_free(&a);
	buffer_free(&b);
	error_set(w->e, STATUS_DATA,
		"column '%s' differs between rows of the instance, but a description or the target shows one value an instance; take the "
		"instance's own value "
		"in the view, or add the column to \"instance\"",
		column);
	return within(w);
}

/* Rows that tell the probability of their own output: the instance's line gets the law that they make together. */
static void insert_law(struct adapt_writer *w) {
	buffer_clear(&w->text);
	for (size_t i = 0; i < w->law.count; i++) {
		double p;
		memcpy(&p, &w->law.entries[i].value, sizeof p);
		buffer_add_string(&w->text, i ? "," : ",\"target\":{");
		json_add_string(&w->text, w->law.entries[i].key, false);
		buffer_add_char(&w->text, ':');
		number_add_real(&w->text, p);
	}
	buffer_add_char(&w->text, '}');
	size_t more = w->text.size, at = w->start + w->law_at;
	buffer_reserve(&w->lines, more);
	memmove(w->lines.data + at + more, w->lines.data + at, w->lines.size - at);
	memcpy(w->lines.data + at, w->text.data, more);
	w->lines.size += more;
}

void adapt_write_end(struct adapt_writer *w) {
	if (!w->open) return;
	w->open = false;
	if (w->held < (uint64_t)w->task->min_examples) {
		w->tally.too_few += w->held;
		w->tally.examples -= w->held;
		w->tally.used -= w->held;
		w->lines.size = w->start;
	} else {
		if (w->law.count) insert_law(w);
		w->tally.instances++;
		w->start = w->lines.size;
	}
}

static bool start_instance(struct adapt_writer *w) {
	adapt_write_end(w);
	w->full = w->limit && w->tally.instances == w->limit;
	if (w->full) return true;
	buffer_clear(&w->key);
	buffer_add_text(&w->key, buffer_text(&w->next_key));
	w->open = true;
	w->held = 0;
	map_clear(&w->law);
	if (!make_values(w, &w->values)) return false;
	buffer_add_char(&w->lines, '{');
	json_add_pair(&w->lines, "instance", buffer_text(&w->key), false);
	buffer_add_text(&w->lines, buffer_text(&w->values));
	w->law_at = w->lines.size - w->start;
	buffer_add_string(&w->lines, "}\n");
	return true;
}

static bool continue_instance(struct adapt_writer *w) {
	if (same_constants(w)) return true;
	if (!make_values(w, &w->next_values)) return false;
	return text_equal(buffer_text(&w->values), buffer_text(&w->next_values)) || not_constant(w);
}

/* Of the output in `text`, when its row tells it. */
static bool add_probability(struct adapt_writer *w) {
	const struct adapt_cell *cell = w->q->target < 0 ? NULL : &w->row[w->q->target];
	if (!cell || !is_number(cell)) return true;
	double p = number_of(cell);
	bool is_new;
	struct map_entry *entry = map_put(&w->law, buffer_text(&w->text), &is_new);
	if (is_new) memcpy(&entry->value, &p, sizeof p);
	if (!(p >= 0 && p <= 1)) {
		error_set(w->e, STATUS_DATA, "column '%s' is the \"target\" and should be from 0 to 1, but is %g", w->task->target, p);
	} else if (memcmp(&entry->value, &p, sizeof p) != 0) { /* NOLINT: the same bits are meant */
		error_set(w->e, STATUS_DATA, "column '%s' is the \"target\", but gives the output '%.80s' two probabilities",
			w->task->target, buffer_string(&w->text));
	} else {
		return true;
	}
	return within(w);
}

static bool add_weight(struct adapt_writer *w) {
	const struct adapt_cell *cell = w->q->weight < 0 ? NULL : &w->row[w->q->weight];
	if (!cell || cell->type == SQLITE_NULL) return true;
	double value = is_number(cell) ? number_of(cell) : -1;
	buffer_clear(&w->text);
	if (!adapt_add_text(&w->text, cell, &w->q->columns[w->q->weight], w->e)) return within(w);
	if (!(value >= 0 && value <= 1e300)) {
		error_set(w->e, STATUS_DATA, "column '%s' is the \"weight\" and should be a number of at least 0, but is '%s'",
			w->task->weight, buffer_string(&w->text));
		return within(w);
	}
	json_add_key(&w->lines, "weight");
	buffer_add_text(&w->lines, buffer_text(&w->text));
	return true;
}

static bool add_variables(struct adapt_writer *w, const char *key, const int *at, size_t count) {
	buffer_clear(&w->text);
	if (!adapt_add_variables(&w->text, w->row, w->q->columns, at, count, w->e)) return within(w);
	json_add_pair(&w->lines, key, buffer_text(&w->text), false);
	return true;
}

static bool write_example(struct adapt_writer *w) {
	const struct source_task *t = w->task;
	buffer_add_char(&w->lines, '{');
	if (t->given_count && !add_variables(w, "input", w->q->given, t->given_count)) return false;
	if (!add_variables(w, "output", w->q->generate, t->generate_count) || !add_probability(w) || !add_weight(w)) return false;
	buffer_add_string(&w->lines, "}\n");
	w->tally.used++;
	w->tally.examples++;
	if (w->held < (uint64_t)t->min_examples) w->held++;
	return true;
}

static bool generates(const struct adapt_writer *w) {
	for (size_t i = 0; i < w->task->generate_count; i++)
		if (w->row[w->q->generate[i]].type != SQLITE_NULL) return true;
	return false;
}

static bool same_instance(const struct adapt_writer *w) {
	if (!w->open || !w->first) return false;
	for (size_t i = 0; i < w->q->instance_columns; i++)
		if (!same_cell(&w->first[i], &w->row[i])) return false;
	return true;
}

bool adapt_write_row(struct adapt_writer *w, const struct adapt_cell *row) {
	w->row = row;
	bool whole = true, same = same_instance(w);
	if (!same && !make_key(w, &whole)) return false;
	if (!whole || !generates(w)) {
		++*(whole ? &w->tally.no_output : &w->tally.no_key);
		return true;
	}
	same = same || (w->open && text_equal(buffer_text(&w->key), buffer_text(&w->next_key)));
	if (!(same ? continue_instance(w) : start_instance(w))) return false;
	w->first = row;
	return w->full || write_example(w);
}

size_t adapt_written(const struct adapt_writer *w) {
	bool waits = w->q->target >= 0 || w->held < (uint64_t)w->task->min_examples;
	return w->open && waits ? w->start : w->lines.size;
}

void adapt_write_flushed(struct adapt_writer *w) {
	size_t done = adapt_written(w), left = w->lines.size - done;
	if (left) memmove(w->lines.data, w->lines.data + done, left);
	w->lines.size = left;
	w->start = 0;
	w->first = NULL;
}

void adapt_writer_free(struct adapt_writer *w) {
	struct buffer *const buffers[] = {&w->lines, &w->key, &w->next_key, &w->text, &w->values, &w->next_values};
	map_free(&w->law);
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) buffer_free(buffers[i]);
}
