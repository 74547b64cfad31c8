/* A task's view as lines of the instance stream. */
#include <stdio.h>
#include <strings.h>

#include "base/number.h"
#include "base/progress.h"
#include "json/json.h"
#include "source/adapt_parts.h"

/* The instance that is being written. Its lines wait in `held` until it has min_examples of them. */
struct writer {
	struct adapt *a;
	struct adapt_outcome *outcome;
	const struct source_task *task;
	struct adapt_query q;
	sqlite3_stmt *row;
	struct output *out;
	struct buffer held, key, next_key, text, values, next_values;
	struct buffer constant; /* the bytes of the first row's values and target, each behind its size */
	uint64_t held_examples, no_key, no_output, too_few;
	bool open, full; /* an instance is open; the limit is reached */
};

void adapt_drop(struct adapt *a, struct adapt_outcome *outcome, const char *reason, uint64_t n) {
	if (!n) return;
	struct adapt_reason *list = arena_allocate(a->memory, (outcome->dropped_count + 1) * sizeof *list);
	if (outcome->dropped_count) memcpy(list, outcome->dropped, outcome->dropped_count * sizeof *list);
	list[outcome->dropped_count++] = (struct adapt_reason){arena_copy(a->memory, text_of(reason)).data, n};
	outcome->dropped = list;
}

static void add_list(struct buffer *b, const char *key, const char *const *texts, size_t count) {
	json_add_key(b, key);
	buffer_add_char(b, '[');
	for (size_t i = 0; i < count; i++) {
		if (i) buffer_add_char(b, ',');
		json_add_string(b, text_of(texts[i]), false);
	}
	buffer_add_char(b, ']');
}

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

static void write_task(struct writer *w) {
	const struct source_task *t = w->task;
	struct buffer *b = &w->text;
	buffer_clear(b);
	buffer_add_char(b, '{');
	json_add_pair(b, "task", text_of(t->name), false);
	json_add_pair(b, "part", text_of(t->part), false);
	json_add_pair(b, "source", text_of(w->a->source->id), false);
	json_add_pair(b, "split", text_of(t->test ? "test" : "train"), false);
	add_list(b, "given", t->given, t->given_count);
	add_list(b, "generate", t->generate, t->generate_count);
	add_list(b, "descriptions", t->descriptions, t->description_count);
	add_law(b, &t->sequence);
	buffer_add_string(b, "}\n");
	output_add(w->out, buffer_text(b));
}

static bool within(struct writer *w) {
	return error_within(w->a->e, "%s: task '%s': instance '%.200s'", w->a->source->id, w->task->name, buffer_string(&w->next_key));
}

/* The present row's instance name in next_key; false in `*whole` when a part of it is NULL. */
static bool make_key(struct writer *w, bool *whole) {
	buffer_clear(&w->next_key);
	*whole = true;
	for (size_t i = 0; i < w->task->instance_count; i++) {
		int at = w->q.instance[i];
		*whole &= sqlite3_column_type(w->row, at) != SQLITE_NULL;
		buffer_clear(&w->text);
		if (!adapt_add_text(&w->text, w->row, at, &w->q.columns[at], w->a->e)) return within(w);
		if (i) buffer_add_char(&w->next_key, '/');
		adapt_add_key(&w->next_key, buffer_text(&w->text));
	}
	return true;
}

