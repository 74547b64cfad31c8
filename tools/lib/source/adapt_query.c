/* What a task reads from its view, and which of its instances a sample keeps. */
#include <stdio.h>

#include "draw/template.h"
#include "source/adapt_parts.h"

/* Columns of a task under construction, each once. */
struct wanted {
	struct adapt *a;
	const char **names, **keys;
	size_t count, room;
	const char *key;
};

static size_t want(struct wanted *w, struct text name) {
	for (size_t i = 0; i < w->count; i++)
		if (text_is(name, w->names[i])) return i;
	if (w->count == w->room) {
		size_t room = w->room ? 2 * w->room : 32;
		const char **names = arena_allocate(w->a->memory, room * sizeof *names),
			   **keys = arena_allocate(w->a->memory, room * sizeof *keys);
		for (size_t i = 0; i < w->count; i++) names[i] = w->names[i], keys[i] = w->keys[i];
		w->names = names;
		w->keys = keys;
		w->room = room;
	}
	w->names[w->count] = arena_copy(w->a->memory, name).data;
	w->keys[w->count] = w->key;
	return w->count++;
}

/* Adds a list of columns; gives their places. */
static int *want_list(struct wanted *w, const char *key, const char *const *names, size_t count) {
	int *places = arena_allocate(w->a->memory, (count + 1) * sizeof *places);
	w->key = key;
	for (size_t i = 0; i < count; i++) places[i] = (int)want(w, text_of(names[i]));
	return places;
}

static int want_one(struct wanted *w, const char *key, const char *name) { return name ? *want_list(w, key, &name, 1) : -1; }

/* Adds the columns that descriptions show; gives their places. */
static bool want_shown(struct wanted *w, const struct source_task *task, struct adapt_query *q) {
	struct templates templates = {0};
	bool good = true;
	for (size_t i = 0; good && i < task->description_count; i++)
		good = templates_add(&templates, text_of(task->descriptions[i]), w->a->e) ||
		       error_within(w->a->e, "%s/source.json: task '%s': description %zu", w->a->source->id, task->name, i + 1);
	q->value_count = good ? templates.columns.count : 0;
	q->values = arena_allocate(w->a->memory, (q->value_count + 1) * sizeof *q->values);
	w->key = "descriptions";
	for (size_t i = 0; i < q->value_count; i++) q->values[i] = (int)want(w, templates.columns.entries[i].key);
	templates_free(&templates);
	return good;
}

/* Fills in all but the SQL. */
static bool places(struct adapt *a, const struct source_task *task, struct adapt_query *q, struct wanted *w) {
	*w = (struct wanted){.a = a};
	q->instance = want_list(w, "instance", task->instance, task->instance_count);
	q->instance_columns = w->count;
	want_list(w, "order", task->order, task->order_count);
	q->given = want_list(w, "given", task->given, task->given_count);
	q->generate = want_list(w, "generate", task->generate, task->generate_count);
	q->weight = want_one(w, "weight", task->weight);
	q->sorted = w->count;
	q->target = want_one(w, "target", task->target);
	return want_shown(w, task, q);
}

bool adapt_task_columns(struct adapt *a, const struct source_task *task, const char ***names, const char ***keys, size_t *count) {
	struct adapt_query q;
	struct wanted w;
	if (!places(a, task, &q, &w)) return false;
	want_list(&w, "sample", task->sample_per, task->sample_per_count);
	want_list(&w, "json", task->json, task->json_count);
	*names = w.names;
	*keys = w.keys;
	*count = w.count;
	return true;
}

/* A list of names, each with `tail` behind it. */
static void add_names(struct buffer *b, const char *const *names, size_t count, const char *tail) {
	for (size_t i = 0; i < count; i++) {
		if (i) buffer_add_string(b, ", ");
		table_add_name(b, names[i]);
		buffer_add_string(b, tail);
	}
}

bool adapt_query_make(struct adapt *a, const struct source_task *task, struct adapt_query *q) {
	struct wanted w;
	struct buffer sql = {0};
	*q = (struct adapt_query){0};
	if (!places(a, task, q, &w)) return false;
	q->count = w.count;
	q->columns = arena_allocate(a->memory, w.count * sizeof *q->columns);
	for (size_t i = 0; i < w.count; i++) {
		q->columns[i] = (struct adapt_column){.name = w.names[i]};
		for (size_t k = 0; k < task->json_count; k++) q->columns[i].json |= !strcmp(task->json[k], w.names[i]);
	}
	buffer_add_string(&sql, "SELECT ");
	add_names(&sql, w.names, w.count, "");
	buffer_add_string(&sql, " FROM ");
	table_add_name(&sql, task->view);
	if (task->sample_instances && task->instance_count) {
		buffer_add_string(&sql, " WHERE (");
		add_names(&sql, task->instance, task->instance_count, "");
		buffer_add_string(&sql, ") IN (SELECT ");
		for (size_t i = 0; i < task->instance_count; i++) buffer_printf(&sql, "%sk%zu", i ? ", " : "", i);
		buffer_add_string(&sql, " FROM temp.spectrum_chosen)");
	}
	buffer_add_string(&sql, " ORDER BY ");
	size_t unsorted = sql.size;
	add_names(&sql, w.names, q->sorted, " COLLATE BINARY");
	q->sql = arena_copy(a->memory, buffer_text(&sql)).data;
	sql.size = unsorted;
	add_names(&sql, w.names, q->instance_columns, " COLLATE BINARY");
	if (q->instance_columns) q->sql_by_instance = arena_copy(a->memory, buffer_text(&sql)).data;
	buffer_free(&sql);
	return true;
}

