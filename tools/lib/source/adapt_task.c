/* Reads a task's view: rows go to writers, their lines to the output in order. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "source/adapt_parts.h"

void adapt_drop(struct adapt *a, struct adapt_outcome *outcome, const char *reason, uint64_t n) {
	size_t count = outcome->dropped_count;
	if (!n) return;
	if (!(count & (count - 1))) { /* 0, 1, 2, 4, 8, …: the list is full */
		struct adapt_reason *list = arena_allocate(a->memory, (2 * count + 1) * sizeof *list);
		if (count) memcpy(list, outcome->dropped, count * sizeof *list);
		outcome->dropped = list;
	}
	outcome->dropped[outcome->dropped_count++] = (struct adapt_reason){arena_copy(a->memory, text_of(reason)).data, n};
}

/* Rows are rendered on other threads, some instances at a time. An instance too large for that goes row by row, sorted by SQLite. */
enum { JOB_BYTES = 1 << 20, INSTANCE_BYTES = 16 << 20, THREADS = 4, QUEUE = 2 };

struct job { /* whole instances */
	struct adapt_rows rows;
	struct adapt_writer writer;
	struct error e;
	bool good;
};

struct reading {
	struct adapt *a;
	const struct source_task *task;
	struct adapt_query q;
	struct output *out;
	sqlite3_stmt *row;
	struct adapt_tally tally;
	struct job *spare[THREADS * QUEUE + 1];
	size_t spare_count;
	bool failed; /* what is wrong stands in the error */
};

static struct adapt_writer writer_of(struct reading *r, struct error *e) {
	return (struct adapt_writer){.a = r->a, .task = r->task, .q = &r->q, .e = e};
}

static void add_tally(struct adapt_tally *sum, const struct adapt_tally *t) {
	sum->used += t->used;
	sum->instances += t->instances;
	sum->examples += t->examples;
	sum->no_key += t->no_key;
	sum->no_output += t->no_output;
	sum->too_few += t->too_few;
}

/* Gives what is final to the output. */
static bool flush(struct reading *r, struct adapt_writer *w) {
	output_add(r->out, text_make(w->lines.data, adapt_written(w)));
	adapt_write_flushed(w);
	return !output_failed(r->out, r->a->e);
}

static struct job *job_get(struct reading *r) {
	if (r->spare_count) return r->spare[--r->spare_count];
	struct job *job = memory_zeroed(1, sizeof *job);
	job->rows.width = r->q.count;
	job->writer = writer_of(r, &job->e);
	return job;
}

static void job_free(struct job *job) {
	adapt_rows_free(&job->rows);
	adapt_writer_free(&job->writer);
	free(job);
}

static void job_work(void *state, size_t worker, void *context) {
	(void)worker;
	const struct reading *r = context;
	struct job *job = state;
	adapt_rows_order(&job->rows, r->q.instance_columns, r->q.sorted, true);
	job->good = true;
	for (size_t i = 0; job->good && i < job->rows.count; i++) job->good = adapt_write_row(&job->writer, job->rows.order[i]);
	adapt_write_end(&job->writer);
}

static void job_result(void *state, void *context) {
	struct reading *r = context;
	struct job *job = state;
	if (!r->failed && !job->good) {
		*r->a->e = job->e;
		r->failed = true;
	}
	if (!r->failed && !flush(r, &job->writer)) r->failed = true;
	add_tally(&r->tally, &job->writer.tally);
	job->writer.tally = (struct adapt_tally){0};
	adapt_rows_clear(&job->rows);
	if (r->spare_count < sizeof r->spare / sizeof *r->spare) r->spare[r->spare_count++] = job;
	else job_free(job);
}

/* Whether columns that come from the raw tables as they are hold booleans: SQLite keeps them as 0 and 1. */
static void note_types(struct reading *r) {
	for (size_t i = 0; i < r->q.count; i++) {
		const char *type = sqlite3_column_decltype(r->row, (int)i);
		r->q.columns[i].boolean = type && !strcasecmp(type, "BOOLEAN");
	}
}

static bool prepare(struct reading *r, const char *sql) {
	sqlite3_finalize(r->row);
	r->row = NULL;
	if (sqlite3_prepare_v2(r->a->db, sql, -1, &r->row, NULL) != SQLITE_OK) return adapt_sql_failed(r->a, r->a->db, r->task->view);
	note_types(r);
	return true;
}

static bool view_failed(struct reading *r) {
	char what[600];
	snprintf(what, sizeof what, "%s/adapter.sql: view '%.200s'", r->a->source->id, r->task->view);
	return adapt_sql_failed(r->a, r->a->db, what);
}

