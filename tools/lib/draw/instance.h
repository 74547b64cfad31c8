/* instance: the stream of task instances (adapt → draw) read one instance at a time.
 *
 * A stream is JSON Lines of three kinds: a task line, below it instance lines, below each its example lines. Everything of
 * an instance lies in its own arena; memory is bounded by the largest instance, not by the stream. */
#ifndef SPECTRUM_INSTANCE_H
#define SPECTRUM_INSTANCE_H

#include "draw/template.h"
#include "source/manifest.h"

/* A task line. Shared by its instances, freed with the last of them. */
struct draw_task {
	size_t holders;
	struct text name, part, source, split;
	struct sequence_law law;
	struct templates templates;
	struct text head;  /* JSON of the first members of its sequences: {"task":…,"split":… */
	struct text extra; /* JSON of members that are passed on: ,"key":value… or empty */
	struct arena memory;
};

struct draw_example {
	struct text input; /* a JSON string with its quotes; size 0 = nothing is given */
	struct text output;
	double weight; /* 1 where none is written */
};

struct draw_instance {
	struct draw_task *task;
	struct text name;
	struct text head;    /* JSON: ,"instance":… */
	struct text extra;   /* as in the task: "target" and whatever else the instance line holds */
	struct text *values; /* of the columns that the templates use, rendered */
	bool *missing;       /* NULL in the data */
	uint64_t line;       /* where it stands, for messages */
	bool weighted;       /* some example has a weight */
	size_t count, room;  /* of examples */
	size_t bytes;        /* of all their texts */
	struct draw_example *examples;
	struct arena memory;
	size_t holders; /* for the use of whoever shares it */
};

struct instance_reader;

/* `path` or "-". With `tasks` (NULL-terminated names; NULL = all) other tasks are passed over. `ascii`: all non-ASCII of what the reader
 * gives as JSON is escaped. */
struct instance_reader *instance_reader_open(const char *path, const char *const *tasks, bool ascii, struct error *e);

/* 1 = an instance with at least one example, 0 = end, -1 = failure (names file and line). `i` is one that was zero-initialised once; its
 * memory is used again, and it holds its task. */
int instance_reader_next(struct instance_reader *r, struct draw_instance *i, struct error *e);

void instance_reader_close(struct instance_reader *r);

void draw_instance_free(struct draw_instance *i);

/* One holder less (NULL is fine); frees the task with the last. Not for several threads at a time. */
void draw_task_release(struct draw_task *t);

#endif