/* "k0<tail>, k1<tail>…", or another letter. */
static void add_series(struct buffer *b, const char *letter, size_t count, const char *tail, const char *between) {
	for (size_t i = 0; i < count; i++) buffer_printf(b, "%s%s%zu%s", i ? between : "", letter, i, tail);
}

static bool execute(struct adapt *a, struct buffer *sql) {
	bool good = sqlite3_exec(a->db, buffer_string(sql), NULL, NULL, NULL) == SQLITE_OK || adapt_sql_failed(a, a->db, a->source->id);
	buffer_clear(sql);
	return good;
}

/* One row an instance: its key, the columns of `per`, its rows, and those that generate something. */
static bool make_groups(struct adapt *a, const struct source_task *task, struct buffer *sql) {
	buffer_add_string(sql, "DROP TABLE IF EXISTS temp.spectrum_groups; DROP TABLE IF EXISTS temp.spectrum_chosen");
	if (!execute(a, sql)) return false;
	buffer_add_string(sql, "CREATE TEMP TABLE spectrum_groups AS SELECT ");
	for (size_t i = 0; i < task->instance_count; i++) {
		table_add_name(sql, task->instance[i]);
		buffer_printf(sql, " AS k%zu, ", i);
	}
	for (size_t i = 0; i < task->sample_per_count; i++) {
		buffer_add_string(sql, "min(");
		table_add_name(sql, task->sample_per[i]);
		buffer_printf(sql, ") AS p%zu, ", i);
	}
	buffer_add_string(sql, "count(*) AS total, total(");
	for (size_t i = 0; i < task->generate_count; i++) {
		if (i) buffer_add_string(sql, " OR ");
		table_add_name(sql, task->generate[i]);
		buffer_add_string(sql, " IS NOT NULL");
	}
	buffer_add_string(sql, ") AS n FROM ");
	table_add_name(sql, task->view);
	buffer_add_string(sql, " GROUP BY ");
	add_names(sql, task->instance, task->instance_count, " COLLATE BINARY");
	return execute(a, sql);
}

static bool choose(struct adapt *a, const struct source_task *task, struct buffer *sql) {
	size_t keys = task->instance_count;
	buffer_add_string(sql, "CREATE TEMP TABLE spectrum_chosen AS SELECT ");
	add_series(sql, "k", keys, "", ", ");
	buffer_add_string(sql, " FROM (SELECT *, row_number() OVER (");
	if (task->sample_per_count) buffer_add_string(sql, "PARTITION BY ");
	add_series(sql, "p", task->sample_per_count, "", ", ");
	buffer_add_string(sql, " ORDER BY hash, ");
	add_series(sql, "k", keys, "", ", ");
	buffer_add_string(sql, ") AS nth FROM (SELECT *, spectrum_sample_hash(");
	add_series(sql, "k", keys, "", ", ");
	buffer_add_string(sql, ") AS hash FROM temp.spectrum_groups WHERE ");
	add_series(sql, "k", keys, " IS NOT NULL", " AND ");
	buffer_printf(sql, " AND n >= %lld)) WHERE nth <= %lld", (long long)task->min_examples, (long long)task->sample_instances);
	return execute(a, sql);
}

static bool count_dropped(struct adapt *a, struct adapt_outcome *outcome, uint64_t *eligible, struct buffer *sql) {
	const struct source_task *task = outcome->task;
	long long least = (long long)task->min_examples;
	char few[80];
	buffer_add_string(sql, "SELECT total(total) FILTER (WHERE NOT whole), total(total - n) FILTER (WHERE whole), ");
	buffer_printf(sql,
		"total(n) FILTER (WHERE whole AND n < %lld), total(n) FILTER (WHERE whole AND n >= %lld) FROM (SELECT total, n, ", least,
		least);
	add_series(sql, "k", task->instance_count, " IS NOT NULL", " AND ");
	buffer_add_string(sql, " AS whole FROM temp.spectrum_groups)");
	sqlite3_stmt *row = NULL;
	bool good = sqlite3_prepare_v2(a->db, buffer_string(sql), -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW;
	if (!good) adapt_sql_failed(a, a->db, a->source->id);
	snprintf(few, sizeof few, "instance of fewer than %lld examples", least);
	if (good) {
		adapt_drop(a, outcome, "no instance", (uint64_t)sqlite3_column_int64(row, 0));
		adapt_drop(a, outcome, "nothing to generate", (uint64_t)sqlite3_column_int64(row, 1));
		adapt_drop(a, outcome, few, (uint64_t)sqlite3_column_int64(row, 2));
		*eligible = (uint64_t)sqlite3_column_int64(row, 3);
	}
	sqlite3_finalize(row);
	return good;
}

bool adapt_sample(struct adapt *a, struct adapt_outcome *outcome, uint64_t *eligible) {
	const struct source_task *task = outcome->task;
	struct buffer sql = {0};
	struct random_key key = random_key_text(random_key_start(a->request->seed), text_of(a->source->id));
	a->sample_key = random_key_text(random_key_text(key, text_of(task->name)), text_of(task->part));
	bool good = make_groups(a, task, &sql) && choose(a, task, &sql);
	buffer_clear(&sql);
	good = good && count_dropped(a, outcome, eligible, &sql);
	buffer_free(&sql);
	return good;
}