/* What must be constant in an instance, the values and the target, as members of the instance line. */
static bool make_values(struct writer *w, struct buffer *b) {
	buffer_clear(b);
	for (size_t i = 0; i < w->q.value_count; i++) {
		int at = w->q.values[i];
		if (!i) buffer_add_string(b, ",\"values\":{");
		json_add_key(b, w->q.columns[at].name);
		buffer_clear(&w->text);
		if (!adapt_add_text(&w->text, w->row, at, &w->q.columns[at], w->a->e)) return within(w);
		if (sqlite3_column_type(w->row, at) == SQLITE_NULL) buffer_add_string(b, "null");
		else json_add_string(b, buffer_text(&w->text), false);
	}
	if (w->q.value_count) buffer_add_char(b, '}');
	if (w->q.target < 0 || sqlite3_column_type(w->row, w->q.target) == SQLITE_NULL) return true;
	struct json_value object, key, value;
	const char *data = (const char *)sqlite3_column_text(w->row, w->q.target);
	struct text law = text_make(data, (size_t)sqlite3_column_bytes(w->row, w->q.target));
	double p;
	bool good = json_check(law, &object, NULL) && object.type == JSON_OBJECT;
	for (struct json_walk walk = json_walk_start(object); good && json_walk_next(&walk, &key, &value);)
		good = value.type == JSON_NUMBER && number_parse_real(value.raw, &p) && p >= 0;
	if (!good) {
		error_set(w->a->e, STATUS_DATA,
			"column '%s' is the \"target\" and should hold a JSON object {output: probability}, but holds '%.*s'",
			w->task->target, law.size > 80 ? 80 : (int)law.size, law.data);
		return within(w);
	}
	buffer_add_string(b, ",\"target\":");
	json_add_value(b, object, false, false);
	return true;
}

/* Column i of those that must be constant: the values, then the target. NULL has no data. */
static struct text constant_cell(const struct writer *w, size_t i) {
	int at = i < w->q.value_count ? w->q.values[i] : w->q.target;
	const char *data = (const char *)sqlite3_column_text(w->row, at);
	return text_make(data, data ? (size_t)sqlite3_column_bytes(w->row, at) : SIZE_MAX);
}

static size_t constant_count(const struct writer *w) { return w->q.value_count + (w->q.target >= 0); }

static void keep_constants(struct writer *w) {
	buffer_clear(&w->constant);
	for (size_t i = 0; i < constant_count(w); i++) {
		struct text cell = constant_cell(w, i);
		buffer_add(&w->constant, &cell.size, sizeof cell.size);
		if (cell.data) buffer_add_text(&w->constant, cell);
	}
}

/* Whether the present row has the first row's values, byte by byte, without rendering them again. */
static bool same_constants(const struct writer *w) {
	const char *at = w->constant.data;
	for (size_t i = 0; i < constant_count(w); i++) {
		struct text cell = constant_cell(w, i);
		if (memcmp(at, &cell.size, sizeof cell.size)) return false;
		at += sizeof cell.size;
		if (!cell.data) continue;
		if (memcmp(at, cell.data, cell.size)) return false;
		at += cell.size;
	}
	return true;
}

/* Which column differs between the instance's first row (in `values`) and the present one, for the message. */
static bool not_constant(struct writer *w) {
	const char *column = w->task->target ? w->task->target : w->q.columns[w->q.values[0]].name;
	struct text now = buffer_text(&w->next_values);
	struct json_value was, is;
	struct buffer a = {0}, b = {0};
	buffer_printf(&a, "{\"instance\":0%.*s}", (int)w->values.size, w->values.data);
	buffer_printf(&b, "{\"instance\":0%.*s}", (int)now.size, now.data);
	if (w->q.value_count && json_check(buffer_text(&a), &was, NULL) && json_check(buffer_text(&b), &is, NULL)) {
		struct json_walk before = json_walk_start(json_member(was, "values")), after = json_walk_start(json_member(is, "values"));
		struct json_value x, y;
		for (size_t i = 0; json_walk_next(&before, NULL, &x) && json_walk_next(&after, NULL, &y); i++)
			if (!text_equal(x.raw, y.raw)) {
				column = w->q.columns[w->q.values[i]].name;
				break;
			}
	}
	buffer_free(&a);
	buffer_free(&b);
	error_set(w->a->e, STATUS_DATA,
		"column '%s' differs between rows of the instance, but a description or the target shows one value an instance; take the "
		"instance's own value "
		"in the view, or add the column to \"instance\"",
		column);
	return within(w);
}

