#include "shard/meta.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "base/memory.h"
#include "base/options.h"
#include "json/json.h"

static const size_t META_LIMIT = (size_t)256 << 20;

/* Members that all inputs must have in common. */
static const char *const common[] = {"tokenizer", "family", "variant", "format", "max_length"};

struct meta {
	cJSON *common, *sources;
	char *first; /* the folder that the common members are from */
};

void meta_count_row(struct meta_counts *c, const struct token_row *row) {
	bool is_new;
	struct map_entry *task = map_put(&c->names, row->task, &is_new);
	map_put(&c->sources, row->source, NULL);
	if (is_new) {
		task->value = c->names.count - 1;
		c->tasks = memory_grow(c->tasks, &c->room, c->names.count, sizeof *c->tasks);
		c->tasks[task->value] = (struct meta_count){0};
	}
	uint64_t labels = 0;
	for (size_t i = 0; i < row->count; i++) labels += row->labels[i] != ROW_NO_LOSS;
	struct meta_count *both[] = {&c->all, &c->tasks[task->value]};
	for (size_t i = 0; i < 2; i++) {
		both[i]->rows++;
		both[i]->tokens += row->count;
		both[i]->labels += labels;
	}
}

void meta_counts_free(struct meta_counts *c) {
	map_free(&c->names);
	map_free(&c->sources);
	free(c->tasks);
}

struct meta *meta_make(void) {
	struct meta *m = memory_zeroed(1, sizeof *m);
	m->common = cJSON_CreateObject();
	m->sources = cJSON_CreateObject();
	return m;
}

/* As cJSON_Compare, whose time doubles with each object in an object. */
static bool is_equal(const cJSON *a, const cJSON *b) {
	bool objects = cJSON_IsObject(a) && cJSON_IsObject(b);
	if (!objects && !(cJSON_IsArray(a) && cJSON_IsArray(b))) return cJSON_Compare(a, b, true);
	const cJSON *x = a->child, *y = b->child;
	for (; x && y; x = x->next, y = y->next)
		if (!is_equal(x, objects ? cJSON_GetObjectItemCaseSensitive(b, x->string) : y)) return false;
	return !x && !y;
}

/* Tokenizers are the same when their hashes are; the file may have another name. */
static bool is_same(const char *key, const cJSON *a, const cJSON *b) {
	if (strcmp(key, "tokenizer") != 0) return is_equal(a, b);
	return is_equal(cJSON_GetObjectItemCaseSensitive(a, "sha256"), cJSON_GetObjectItemCaseSensitive(b, "sha256"));
}

static bool merge_common(struct meta *m, const cJSON *json, const char *folder, struct error *e) {
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, common[i]),
			    *old = cJSON_GetObjectItemCaseSensitive(m->common, common[i]);
		if (item && old && !is_same(common[i], item, old))
			return error_set(e, STATUS_DATA,
				"%s and %s were made with different settings (%s); pack them into different folders", m->first, folder,
				common[i]);
		if (item && !old) cJSON_AddItemToObject(m->common, common[i], cJSON_Duplicate(item, true));
	}
	if (!m->first) m->first = memory_copy(folder, strlen(folder));
	return true;
}

static bool merge_sources(struct meta *m, const cJSON *json, const char *folder, struct error *e) {
	const cJSON *source;
	cJSON_ArrayForEach(source, cJSON_GetObjectItemCaseSensitive(json, "sources")) {
		const cJSON *old = source->string ? cJSON_GetObjectItemCaseSensitive(m->sources, source->string) : NULL;
		if (!source->string) continue;
		if (old && !is_equal(old, source))
			return error_set(e, STATUS_DATA,
				"%s: was made from another revision of source %s than the inputs before it; make it again", folder,
				source->string);
		if (!old) cJSON_AddItemToObject(m->sources, source->string, cJSON_Duplicate(source, true));
	}
	return true;
}

/* FOLDER/meta.json; `*json` is NULL when there is none. False when it is damaged. */
static bool load(const char *folder, cJSON **json, struct error *e) {
	struct buffer path = {0}, text = {0};
	buffer_printf(&path, "%s/meta.json", folder);
	bool there = access(buffer_string(&path), F_OK) == 0, good = !there || input_load(path.data, META_LIMIT, &text, e);
	*json = there && good ? cJSON_ParseWithLength(text.data, text.size) : NULL;
	if (there && good && !cJSON_IsObject(*json)) {
		good = error_set(e, STATUS_DATA, "%s: should be a JSON object", path.data);
		cJSON_Delete(*json);
		*json = NULL;
	}
	buffer_free(&path);
	buffer_free(&text);
	return good;
}

