/* sources: what there is to build: sources, their files and tasks, as a table, as JSON, as a page of documentation, or as rules for Make. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "json/json.h"
#include "source/built.h"

static bool as_json, as_page;
static const char *make_folder, *raw, *out_folder = "out";
static struct option_list tasks;

static const struct option_spec options[] = {{0, "json", NULL, OPTION_FLAG, &as_json, "one JSON object a source, a line each"},
	{0, "markdown", NULL, OPTION_FLAG, &as_page, "the page sources/SOURCES.md"},
	{0, "make", "DIR", OPTION_STRING, &make_folder,
		"write DIR/sources.mk and DIR/raw/SOURCE: which sources have raw files, and what each depends on"},
	{0, "task", "NAME", OPTION_LIST, &tasks, "only sources that have this task (may be given several times)"},
	{0, "raw", "DIR", OPTION_STRING, &raw, "where raw files lie ($SPECTRUM_RAW, else out/raw)"},
	{0, "out", "DIR", OPTION_STRING, &out_folder, "what make suite builds in (out): where the counts of examples are"}, {0}};

static const char *const examples[] = {"all sources and tasks", "spectrum sources", "the tasks with their splits",
	"spectrum sources --json | jq -r '.tasks[] | [.name, .split] | @tsv'", "what is missing of one source",
	"spectrum sources --json polis | jq .files", "how many examples each task gave in the last make suite",
	"spectrum sources --json | jq -r '.tasks[] | [.name, .part, .examples] | @tsv'", NULL};

static const struct program program = {"sources", "list sources and tasks, what is there and what is missing", "[SOURCE|DIR…]", options,
	examples,
	"Examples are those of the last make suite. In JSON, \"expected\" is what the published files give, where that is known."};

static const char *split_name(const struct source_task *t) { return t->test ? "test" : "train"; }

static bool wanted(const struct source_task *t) { return option_list_allows(&tasks, text_of(t->name)); }

/* Whether an earlier entry has the same name, so that this one is a further part of that task. */
static bool further_part(const struct source *s, size_t task) {
	for (size_t i = 0; i < task; i++)
		if (!strcmp(s->tasks[i].name, s->tasks[task].name)) return true;
	return false;
}

static void add_files(struct buffer *b, const struct source *s, const char *folder) {
	size_t present = 0;
	uint64_t bytes = 0;
	const char **missing = memory_zeroed(s->file_count + 1, sizeof *missing);
	for (size_t i = 0, n = 0; i < s->file_count; i++) {
		bytes += s->files[i].bytes;
		if (source_file_present(&s->files[i], folder)) present++;
		else missing[n++] = s->files[i].path;
	}
	json_add_key(b, "files");
	buffer_add_char(b, '{');
	json_add_integer(b, "declared", (int64_t)s->file_count);
	json_add_integer(b, "present", (int64_t)present);
	json_add_integer(b, "bytes", (int64_t)bytes);
	json_add_texts(b, "missing", missing, s->file_count - present);
	buffer_add_char(b, '}');
	free(missing);
}

static void add_task(struct buffer *b, const struct source_task *t, const cJSON *adapted) {
	const cJSON *built = built_task(adapted, t);
	buffer_add_char(b, '{');
	json_add_pair(b, "name", text_of(t->name), false);
	json_add_pair(b, "part", text_of(t->part), false);
	json_add_pair(b, "split", text_of(split_name(t)), false);
	json_add_texts(b, "given", t->given, t->given_count);
	json_add_texts(b, "generate", t->generate, t->generate_count);
	json_add_key(b, "examples");
	if (built) number_add_integer(b, (int64_t)built_number(built, "examples"));
	else buffer_add_string(b, "null");
	if (t->examples) json_add_integer(b, "expected", t->examples);
	buffer_add_char(b, '}');
}

static void add_optional(struct buffer *b, const char *key, const char *value) {
	if (value) json_add_pair(b, key, text_of(value), false);
}

static void add_json(struct buffer *b, const struct source *s, const char *folder) {
	cJSON *adapted = built_load(out_folder, "adapt", s->id);
	buffer_add_char(b, '{');
	json_add_pair(b, "id", text_of(s->id), false);
	add_optional(b, "suite", s->suite);
	json_add_pair(b, "title", text_of(s->title), false);
	json_add_pair(b, "access", text_of(access_name(s->access)), false);
	add_optional(b, "licence", s->licence);
	add_optional(b, "redistribution", s->redistribution);
	add_optional(b, "homepage", s->homepage);
	add_optional(b, "revision", s->revision);
	add_files(b, s, folder);
	json_add_key(b, "tasks");
	buffer_add_char(b, '[');
	for (size_t i = 0; i < s->task_count; i++) {
		if (i) buffer_add_char(b, ',');
		add_task(b, &s->tasks[i], adapted);
	}
	buffer_add_string(b, "]}\n");
	cJSON_Delete(adapted);
}