static void finish_instance(struct writer *w) {
	if (!w->open) return;
	w->open = false;
	uint64_t least = (uint64_t)w->task->min_examples;
	if (w->held_examples && w->held_examples < least) {
		w->too_few += w->held_examples;
		w->outcome->examples -= w->held_examples;
		w->outcome->used -= w->held_examples;
	} else {
		w->outcome->instances++;
		output_add(w->out, buffer_text(&w->held));
	}
	buffer_clear(&w->held);
}

static bool start_instance(struct writer *w) {
	finish_instance(w);
	w->full = w->a->request->limit && w->outcome->instances == w->a->request->limit;
	if (w->full) return true;
	buffer_clear(&w->key);
	buffer_add_text(&w->key, buffer_text(&w->next_key));
	w->open = true;
	w->held_examples = 0;
	if (!make_values(w, &w->values)) return false;
	keep_constants(w);
	buffer_add_char(&w->held, '{');
	json_add_pair(&w->held, "instance", buffer_text(&w->key), false);
	buffer_add_text(&w->held, buffer_text(&w->values));
	buffer_add_string(&w->held, "}\n");
	return true;
}

static bool continue_instance(struct writer *w) {
	if (same_constants(w)) return true;
	if (!make_values(w, &w->next_values)) return false;
	return text_equal(buffer_text(&w->values), buffer_text(&w->next_values)) || not_constant(w);
}

static bool add_weight(struct writer *w) {
	int type = w->q.weight < 0 ? SQLITE_NULL : sqlite3_column_type(w->row, w->q.weight);
	if (type == SQLITE_NULL) return true;
	double value = sqlite3_column_double(w->row, w->q.weight);
	if ((type != SQLITE_INTEGER && type != SQLITE_FLOAT) || !(value >= 0 && value <= 1e300)) {
		error_set(w->a->e, STATUS_DATA, "column '%s' is the \"weight\" and should be a number of at least 0, but is '%s'",
			w->task->weight, (const char *)sqlite3_column_text(w->row, w->q.weight));
		return within(w);
	}
	json_add_key(&w->held, "weight");
	return adapt_add_text(&w->held, w->row, w->q.weight, &w->q.columns[w->q.weight], w->a->e);
}

static bool add_variables(struct writer *w, const char *key, const int *at, size_t count) {
	buffer_clear(&w->text);
	if (!adapt_add_variables(&w->text, w->row, w->q.columns, at, count, w->a->e)) return within(w);
	json_add_pair(&w->held, key, buffer_text(&w->text), false);
	return true;
}

static bool write_example(struct writer *w) {
	const struct source_task *t = w->task;
	buffer_add_char(&w->held, '{');
	if (t->given_count && !add_variables(w, "input", w->q.given, t->given_count)) return false;
	if (!add_variables(w, "output", w->q.generate, t->generate_count) || !add_weight(w)) return false;
	buffer_add_string(&w->held, "}\n");
	w->outcome->used++;
	w->outcome->examples++;
	if (w->held_examples < (uint64_t)t->min_examples) w->held_examples++;
	if (w->held_examples == (uint64_t)t->min_examples && w->held.size > 1 << 16) {
		output_add(w->out, buffer_text(&w->held));
		buffer_clear(&w->held);
	}
	return !output_failed(w->out, w->a->e);
}

static bool generates(const struct writer *w) {
	for (size_t i = 0; i < w->task->generate_count; i++)
		if (sqlite3_column_type(w->row, w->q.generate[i]) != SQLITE_NULL) return true;
	return false;
}

static bool take_row(struct writer *w) {
	bool whole;
	if (!make_key(w, &whole)) return false;
	if (!whole || !generates(w)) {
		++*(whole ? &w->no_output : &w->no_key);
		return true;
	}
	bool same = w->open && text_equal(buffer_text(&w->key), buffer_text(&w->next_key));
	if (!(same ? continue_instance(w) : start_instance(w))) return false;
	return w->full || write_example(w);
}