bool meta_merge(struct meta *m, const char *folder, struct error *e) {
	cJSON *json;
	if (!load(folder, &json, e)) return false;
	bool good = !json || (merge_common(m, json, folder, e) && merge_sources(m, json, folder, e));
	cJSON_Delete(json);
	return good;
}

bool meta_tokenizer(const char *folder, struct buffer *file, struct buffer *sha256, struct error *e) {
	cJSON *json;
	buffer_clear(file);
	buffer_clear(sha256);
	if (!load(folder, &json, e)) return false;
	const cJSON *tokenizer = cJSON_GetObjectItemCaseSensitive(json, "tokenizer"),
		    *name = cJSON_GetObjectItemCaseSensitive(tokenizer, "file"),
		    *hash = cJSON_GetObjectItemCaseSensitive(tokenizer, "sha256");
	if (cJSON_IsString(name)) buffer_add_string(file, name->valuestring);
	if (cJSON_IsString(hash)) buffer_add_string(sha256, hash->valuestring);
	cJSON_Delete(json);
	return true;
}

static void add_item(struct buffer *b, const char *key, const cJSON *item) {
	char *text = cJSON_PrintUnformatted(item);
	json_add_key(b, key);
	buffer_add_string(b, text);
	free(text);
}

static void add_count(struct buffer *b, const struct meta_count *c) {
	buffer_printf(b, "\"rows\":%llu,\"tokens\":%llu,\"labels\":%llu", (unsigned long long)c->rows, (unsigned long long)c->tokens,
		(unsigned long long)c->labels);
}

static int compare_entries(const void *a, const void *b) {
	const struct map_entry *const *x = a, *const *y = b;
	return text_compare((*x)->key, (*y)->key);
}

/* The entries in order of their keys, so that the bytes do not depend on the order of rows. Free it. */
static const struct map_entry **sorted(const struct map *m) {
	const struct map_entry **list = memory_zeroed(m->count, sizeof *list);
	for (size_t i = 0; i < m->count; i++) list[i] = &m->entries[i];
	qsort(list, m->count, sizeof *list, compare_entries);
	return list;
}

static void add_counts(struct buffer *b, const struct meta_counts *counts) {
	const struct map_entry **tasks = sorted(&counts->names);
	buffer_add_string(b, "{");
	add_count(b, &counts->all);
	buffer_add_string(b, ",\"tasks\":{");
	for (size_t i = 0; i < counts->names.count; i++) {
		if (i) buffer_add_string(b, ",");
		json_add_string(b, tasks[i]->key, false);
		buffer_add_string(b, ":{");
		add_count(b, &counts->tasks[tasks[i]->value]);
		buffer_add_string(b, "}");
	}
	buffer_add_string(b, "}}");
	free(tasks);
}

/* What is known of the sources that have rows here. */
static void add_sources(struct buffer *b, const struct meta *m, const struct meta_counts *counts) {
	const struct map_entry **sources = sorted(&counts->sources);
	buffer_add_string(b, "{");
	for (size_t i = 0; i < counts->sources.count; i++) {
		const cJSON *known = cJSON_GetObjectItemCaseSensitive(m->sources, sources[i]->key.data);
		if (i) buffer_add_string(b, ",");
		json_add_string(b, sources[i]->key, false);
		buffer_add_string(b, ":");
		char *text = known ? cJSON_PrintUnformatted(known) : NULL;
		buffer_add_string(b, text ? text : "{}");
		free(text);
	}
	buffer_add_string(b, "}");
	free(sources);
}

void meta_add_json(struct buffer *b, const struct meta *m, const char *split, int64_t seed, const struct meta_counts *counts) {
	buffer_add_string(b, "{");
	json_add_pair(b, "tool", text_of("spectrum"), false);
	json_add_pair(b, "version", text_of(spectrum_version), false);
	json_add_pair(b, "split", text_of(split), false);
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(m->common, common[i]);
		if (item) add_item(b, common[i], item);
	}
	json_add_integer(b, "seed", seed);
	json_add_key(b, "sources");
	add_sources(b, m, counts);
	json_add_key(b, "counts");
	add_counts(b, counts);
	json_add_key(b, "libraries");
	buffer_printf(b, "{\"zstd\":\"%s\"}}\n", ZSTD_versionString());
}

void meta_free(struct meta *m) {
	if (!m) return;
	cJSON_Delete(m->common);
	cJSON_Delete(m->sources);
	free(m->first);
	free(m);
}