/* Gives rows to the pool; `*rows`: how many, in whole instances. Stops early, with `*large`, at an instance that is too large. */
static bool read_instances(struct reading *r, struct pool *pool, struct progress *progress, uint64_t *rows, bool *large) {
	struct job *job = job_get(r);
	size_t instance = 0; /* the present instance's first row in the job */
	int status;
	while ((status = sqlite3_step(r->row)) == SQLITE_ROW && !r->failed) {
		adapt_rows_see(&job->rows, r->row);
		if (!adapt_rows_continue(&job->rows, r->q.instance_columns)) {
			instance = job->rows.count;
			if (job->rows.bytes >= JOB_BYTES) {
				*rows += job->rows.count;
				pool_submit(pool, job);
				job = job_get(r);
				adapt_rows_see(&job->rows, r->row);
				instance = 0;
				progress_show(progress, *rows);
			}
		}
		adapt_rows_take(&job->rows);
		if (job->rows.bytes < INSTANCE_BYTES) continue;
		*large = true;
		job->rows.count = instance;
		break;
	}
	*rows += job->rows.count;
	pool_submit(pool, job);
	return *large || r->failed || status == SQLITE_DONE || view_failed(r);
}

/* All rows behind the first `skip`, one batch after the other, sorted by SQLite. */
static bool read_sorted(struct reading *r, struct progress *progress, uint64_t skip) {
	struct adapt_writer w = writer_of(r, r->a->e);
	struct adapt_rows rows = {.width = r->q.count};
	uint64_t done = 0;
	int status = SQLITE_ROW;
	bool good = prepare(r, r->q.sql);
	w.limit = r->a->request->limit;
	while (good && skip && (status = sqlite3_step(r->row)) == SQLITE_ROW) skip--;
	while (good && !w.full && status == SQLITE_ROW) {
		while (rows.bytes < JOB_BYTES && (status = sqlite3_step(r->row)) == SQLITE_ROW) {
			adapt_rows_see(&rows, r->row);
			adapt_rows_take(&rows);
		}
		adapt_rows_order(&rows, 0, 0, false);
		for (size_t i = 0; good && !w.full && i < rows.count; i++) good = adapt_write_row(&w, rows.order[i]);
		if (good && status != SQLITE_ROW) adapt_write_end(&w);
		good = good && flush(r, &w);
		progress_show(progress, done += rows.count);
		adapt_rows_clear(&rows);
	}
	if (good && status != SQLITE_DONE && status != SQLITE_ROW) good = view_failed(r);
	add_tally(&r->tally, &w.tally);
	adapt_rows_free(&rows);
	adapt_writer_free(&w);
	return good;
}

static bool read_view(struct reading *r) {
	struct progress progress;
	struct adapt_writer w = writer_of(r, r->a->e);
	uint64_t rows = 0;
	bool sorted = !r->q.sql_by_instance || r->a->request->limit, good = true;
	adapt_write_task(&w);
	good = flush(r, &w);
	adapt_writer_free(&w);
	progress_start(&progress, r->task->name, 0);
	if (good && !sorted && (good = prepare(r, r->q.sql_by_instance))) {
		size_t threads = pool_processors();
		struct pool *pool = pool_open(threads < THREADS ? threads : THREADS, QUEUE, job_work, job_result, r);
		good = read_instances(r, pool, &progress, &rows, &sorted);
		pool_close(pool);
		good = good && !r->failed;
	}
	if (good && sorted) good = read_sorted(r, &progress, rows);
	progress_end(&progress);
	sqlite3_finalize(r->row);
	while (r->spare_count) job_free(r->spare[--r->spare_count]);
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

static void count_own(struct reading *r, struct adapt_outcome *outcome, bool sampled, uint64_t eligible) {
	char few[80];
	outcome->used = r->tally.used;
	outcome->instances = r->tally.instances;
	outcome->examples = r->tally.examples;
	if (sampled) {
		if (!r->a->request->limit || outcome->instances < r->a->request->limit)
			adapt_drop(r->a, outcome, "instance not in the sample", eligible - outcome->used);
		return;
	}
	snprintf(few, sizeof few, "instance of fewer than %lld examples", (long long)r->task->min_examples);
	adapt_drop(r->a, outcome, "no instance", r->tally.no_key);
	adapt_drop(r->a, outcome, "nothing to generate", r->tally.no_output);
	adapt_drop(r->a, outcome, few, r->tally.too_few);
}

bool adapt_task(struct adapt *a, struct adapt_outcome *outcome, struct output *out) {
	struct reading r = {.a = a, .task = outcome->task, .out = out};
	bool sampled = r.task->sample_instances && r.task->instance_count;
	uint64_t eligible = 0;
	bool good = adapt_query_make(a, r.task, &r.q) && read_dropped(a, outcome) && (!sampled || adapt_sample(a, outcome, &eligible)) &&
		    read_view(&r);
	if (good) count_own(&r, outcome, sampled, eligible);
	return good && !output_failed(out, a->e);
}