static void add_names(struct buffer *b, const char *const *names, size_t count) {
	for (size_t i = 0; i < count; i++) buffer_printf(b, "%s%s", i ? ", " : "", names[i]);
	if (!count) buffer_add_string(b, "(nothing)");
}

/* A count, grouped; 0 = not known. */
static const char *count_text(int64_t count, char out[32]) { return count ? number_grouped((uint64_t)count, out) : "–"; }

static void add_task_line(
	struct buffer *b, const char *before, const struct source_task *t, const char *between, int64_t count, const char *unit) {
	char grouped[32];
	buffer_printf(b, "%s%s%s%s%s%s%s%s%s%s", before, t->name, *t->part ? " / " : "", t->part, between, split_name(t), between,
		count_text(count, grouped), unit, between);
	add_names(b, t->given, t->given_count);
	buffer_add_string(b, " → ");
	add_names(b, t->generate, t->generate_count);
}

static void add_table(struct buffer *b, const struct source *s, const char *folder) {
	cJSON *adapted = built_load(out_folder, "adapt", s->id);
	size_t present = 0;
	for (size_t i = 0; i < s->file_count; i++) present += source_file_present(&s->files[i], folder);
	buffer_printf(b, "%-24s %-10s", s->id, access_name(s->access));
	if (s->file_count) buffer_printf(b, "%4zu of %4zu files", present, s->file_count);
	else buffer_printf(b, "%18s", "");
	buffer_printf(b, "  %s; %s\n", s->title, s->licence ? s->licence : "licence not stated");
	for (size_t i = 0; i < s->task_count; i++) {
		if (!wanted(&s->tasks[i])) continue;
		int64_t count = (int64_t)built_number(built_task(adapted, &s->tasks[i]), "examples");
		bool expected = !count && s->tasks[i].examples;
		add_task_line(b, "    ", &s->tasks[i], "  ", expected ? s->tasks[i].examples : count, expected ? " examples expected" : " examples");
		buffer_add_char(b, '\n');
	}
	cJSON_Delete(adapted);
}

static void add_page(struct buffer *b, const struct source *s) {
	buffer_printf(b, "\n## %s\n\n", s->id);
	buffer_printf(b, "**%s.** %s\n\n", s->title, s->about ? s->about : "");
	buffer_printf(b,
		"Access: %s. Licence: %s. Redistribution: %s. %s\n\n| task | split | examples | given → generated |\n|---|---|---:|---|\n",
		access_name(s->access), s->licence ? s->licence : "not stated", s->redistribution ? s->redistribution : "unknown",
		s->homepage ? s->homepage : "");
	for (size_t i = 0; i < s->task_count; i++) {
		buffer_add_string(b, "| ");
		add_task_line(b, "", &s->tasks[i], " | ", s->tasks[i].examples, "");
		buffer_add_string(b, " |\n");
	}
	if (s->how_count) buffer_add_string(b, "\nHow to get it:\n\n");
	for (size_t i = 0; i < s->how_count; i++) buffer_printf(b, "%zu. %s\n", i + 1, s->how[i]);
	if (s->note_count) buffer_add_string(b, "\nNotes:\n\n");
	for (size_t i = 0; i < s->note_count; i++) buffer_printf(b, "- %s\n", s->notes[i]);
}

/* What Make compares to see whether raw files or the wanted tasks changed. */
static void add_state(struct buffer *b, const struct source *s, const char *folder) {
	struct arena memory = {0};
	for (size_t i = 0; i < s->task_count; i++)
		if (wanted(&s->tasks[i])) buffer_printf(b, "task %s %s\n", s->tasks[i].name, s->tasks[i].part);
	for (size_t i = 0; i < s->table_count; i++) {
		struct table_files found;
		source_table_files(s, &s->tables[i], folder, &memory, &found);
		for (size_t k = 0; k < found.count; k++) {
			struct stat st;
			if (stat(found.files[k].path, &st)) continue;
			buffer_printf(b, "%s %lld %lld.%09ld\n", found.files[k].label, (long long)st.st_size, (long long)st.st_mtim.tv_sec,
				st.st_mtim.tv_nsec);
		}
	}
	arena_free(&memory);
}

static bool has_raw(const struct source *s, const char *folder) {
	if (s->access == ACCESS_GENERATED) return true;
	struct arena memory = {0};
	bool any = false;
	for (size_t i = 0; i < s->table_count && !any; i++) {
		struct table_files found;
		source_table_files(s, &s->tables[i], folder, &memory, &found);
		any = found.count > 0;
	}
	arena_free(&memory);
	return any;
}

