/* manifest: source.json, read, checked and expanded. */
#ifndef SPECTRUM_MANIFEST_H
#define SPECTRUM_MANIFEST_H

#include "base/arena.h"
#include "sql/table.h"

enum source_access { ACCESS_OPEN, ACCESS_TOKEN, ACCESS_MANUAL, ACCESS_REQUEST, ACCESS_GENERATED };

/* One published file, with {names} of `each` and {revision} filled in. */
struct source_file {
	const char *path; /* below out/raw/<id>/ and in a mirror */
	const char *url;  /* NULL: cannot be downloaded */
	uint64_t bytes;   /* declared size; 0 = not declared */
	bool optional;
	const char *const *members; /* archive: patterns of what is unpacked beside it; NULL = not an archive */
	size_t member_count;
	const char *password;
};

struct sequence_law {
	bool all;         /* mode "all": every example once, cut into sequences; else "once": `repeat` samples an instance */
	int64_t repeat;   /* ≥ 1 */
	double length_gp; /* 0: `length` is fixed; else Geometric(2/m) + Poisson(m/2) */
	int64_t length;
	int64_t permutations;
	double description_probability;
	int64_t max_sequences; /* 0 = no cap */
};

/* What holds where nothing is said. */
extern const struct sequence_law sequence_law_default;

struct source_task {
	const char *name, *part, *view; /* part is "" when there is none */
	bool test;                      /* split "test", else "train" */
	const char *const *instance, *const *order, *const *given, *const *generate, *const *json, *const *sample_per, *const *descriptions;
	size_t instance_count, order_count, given_count, generate_count, json_count, sample_per_count, description_count;
	const char *weight, *target; /* NULL = none */
	int64_t min_examples;        /* ≥ 1 */
	int64_t examples;            /* that the published files give at the pinned revision; 0 = not known */
	int64_t sample_instances;    /* 0 = all */
	struct sequence_law sequence;
};

struct source_table {
	struct table_spec spec; /* files and bound values are not filled in: source_table_files finds them */
	const char *reader;     /* "csv" …; "sql": no file */
	const char *files;      /* pattern with {names} */
};

struct source {
	struct arena memory; /* everything below lies here */
	const char *folder;  /* where source.json lies */
	const char *id, *suite, *title, *about, *homepage, *revision, *licence, *redistribution, *citation, *token;
	enum source_access access;
	const char *const *how, *const *notes;
	size_t how_count, note_count;
	struct source_file *files;
	size_t file_count;
	struct source_table *tables;
	size_t table_count;
	struct source_task *tasks;
	size_t task_count;
	/* "each" */
	const char *const *each_names;
	const char *const *const *each_values;
	const size_t *each_counts;
	size_t each_count;
};

/* What a table's `files` pattern finds below a raw folder. */
struct table_files {
	struct table_file *files; /* that are there, in order: `each` order, else by path */
	size_t count;
	const char **missing; /* declared paths that are not there */
	size_t missing_count;
};

/* Resolves table `table` of `s` below `raw` (…/<id>). {names} of `each` are enumerated, other {names} match what lies there ("yob{year}.txt"; a name matches no
 * '/'). Everything is allocated in `memory`. */
void source_table_files(
	const struct source *s, const struct source_table *table, const char *raw, struct arena *memory, struct table_files *out);

/* Whether a declared file is there below `raw` (…/<id>): the file itself, or of an archive at least one unpacked member. */
bool source_file_present(const struct source_file *file, const char *raw);

/* Reads FOLDER/source.json. Unknown keys, wrong types, unknown readers, tables or columns: an error that names the place and the allowed values. */
struct source *source_load(const char *folder, struct error *e);
void source_free(struct source *s);

/* Finds a source by id, or by path (anything with a '/' or that is a folder with source.json): or in the folders of share_folders(SHARE_SOURCES). */
struct source *source_find(const char *name, struct error *e);

/* Whether it can be the id of a source. */
bool source_id_good(const char *id);

/* Where raw files lie when no option says so: $SPECTRUM_RAW, else out/raw. */
const char *source_raw_root(void);

/* Ids of all sources of the search path in ascending order, the first of equal ids counts. The array ends with NULL; free it and its strings. */
char **source_list(void);
void source_list_free(char **ids);

/* "open", "token", … */
const char *access_name(enum source_access access);

#endif
