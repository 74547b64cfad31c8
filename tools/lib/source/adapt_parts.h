/* adapt_parts: what the modules of adapt share. Internal. */
#ifndef SPECTRUM_ADAPT_PARTS_H
#define SPECTRUM_ADAPT_PARTS_H

#include <sqlite3.h>

#include "base/map.h"
#include "base/random.h"
#include "source/adapt.h"
#include "sql/functions.h"

struct adapt_table {
	struct table_spec spec; /* with its files */
	bool file;              /* it has files; else (reader sql) the script makes it */
	struct table_files files;
	uint64_t missing; /* declared files that are not there and not optional */
	bool needed;
	uint64_t rows;
};

struct adapt {
	const struct source *source;
	const struct adapt_request *request;
	struct error *e;
	struct arena *memory; /* lives as long as the report */
	struct adapt_table *tables;
	size_t table_count;
	sqlite3 *db;
	struct function_context functions;
	struct random_key sample_key; /* of the task that is being sampled */
};

/* Which raw tables a script's objects and a view stand on. */
struct adapt_plan {
	struct adapt *adapt;
	struct map objects; /* lower-case name → index + 1 of its row of `needs` */
	bool *needs;        /* rows of table_count */
	size_t room;
	bool *reads;       /* of the statement being prepared */
	size_t targets[8]; /* rows of `needs` that it writes */
	size_t target_count;
};

/* adapt_script.c: runs adapter.sql on `db` under an authorizer that stays. With `plan`, dependencies are collected. */
bool adapt_script(struct adapt *a, sqlite3 *db, struct adapt_plan *plan);
/* Raw tables that a view (or table) stands on, into reads (table_count); its columns' names into `columns`. False with an error when there is no such view. */
bool adapt_plan_view(struct adapt_plan *plan, sqlite3 *db, const char *view, bool *reads, const char ***columns, size_t *count);
/* The view that says what the SQL left out of a task, NAME_dropped, or NULL. */
const char *adapt_dropped_view(struct adapt *a, sqlite3 *db, const struct source_task *task);
void adapt_plan_free(struct adapt_plan *plan);
bool adapt_sql_failed(struct adapt *a, sqlite3 *db, const char *what);

/* adapt_columns.c: warns of columns in a table's files that are known neither from source.json nor from the sample; of a table without a sample,
 * columns that only some of its files have become optional, with a warning. */
void adapt_expect_columns(struct adapt *a, size_t table);

/* adapt_rows.c: rows of a view in memory, for other threads. */
struct adapt_cell {
	int type; /* SQLITE_NULL, SQLITE_INTEGER … */
	union {
		struct text text; /* with a NUL behind it */
		int64_t integer;
		double real;
	};
};
struct adapt_rows { /* set `width`, the rest to zero */
	struct adapt_cell *cells, *seen;
	size_t width, room, count, bytes;
	const struct adapt_cell **order; /* by adapt_rows_order */
	size_t order_room;
	struct arena texts;
};
/* Looks at the statement's row, which may then be taken until the statement moves on. */
void adapt_rows_see(struct adapt_rows *rows, sqlite3_stmt *row);
void adapt_rows_take(struct adapt_rows *rows);
/* Whether the row that was seen has the same first `columns` columns as the row that was taken last, if one was. */
bool adapt_rows_continue(const struct adapt_rows *rows, size_t columns);
/* Fills `order`: rows as they were taken, or, with `sort`, those of equal `instance` first columns sorted by the columns up to `sorted`. */
void adapt_rows_order(struct adapt_rows *rows, size_t instance, size_t sorted, bool sort);
void adapt_rows_clear(struct adapt_rows *rows);
void adapt_rows_free(struct adapt_rows *rows);

/* adapt_render.c */
struct adapt_column {
	const char *name;
	bool json, boolean;
};
/* One value as text, as a single variable or a description shows it. */
bool adapt_add_text(struct buffer *b, const struct adapt_cell *cell, const struct adapt_column *column, struct error *e);
/* The columns at[0 … count−1] of the row as one text: a single one as its text, several as a JSON object. */
bool adapt_add_variables(
	struct buffer *b, const struct adapt_cell *row, const struct adapt_column *columns, const int *at, size_t count, struct error *e);
/* Adds a part of an instance's name, with '/' and '%' percent-escaped. */
void adapt_add_key(struct buffer *b, struct text part);

/* adapt_lines.c: rows as lines of the instance stream. A writer belongs to one thread at a time. */
struct adapt_tally {
	uint64_t used, instances, examples, no_key, no_output, too_few;
};
struct adapt_writer {
	const struct adapt *a;
	const struct source_task *task;
	const struct adapt_query *q;
	struct error *e;
	struct buffer lines; /* made so far; those of the open instance from `start` on */
	size_t start;
	struct adapt_tally tally;
	uint64_t limit; /* instances; 0 = all */
	bool full;      /* the limit is reached */
	/* the open instance */
	bool open;
	uint64_t held;                        /* its examples, counted up to min_examples */
	const struct adapt_cell *row, *first; /* the present row; one whose constants it was found to share, or NULL */
	struct map law;                       /* outputs whose rows tell their probabilities → its bits */
	size_t law_at;                        /* where they go, counted from `start` */
	struct buffer key, next_key, text, values, next_values;
};
void adapt_write_task(struct adapt_writer *w);
bool adapt_write_row(struct adapt_writer *w, const struct adapt_cell *row);
/* Ends the open instance. */
void adapt_write_end(struct adapt_writer *w);
/* How many bytes of `lines` are final. */
size_t adapt_written(const struct adapt_writer *w);
/* Forgets these bytes, and the rows: they are about to go. */
void adapt_write_flushed(struct adapt_writer *w);
void adapt_writer_free(struct adapt_writer *w);

/* adapt_task.c: writes the task's lines; fills used, instances, examples and dropped of the outcome. */
bool adapt_task(struct adapt *a, struct adapt_outcome *outcome, struct output *out);
void adapt_drop(struct adapt *a, struct adapt_outcome *outcome, const char *reason, uint64_t n);

/* adapt_query.c: what a task reads. */
struct adapt_query {
	struct adapt_column *columns; /* of the SELECT */
	size_t count;
	int *instance, *given, *generate, *values; /* places of the task's columns in it */
	size_t value_count;
	int weight, target; /* -1 = none */
	/* Columns stand in the order in which rows are sorted: first the instance's, up to `sorted` all that sort. */
	size_t instance_columns, sorted;
	const char *sql, *sql_by_instance; /* sorted by all, by the instance only (NULL: there is one instance) */
};
bool adapt_query_make(struct adapt *a, const struct source_task *task, struct adapt_query *q);
/* The columns that a task needs of its view, each once; the manifest key that asks for each in `keys`. */
bool adapt_task_columns(struct adapt *a, const struct source_task *task, const char ***names, const char ***keys, size_t *count);
/* Chooses the sampled instances into temp.spectrum_chosen; counts what that drops. */
bool adapt_sample(struct adapt *a, struct adapt_outcome *outcome, uint64_t *eligible);

#endif
