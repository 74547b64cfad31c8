/* adapt: a source's raw files to task instances (the three kinds of lines of the instance stream).
 *
 * The raw tables that the chosen tasks touch are loaded into a temporary database on disk that has no name and vanishes with the process;
 * adapter.sql runs once; then every task reads its view. Row order never comes from SQLite: rows are sorted by instance, by the task's
 * `order` and by all they print, so the bytes do not depend on the order of rows in the raw files.
 *
 * A description column that is NULL in an instance is null in its "values": draw then leaves out the variants that use it, and when
 * no variant remains the instance goes without a description. */
#ifndef SPECTRUM_ADAPT_H
#define SPECTRUM_ADAPT_H

#include <stdio.h>

#include "base/stream.h"
#include "source/manifest.h"

struct adapt_request {
	const char *program;      /* for warnings */
	const char *raw;          /* root: files lie at RAW/<id>/… */
	uint64_t seed;            /* of the keyed SQL functions, of samples */
	uint64_t limit;           /* at most so many instances a task, the first ones; 0 = all. Rows behind them are not counted */
	bool allow_missing;       /* no warnings of missing files; when no task has its raw files, an empty stream and no failure */
	const char *const *tasks; /* names; none = all */
	size_t task_count;
	const char *const
		*skips; /* raw files that are left out as if they did not exist: shell patterns of their paths within the source */
	size_t skip_count;
};

struct adapt_reason { /* why rows were left out, and how many */
	const char *reason;
	uint64_t n;
};

struct adapt_count { /* a raw table that a task touches */
	const char *table;
	uint64_t rows;           /* records read */
	uint64_t found, missing; /* files; missing ones that are optional are not counted */
};

/* What became of one task (of one part of it). */
struct adapt_outcome {
	const struct source_task *task;
	const char *why; /* NULL = built; else why not, and the remedy */
	struct adapt_count *tables;
	size_t table_count;
	uint64_t read; /* records of these tables */
	uint64_t used; /* rows of the view that became examples */
	uint64_t instances, examples;
	struct adapt_reason *dropped;
	size_t dropped_count;
};

struct adapt_report {
	struct arena memory;
	struct adapt_outcome *outcomes;
	size_t count;
};

/* Writes the instance stream of the chosen tasks to `out`. A task whose raw files are all missing, or none of whose rows gives an
 * example, is not built and its outcome says why; when that holds for every task it is a failure. `report` is zero-initialised by the caller and filled as far as things went. */
bool adapt_source(
	const struct source *s, const struct adapt_request *request, struct output *out, struct adapt_report *report, struct error *e);

/* Whether adapter.sql runs over empty tables and every view has the columns that its task names; no raw file is looked at. */
bool adapt_check(const struct source *s, struct error *e);

/* A line a task for people; one JSON object a line for programs. */
void adapt_report_print(const struct source *s, const struct adapt_report *report, FILE *to);
void adapt_report_json(const struct source *s, const struct adapt_report *report, struct buffer *out);
void adapt_report_free(struct adapt_report *report);

#endif
