/* Manifests: the schema, what the program demands beyond it, the views of adapter.sql, and the lists of the suite. */
#include <cjson/cJSON.h>

#include "base/share.h"
#include "base/stream.h"
#include "check/check.h"
#include "source/adapt.h"

/* "suite\0task" → 1 train, 2 test. A task of two sources, or in both splits, is a problem. */
static void note_tasks(struct checks *c, const struct source *s) {
	struct buffer key = {0};
	for (size_t i = 0; i < s->task_count; i++) {
		const struct source_task *t = &s->tasks[i];
		bool same_source = false, is_new;
		for (size_t k = 0; k < i; k++) same_source = same_source || !strcmp(s->tasks[k].name, t->name);
		buffer_clear(&key);
		buffer_printf(&key, "%s%c%s", s->suite ? s->suite : "", 0, t->name);
		struct map_entry *entry = map_put(&c->tasks, buffer_text(&key), &is_new);
		uint64_t split = t->test ? 2 : 1;
		if (!is_new && !same_source) check_problem(c, "%s: the task '%s' is another source's already", s->id, t->name);
		else if (!is_new && entry->value != split)
			check_problem(c, "%s: parts of the task '%s' are in different splits", s->id, t->name);
		entry->value = split;
	}
	buffer_free(&key);
}

bool check_source(struct checks *c, const char *folder, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/source.json", folder);
	bool read = check_file(c, buffer_string(&path), "source.json", NULL, e) >= 0;
	buffer_free(&path);
	if (!read) return false;
	struct error found = {0};
	struct source *s = source_load(folder, &found);
	if (!s || !adapt_check(s, &found)) check_problem(c, "%s", found.message);
	if (s) note_tasks(c, s);
	source_free(s);
	return true;
}

static void check_split(struct checks *c, const char *suite, const cJSON *names, uint64_t split, size_t *listed) {
	struct buffer key = {0};
	const cJSON *name;
	cJSON_ArrayForEach(name, names) {
		buffer_clear(&key);
		buffer_printf(&key, "%s%c%s", suite, 0, name->valuestring);
		const struct map_entry *entry = map_find(&c->tasks, buffer_text(&key));
		if (!entry) check_problem(c, "suite '%s': no source has the task '%s'", suite, name->valuestring);
		else if (entry->value != split)
			check_problem(c, "suite '%s': the task '%s' should be in split %s", suite, name->valuestring,
				split == 2 ? "test" : "train");
		else ++*listed;
	}
	buffer_free(&key);
}

bool check_suite(struct checks *c, const char *suite, struct error *e) {
	struct buffer name = {0}, path = {0}, text = {0};
	buffer_printf(&name, "suite-%s.json", suite);
	const char *file = share_find(SHARE_SCHEMAS, buffer_string(&name), &path);
	bool good =
		file ? input_load(file, 16 << 20, &text, e)
		     : error_set(e, STATUS_USAGE, "there is no list of the tasks of suite '%s' (schemas/%s)", suite, buffer_string(&name));
	cJSON *root = good ? cJSON_Parse(buffer_string(&text)) : NULL;
	if (good && !root) good = error_set(e, STATUS_DATA, "%s: not JSON", file);
	if (root) {
		size_t listed = 0, marked = 0, size = strlen(suite);
		check_split(c, suite, cJSON_GetObjectItemCaseSensitive(root, "train"), 1, &listed);
		check_split(c, suite, cJSON_GetObjectItemCaseSensitive(root, "test"), 2, &listed);
		for (size_t i = 0; i < c->tasks.count; i++) {
			struct text key = c->tasks.entries[i].key;
			marked += key.size > size && !memcmp(key.data, suite, size) && !key.data[size];
		}
		if (marked > listed) check_problem(c, "suite '%s': %zu tasks of its sources are not in its list", suite, marked - listed);
	}
	cJSON_Delete(root);
	buffer_free(&name);
	buffer_free(&path);
	buffer_free(&text);
	return good;
}
