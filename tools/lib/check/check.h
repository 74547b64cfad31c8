/* check: whether manifests, streams, data sets and files of formats are what schemas/ and the contracts say. */
#ifndef SPECTRUM_CHECK_LIBRARY_H
#define SPECTRUM_CHECK_LIBRARY_H

#include "base/map.h"
#include "json/schema.h"
#include "source/manifest.h"

/* Everything that is checked in one run, so that what several paths have in common is seen. Zero-initialise. */
struct checks {
	struct map schemas; /* file name → struct schema *, opened when first needed */
	struct map
		examples; /* of all instance streams: hash of an example (16 bytes) → which splits it occurs in, and 4 × the index of its first task */
	struct map names;    /* of the tasks of instance streams, for that index */
	struct map overlaps; /* "task and task" → examples that both have, in different splits */
	struct map tasks;    /* "suite\0task" → split, of all sources checked */
	uint64_t overlap;    /* examples that both splits have */
	uint64_t empty;      /* streams without a line */
	uint64_t problems;   /* reported so far */
};

void checks_free(struct checks *c);

/* Each returns true when it was checked, whatever was found: problems are reported at once on standard error and counted. False and `*e`: it could not be
 * read at all. */

/* source.json and adapter.sql of a folder: the schema, and that every view has the columns that its task names. */
bool check_source(struct checks *c, const char *folder, struct error *e);

/* That the sources checked have exactly the tasks of schemas/suite-SUITE.json, with their splits. */
bool check_suite(struct checks *c, const char *suite, struct error *e);

/* A stream of instances, sequences or token rows ("-": standard input); which one, its first line tells. */
bool check_stream(struct checks *c, const char *path, struct error *e);

/* A file of message formats, tools/formats/FAMILY.json: the schema, and what the program demands beyond it. *is_one tells whether it is such a file;
 * nothing else is checked here. */
bool check_format(struct checks *c, const char *path, bool *is_one, struct error *e);

/* An MDS data set: index.json, meta.json, sizes, hashes, and the arrays of every row. */
bool check_data_set(struct checks *c, const char *folder, struct error *e);

/* A whole file against a schema, or a definition in it: 1 it fits, 0 it does not (reported and counted), -1 and `*e` it could not be read. */
int check_file(struct checks *c, const char *path, const char *schema_name, const char *definition, struct error *e);

/* Counts and prints a problem. */
void check_problem(struct checks *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The schema file NAME of schemas/. */
struct schema *check_schema(struct checks *c, const char *name, struct error *e);

#endif
