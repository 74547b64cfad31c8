#include "source/adapt.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "source/adapt_parts.h"

enum { CACHE_KIB = 192 * 1024 };

/* Orders sampled instances: the keyed hash of the instance's columns, as a signed number. */
static void sample_hash(sqlite3_context *context, int count, sqlite3_value **values) {
	const struct adapt *a = sqlite3_user_data(context);
	struct random_key key = a->sample_key;
	for (int i = 0; i < count; i++) {
		const char *data = (const char *)sqlite3_value_text(values[i]);
		key = random_key_text(key, text_make(data, (size_t)sqlite3_value_bytes(values[i])));
	}
	sqlite3_result_int64(context, (sqlite3_int64)random_key_hash(key));
}

/* A database on disk without a name (it is gone with the process, however that ends), or in memory while planning. */
static bool open_database(struct adapt *a, bool planning, const struct function_context *functions, sqlite3 **db) {
	static const char settings[] = "PRAGMA page_size = 65536; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode "
				       "= EXCLUSIVE; PRAGMA temp_store = FILE;";
	*db = NULL;
	if (sqlite3_open_v2(planning ? ":memory:" : "", db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
		SQLITE_OK)
		return adapt_sql_failed(a, *db, "the temporary database");
	char *cache = sqlite3_mprintf("PRAGMA cache_size = -%d; PRAGMA temp.cache_size = -%d;", CACHE_KIB, CACHE_KIB);
	bool good = sqlite3_exec(*db, settings, NULL, NULL, NULL) == SQLITE_OK && sqlite3_exec(*db, cache, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_free(cache);
	/* A misspelt "column" should be an error and not a text. */
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	if (!good) return adapt_sql_failed(a, *db, "the temporary database");
	if (sqlite3_create_function_v2(*db, "spectrum_sample_hash", -1, SQLITE_UTF8, a, sample_hash, NULL, NULL, NULL) != SQLITE_OK)
		return adapt_sql_failed(a, *db, "the temporary database");
	return functions_register(*db, functions, a->e);
}

static bool optional_file(const struct source *s, const char *path) {
	for (size_t i = 0; i < s->file_count; i++)
		if (!strcmp(s->files[i].path, path)) return s->files[i].optional;
	return false;
}

static bool skipped(const struct adapt_request *r, const char *path, size_t *used) {
	bool found = false;
	for (size_t i = 0; i < r->skip_count; i++) {
		if (fnmatch(r->skips[i], path, FNM_PATHNAME)) continue;
		used[i]++;
		found = true;
	}
	return found;
}

/* Takes the files that match a pattern of the request's out of both lists; `used` counts by pattern. */
static void skip_files(const struct adapt_request *r, struct table_files *files, size_t *used) {
	size_t count = 0, missing_count = 0;
	for (size_t i = 0; i < files->count; i++)
		if (!skipped(r, files->files[i].label, used)) files->files[count++] = files->files[i];
	for (size_t i = 0; i < files->missing_count; i++)
		if (!skipped(r, files->missing[i], used)) files->missing[missing_count++] = files->missing[i];
	files->count = count;
	files->missing_count = missing_count;
}

/* Every table with what there is of its files. */
static bool find_tables(struct adapt *a) {
	const struct source *s = a->source;
	struct buffer raw = {0};
	size_t *used = memory_zeroed(a->request->skip_count + 1, sizeof *used);
	buffer_printf(&raw, "%s/%s", a->request->raw, s->id);
	a->table_count = s->table_count;
	a->tables = arena_allocate(a->memory, (s->table_count + 1) * sizeof *a->tables);
	for (size_t i = 0; i < s->table_count; i++) {
		struct adapt_table *t = &a->tables[i];
		*t = (struct adapt_table){.spec = s->tables[i].spec, .file = s->tables[i].files != NULL};
		t->spec.seed = a->request->seed;
		t->spec.source = s->id;
		if (!t->file) continue;
		source_table_files(s, &s->tables[i], buffer_string(&raw), a->memory, &t->files);
		skip_files(a->request, &t->files, used);
		t->spec.files = t->files.files;
		t->spec.file_count = t->files.count;
		for (size_t k = 0; k < t->files.missing_count; k++) t->missing += !optional_file(s, t->files.missing[k]);
	}
	buffer_free(&raw);
	bool good = true;
	for (size_t i = 0; good && i < a->request->skip_count; i++)
		if (!used[i])
			good = error_set(a->e, STATUS_USAGE, "%s has no raw file '%s' that could be left out", s->id, a->request->skips[i]);
	free(used);
	return good;
}

/* Nothing of the table is there, and something should be. */
static bool absent(const struct adapt_table *t) { return t->file && !t->files.count && (t->missing || !t->files.missing_count); }

/* The archive that lies there and should have given the file (or pattern) when it was unpacked; NULL when there is none. */
static const struct source_file *unopened_archive(const struct adapt *a, const char *path) {
	for (size_t i = 0; i < a->source->file_count; i++) {
		const struct source_file *file = &a->source->files[i];
		struct buffer archive = {0};
		buffer_printf(&archive, "%s/%s/%s", a->request->raw, a->source->id, file->path);
		bool found = false, there = file->member_count && !access(buffer_string(&archive), F_OK);
		for (size_t k = 0; there && k < file->member_count; k++) found |= !fnmatch(file->members[k], path, FNM_PATHNAME);
		buffer_free(&archive);
		if (found) return file;
	}
	return NULL;
}

static const char *why_absent(struct adapt *a, size_t table) {
	const struct adapt_table *t = &a->tables[table];
	struct buffer b = {0};
	const char *example = t->files.missing_count ? t->files.missing[0] : a->source->tables[table].files;
	const struct source_file *archive = unopened_archive(a, example);
	buffer_printf(&b, "%s/%s/%s is missing", a->request->raw, a->source->id, example);
	if (t->files.missing_count > 1) buffer_printf(&b, ", and %zu more", t->files.missing_count - 1);
	if (archive) buffer_printf(&b, ", though %s is there; 'spectrum fetch %s' unpacks it", archive->path, a->source->id);
	else buffer_printf(&b, "; 'spectrum fetch %s' gets it or says how", a->source->id);
	const char *kept = arena_copy(a->memory, buffer_text(&b)).data;
	buffer_free(&b);
	return kept;
}

static bool check_columns(struct adapt *a, const struct source_task *task, const char **columns, size_t count) {
	const char **names, **keys;
	size_t wanted;
	if (!adapt_task_columns(a, task, &names, &keys, &wanted)) return false;
	for (size_t i = 0; i < wanted; i++) {
		bool there = false;
		for (size_t k = 0; k < count; k++) there |= !strcasecmp(columns[k], names[i]);
		if (there) continue;
		struct buffer list = {0};
		for (size_t k = 0; k < count; k++) buffer_printf(&list, "%s'%s'", k ? ", " : "", columns[k]);
		error_set(a->e, STATUS_DATA, "%s: task '%s': view '%s' has no column '%s' that \"%s\" names; it has %s", a->source->id,
			task->name, task->view, names[i], keys[i], buffer_string(&list));
		buffer_free(&list);
		return false;
	}
	return true;
}

/* Which tables a task touches, and whether it can be built. */
static bool plan_task(struct adapt_plan *plan, sqlite3 *db, struct adapt_outcome *o) {
	struct adapt *a = plan->adapt;
	bool *reads = memory_zeroed(a->table_count, sizeof *reads), *also = memory_zeroed(a->table_count, sizeof *also);
	const char **columns, *dropped = adapt_dropped_view(a, db, o->task);
	size_t count;
	bool good = adapt_plan_view(plan, db, o->task->view, reads, &columns, &count) && check_columns(a, o->task, columns, count) &&
		    (!dropped || adapt_plan_view(plan, db, dropped, also, &columns, &count));
	o->tables = arena_allocate(a->memory, (a->table_count + 1) * sizeof *o->tables);
	for (size_t i = 0; good && i < a->table_count; i++) {
		const struct adapt_table *t = &a->tables[i];
		if (reads[i]) o->tables[o->table_count++] = (struct adapt_count){t->spec.name, 0, t->files.count, t->missing};
		if (reads[i] && !o->why && absent(t)) o->why = why_absent(a, i);
	}
	for (size_t i = 0; good && !o->why && i < a->table_count; i++)
		a->tables[i].needed |= (reads[i] || also[i]) && !absent(&a->tables[i]);
	free(reads);
	free(also);
	return good;
}

static bool create_tables(struct adapt *a, sqlite3 *db) {
	for (size_t i = 0; i < a->table_count; i++)
		if (a->tables[i].file && !table_create(db, &a->tables[i].spec, a->e)) return error_within(a->e, "%s", a->source->id);
	return true;
}

/* Runs the script over empty tables to see which of them the tasks need. */
static bool make_plan(struct adapt *a, struct adapt_report *report) {
	struct function_context functions = {a->request->seed, text_of(a->source->id), true};
	struct adapt_plan plan = {.adapt = a};
	sqlite3 *db;
	bool good = open_database(a, true, &functions, &db) && create_tables(a, db) && adapt_script(a, db, &plan);
	for (size_t i = 0; good && i < report->count; i++) good = plan_task(&plan, db, &report->outcomes[i]);
	sqlite3_close(db);
	adapt_plan_free(&plan);
	return good;
}

static void warn_missing(const struct adapt *a, const struct adapt_table *t) {
	struct buffer list = {0};
	uint64_t named = 0;
	for (size_t i = 0; i < t->files.missing_count; i++) {
		if (optional_file(a->source, t->files.missing[i])) continue;
		if (named++ < 3) buffer_printf(&list, "%s%s", named > 1 ? ", " : "", t->files.missing[i]);
	}
	if (named > 3) buffer_add_string(&list, ", …");
	warn(a->request->program, "%s: %llu of %llu files of table '%s' are missing, the rest is used: %s; 'spectrum fetch %s' gets them",
		a->source->id, (unsigned long long)named, (unsigned long long)(named + t->files.count), t->spec.name, buffer_string(&list),
		a->source->id);
	buffer_free(&list);
}

static bool load_tables(struct adapt *a) {
	for (size_t i = 0; i < a->table_count; i++) {
		struct adapt_table *t = &a->tables[i];
		if (!t->file) continue;
		bool good;
		if (t->needed) adapt_expect_columns(a, i);
		if (!t->needed) good = table_create(a->db, &t->spec, a->e);
		else if (t->spec.stream && !t->spec.reservoir) good = table_attach(a->db, &t->spec, &t->rows, a->e);
		else good = table_load(a->db, &t->spec, &t->rows, a->e);
		if (!good) return false;
		if (t->needed && t->missing && !a->request->allow_missing) warn_missing(a, t);
	}
	return true;
}

static void count_read(struct adapt *a, struct adapt_outcome *o) {
	for (size_t i = 0; i < o->table_count; i++)
		for (size_t k = 0; k < a->table_count; k++) {
			const struct adapt_table *t = &a->tables[k];
			if (strcmp(o->tables[i].table, t->spec.name)) continue;
			o->tables[i].rows = t->rows;
			o->read += t->rows;
			if (t->spec.reservoir && t->rows > t->spec.reservoir)
				adapt_drop(a, o, "row not in the table's reservoir", t->rows - t->spec.reservoir);
		}
}

/* No example though the files are there: they are empty, or a word that an adapter looks for is another now. */
static const char *why_nothing(struct adapt *a, const struct adapt_outcome *o) {
	struct buffer b = {0};
	buffer_printf(&b, "%s records were read, and none gives an example", number_grouped(o->read, (char[32]){0}));
	for (size_t i = 0; i < o->dropped_count; i++)
		buffer_printf(&b, "%s%s %s", i ? "; " : " (", number_grouped(o->dropped[i].n, (char[32]){0}), o->dropped[i].reason);
	buffer_printf(&b, "%s; was the form of the files changed, or are they too few?", o->dropped_count ? ")" : "");
	const char *kept = arena_copy(a->memory, buffer_text(&b)).data;
	buffer_free(&b);
	return kept;
}

static bool build(struct adapt *a, struct adapt_report *report, struct output *out) {
	a->functions = (struct function_context){a->request->seed, text_of(a->source->id), false};
	bool good = open_database(a, false, &a->functions, &a->db) && load_tables(a) && adapt_script(a, a->db, NULL);
	for (size_t i = 0; good && i < report->count; i++) {
		struct adapt_outcome *o = &report->outcomes[i];
		if (o->why) continue;
		good = adapt_task(a, o, out);
		count_read(a, o);
		if (good && !o->examples) o->why = why_nothing(a, o);
	}
	sqlite3_close(a->db);
	return good;
}

static bool chosen(const struct adapt_request *r, const char *name) {
	for (size_t i = 0; i < r->task_count; i++)
		if (!strcmp(r->tasks[i], name)) return true;
	return !r->task_count;
}

static bool choose_tasks(const struct source *s, const struct adapt_request *r, struct adapt_report *report, struct error *e) {
	report->outcomes = arena_allocate(&report->memory, (s->task_count + 1) * sizeof *report->outcomes);
	for (size_t i = 0; i < s->task_count; i++)
		if (chosen(r, s->tasks[i].name)) report->outcomes[report->count++] = (struct adapt_outcome){.task = &s->tasks[i]};
	for (size_t i = 0; i < r->task_count; i++) {
		bool there = false;
		struct buffer names = {0};
		for (size_t k = 0; k < s->task_count; k++) {
			there |= !strcmp(s->tasks[k].name, r->tasks[i]);
			if (!k || strcmp(s->tasks[k].name, s->tasks[k - 1].name))
				buffer_printf(&names, "%s%s", k ? ", " : "", s->tasks[k].name);
		}
		if (!there)
			error_set(e, STATUS_USAGE, "%s has no task '%s'; it has %s", s->id, r->tasks[i],
				names.size ? buffer_string(&names) : "none");
		buffer_free(&names);
		if (!there) return false;
	}
	return report->count || error_set(e, STATUS_USAGE, "%s has no tasks", s->id);
}

static size_t count_able(const struct adapt_report *report) {
	size_t able = 0;
	for (size_t i = 0; i < report->count; i++) able += !report->outcomes[i].why;
	return able;
}

bool adapt_source(
	const struct source *s, const struct adapt_request *request, struct output *out, struct adapt_report *report, struct error *e) {
	struct adapt a = {.source = s, .request = request, .e = e, .memory = &report->memory};
	if (!choose_tasks(s, request, report, e)) return false;
	if (!find_tables(&a) || !make_plan(&a, report)) return false;
	if (!count_able(report) && request->allow_missing) return true;
	if (count_able(report) && !build(&a, report, out)) return false;
	return count_able(report) || error_set(e, STATUS_DATA, "%s: nothing can be built: %s", s->id, report->outcomes[0].why);
}

bool adapt_check(const struct source *s, struct error *e) {
	struct adapt_request request = {.raw = ""};
	struct adapt_report report = {0};
	struct adapt a = {.source = s, .request = &request, .e = e, .memory = &report.memory};
	bool good = choose_tasks(s, &request, &report, e) && find_tables(&a) && make_plan(&a, &report);
	adapt_report_free(&report);
	return good;
}

void adapt_report_free(struct adapt_report *report) {
	arena_free(&report->memory);
	*report = (struct adapt_report){0};
}