/* A path as a prerequisite: what means something to Make is quoted. */
static void add_path(struct buffer *b, const char *path) {
	for (const char *at = path; *at; at++) {
		if (*at == ' ' || *at == '#' || *at == '%') buffer_add_char(b, '\\');
		if (*at == '$') buffer_add_char(b, '$');
		buffer_add_char(b, *at);
	}
}

static bool add_rules(struct buffer *b, const struct source *s, const char *folder, struct error *e) {
	struct buffer path = {0}, state = {0};
	buffer_printf(&path, "%s/raw/%s", make_folder, s->id);
	if (!has_raw(s, folder)) {
		unlink(buffer_string(&path));
		buffer_free(&path);
		return true;
	}
	add_state(&state, s, folder);
	bool good = output_save(buffer_string(&path), buffer_text(&state), e);
	buffer_printf(b, "READY += %s\nFOLDER_%s := ", s->id, s->id);
	for (const char *at = s->folder; *at; at++) buffer_printf(b, *at == '$' ? "$%c" : *at == '#' ? "\\%c" : "%c", *at);
	buffer_printf(b, "\nARGS_%s :=", s->id);
	for (size_t i = 0; tasks.count && i < s->task_count; i++)
		if (wanted(&s->tasks[i]) && !further_part(s, i)) buffer_printf(b, " --task %s", s->tasks[i].name);
	buffer_printf(b, "\n$(OUT)/instances/%s.jsonl.zst: ", s->id);
	add_path(b, s->folder);
	buffer_add_string(b, "/source.json ");
	add_path(b, s->folder);
	buffer_printf(b, "/adapter.sql %s\n", buffer_string(&path));
	buffer_free(&path);
	buffer_free(&state);
	return good;
}

/* Every --task is to be a task of one of the sources. */
static bool check_tasks(char **ids, size_t count, struct error *e) {
	bool *found = memory_zeroed(tasks.count, sizeof *found);
	size_t known = 0;
	for (size_t i = 0; i < count && known < tasks.count; i++) {
		struct source *s = source_find(ids[i], NULL);
		for (size_t k = 0; s && k < s->task_count; k++)
			for (size_t t = 0; t < tasks.count; t++)
				if (!found[t] && !strcmp(tasks.values[t], s->tasks[k].name)) known += found[t] = true;
		source_free(s);
	}
	bool good = true;
	for (size_t t = 0; t < tasks.count && good; t++)
		good = found[t] ||
		       error_set(e, STATUS_USAGE, "no source here has the task '%s'; 'spectrum sources' lists all tasks", tasks.values[t]);
	free(found);
	return good;
}

static bool add_source(struct buffer *b, const char *name, struct error *e) {
	struct source *s = source_find(name, e);
	if (!s) return false;
	bool any = false, good = true;
	for (size_t i = 0; i < s->task_count; i++) any = any || wanted(&s->tasks[i]);
	struct buffer folder = {0};
	buffer_printf(&folder, "%s/%s", raw ? raw : source_raw_root(), s->id);
	if (any && make_folder) good = add_rules(b, s, buffer_string(&folder), e);
	else if (any && as_json) add_json(b, s, buffer_string(&folder));
	else if (any && as_page) add_page(b, s);
	else if (any) add_table(b, s, buffer_string(&folder));
	buffer_free(&folder);
	source_free(s);
	return good;
}

static void add_page_head(struct buffer *b) {
	buffer_add_string(b,
		"# Sources\n\nMade by `spectrum sources --markdown`; do not edit. What each source is, where it comes from, "
		"under which licence, and\n"
		"its tasks. Data stay under their publishers' licences. Examples: how many the published files give, where that is "
		"known exactly.\n");
}

int main(int argc, char **argv) {
	struct error e = {0};
	struct buffer b = {0};
	int first = options_parse(&program, argc, argv);
	char **all = first == argc ? source_list() : NULL, **ids = all ? all : argv + first;
	size_t count = (size_t)(argc - first);
	while (all && all[count]) count++;
	bool good = check_tasks(ids, count, &e);
	if (as_page) add_page_head(&b);
	if (make_folder) buffer_add_string(&b, "READY :=\n");
	for (size_t i = 0; good && i < count; i++) good = add_source(&b, ids[i], &e);
	source_list_free(all);
	if (good && make_folder) {
		struct buffer path = {0};
		buffer_printf(&path, "%s/sources.mk", make_folder);
		good = output_save(buffer_string(&path), buffer_text(&b), &e);
		buffer_free(&path);
	} else if (good) {
		struct output *out = output_open("-", &e);
		if (out) output_add(out, buffer_text(&b));
		good = out && output_close(out, &e);
	}
	buffer_free(&b);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