/* Whether columns that come from the raw tables as they are hold booleans: SQLite keeps them as 0 and 1. */
static void note_types(struct writer *w) {
	for (size_t i = 0; i < w->q.count; i++) {
		const char *type = sqlite3_column_decltype(w->row, (int)i);
		w->q.columns[i].boolean = type && !strcasecmp(type, "BOOLEAN");
	}
}

static bool read_view(struct writer *w) {
	struct adapt *a = w->a;
	struct progress progress;
	uint64_t rows = 0;
	int status;
	bool good = true;
	if (sqlite3_prepare_v2(a->db, w->q.sql, -1, &w->row, NULL) != SQLITE_OK) return adapt_sql_failed(a, a->db, w->task->view);
	note_types(w);
	progress_start(&progress, w->task->name, 0);
	while ((status = sqlite3_step(w->row)) == SQLITE_ROW && (good = take_row(w)) && !w->full)
		if (++rows % 1024 == 0) progress_show(&progress, rows);
	progress_end(&progress);
	if (good && status != SQLITE_DONE && status != SQLITE_ROW) {
		char what[600];
		snprintf(what, sizeof what, "%s/adapter.sql: view '%.200s'", a->source->id, w->task->view);
		good = adapt_sql_failed(a, a->db, what);
	}
	finish_instance(w);
	return good;
}

/* What the SQL itself left out, by the view NAME_dropped(reason, n), if there is one. */
static bool read_dropped(struct adapt *a, struct adapt_outcome *outcome) {
	sqlite3_stmt *row = NULL;
	const char *view = adapt_dropped_view(a, a->db, outcome->task);
	if (!view) return true;
	char *sql = sqlite3_mprintf("SELECT reason, n FROM \"%w\" ORDER BY reason COLLATE BINARY", view);
	bool good = sqlite3_prepare_v2(a->db, sql, -1, &row, NULL) == SQLITE_OK;
	int status = good ? SQLITE_ROW : SQLITE_ERROR;
	while (good && (status = sqlite3_step(row)) == SQLITE_ROW) {
		const char *reason = (const char *)sqlite3_column_text(row, 0);
		sqlite3_int64 n = sqlite3_column_int64(row, 1);
		if (reason && n > 0) adapt_drop(a, outcome, reason, (uint64_t)n);
	}
	if (status != SQLITE_DONE) good = adapt_sql_failed(a, a->db, view);
	sqlite3_finalize(row);
	sqlite3_free(sql);
	return good;
}

static void count_own(struct writer *w, bool sampled, uint64_t eligible) {
	char few[80];
	if (sampled) {
		if (!w->full) adapt_drop(w->a, w->outcome, "instance not in the sample", eligible - w->outcome->used);
		return;
	}
	snprintf(few, sizeof few, "instance of fewer than %lld examples", (long long)w->task->min_examples);
	adapt_drop(w->a, w->outcome, "no instance", w->no_key);
	adapt_drop(w->a, w->outcome, "nothing to generate", w->no_output);
	adapt_drop(w->a, w->outcome, few, w->too_few);
}

bool adapt_task(struct adapt *a, struct adapt_outcome *outcome, struct output *out) {
	struct writer w = {.a = a, .outcome = outcome, .task = outcome->task, .out = out};
	bool sampled = w.task->sample_instances && w.task->instance_count;
	uint64_t eligible = 0;
	bool good = adapt_query_make(a, w.task, &w.q) && read_dropped(a, outcome) && (!sampled || adapt_sample(a, outcome, &eligible));
	if (good) write_task(&w);
	good = good && read_view(&w);
	sqlite3_finalize(w.row);
	if (good) count_own(&w, sampled, eligible);
	struct buffer *const buffers[] = {&w.held, &w.key, &w.next_key, &w.text, &w.values, &w.next_values, &w.constant};
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) buffer_free(buffers[i]);
	return good && !output_failed(out, a->e);
}
