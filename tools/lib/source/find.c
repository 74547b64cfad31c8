/* Where sources and their raw files lie. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/share.h"
#include "base/stream.h"
#include "source/manifest.h"
#include "source/pattern.h"

const char *source_raw_root(void) {
	const char *root = getenv("SPECTRUM_RAW");
	return root && *root ? root : "out/raw";
}

struct source *source_find(const char *name, struct error *e) {
	struct buffer path = {0}, all = {0};
	struct source *found = NULL;
	bool tried = strchr(name, '/') != NULL || !strcmp(name, ".") || !strcmp(name, "..");
	if (tried) {
		found = source_load(name, e);
	} else {
		size_t count = share_folders(SHARE_SOURCES, &all);
		const char *folder = all.data;
		for (size_t i = 0; i < count && !tried; i++, folder += strlen(folder) + 1) {
			buffer_clear(&path);
			buffer_printf(&path, "%s/%s/source.json", folder, name);
			tried = path_is_file(buffer_string(&path));
			if (!tried) continue;
			path.size -= strlen("/source.json");
			found = source_load(buffer_string(&path), e);
		}
		buffer_clear(&path);
		buffer_printf(&path, "%s/source.json", name);
		if (!tried && path_is_file(buffer_string(&path))) {
			tried = true;
			found = source_load(name, e);
		}
	}
	if (!tried)
		error_set(e, STATUS_USAGE,
			"there is no source '%s' in SPECTRUM_SOURCES, ./sources or the installed ones; 'spectrum sources' lists them, a "
			"path works too",
			name);
	buffer_free(&path);
	buffer_free(&all);
	return found;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

char **source_list(void) {
	struct buffer all = {0}, path = {0};
	struct map seen = {0};
	char **ids = NULL;
	size_t count = 0, room = 0, folders = share_folders(SHARE_SOURCES, &all);
	const char *folder = all.data;
	for (size_t i = 0; i < folders; i++, folder += strlen(folder) + 1) {
		DIR *dir = opendir(folder);
		for (struct dirent *entry; dir && (entry = readdir(dir));) {
			buffer_clear(&path);
			buffer_printf(&path, "%s/%s/source.json", folder, entry->d_name);
			bool fresh = false;
			if (entry->d_name[0] == '.' || !path_is_file(buffer_string(&path))) continue;
			map_put(&seen, text_of(entry->d_name), &fresh);
			if (!fresh) continue;
			ids = memory_grow(ids, &room, count + 2, sizeof *ids);
			ids[count++] = memory_copy(entry->d_name, strlen(entry->d_name));
		}
		if (dir) closedir(dir);
	}
	ids = memory_resize(ids, count + 1, sizeof *ids);
	ids[count] = NULL;
	qsort(ids, count, sizeof *ids, by_text);
	map_free(&seen);
	buffer_free(&all);
	buffer_free(&path);
	return ids;
}

void source_list_free(char **ids) {
	for (char **at = ids; at && *at; at++) free(*at);
	free(ids);
}

/* Paths of files found below a folder, relative to it. */
struct found_files {
	char **paths;
	size_t count, room;
};

static void walk(const char *root, struct buffer *below, struct found_files *found) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%.*s", root, (int)below->size, below->size ? below->data : "");
	DIR *dir = opendir(buffer_string(&path));
	size_t size = below->size;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.') continue;
		buffer_printf(below, "%s%s", size ? "/" : "", entry->d_name);
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", root, buffer_string(below));
		if (path_is_folder(buffer_string(&path))) {
			walk(root, below, found);
		} else if (path_is_file(buffer_string(&path))) {
			found->paths = memory_grow(found->paths, &found->room, found->count + 1, sizeof *found->paths);
			found->paths[found->count++] = memory_copy(below->data, below->size);
		}
		below->size = size;
	}
	if (dir) closedir(dir);
	buffer_free(&path);
}

static const char *join(struct arena *memory, const char *folder, const char *path) {
	struct buffer joined = {0};
	buffer_printf(&joined, "%s/%s", folder, path);
	const char *kept = arena_copy(memory, buffer_text(&joined)).data;
	buffer_free(&joined);
	return kept;
}

struct file_lists {
	struct table_files *out;
	size_t room, missing_room;
	struct table_file *files;
	const char **missing;
};

static void add_found(struct file_lists *lists, const char *raw, const char *label, const char *const *values, struct arena *memory) {
	lists->files = memory_grow(lists->files, &lists->room, lists->out->count + 1, sizeof *lists->files);
	lists->files[lists->out->count++] = (struct table_file){join(memory, raw, label), label, values};
}

/* Files whose names are all in `each`: every combination is there or missing. */
static void enumerate(struct file_lists *lists, struct pattern_values *v, const char *raw, struct arena *memory) {
	do {
		const char **values = arena_allocate(memory, (v->pattern->name_count + 1) * sizeof *values);
		for (size_t i = 0; i < v->pattern->name_count; i++) values[i] = pattern_value(v, i);
		const char *label = pattern_fill(v->pattern, v->source, v, memory);
		if (path_is_file(join(memory, raw, label))) {
			add_found(lists, raw, label, values, memory);
		} else {
			lists->missing =
				memory_grow(lists->missing, &lists->missing_room, lists->out->missing_count + 1, sizeof *lists->missing);
			lists->missing[lists->out->missing_count++] = label;
		}
	} while (pattern_values_next(v));
}

static void search(struct file_lists *lists, const struct pattern *p, const char *raw, struct arena *memory) {
	struct found_files found = {0};
	struct buffer below = {0};
	walk(raw, &below, &found);
	if (found.count) qsort(found.paths, found.count, sizeof *found.paths, by_text);
	for (size_t i = 0; i < found.count; i++) {
		const char **values = arena_allocate(memory, (p->name_count + 1) * sizeof *values);
		if (pattern_match(p, text_of(found.paths[i]), values, memory))
			add_found(lists, raw, arena_copy(memory, text_of(found.paths[i])).data, values, memory);
		free(found.paths[i]);
	}
	free(found.paths);
	buffer_free(&below);
}

void source_table_files(
	const struct source *s, const struct source_table *table, const char *raw, struct arena *memory, struct table_files *out) {
	*out = (struct table_files){0};
	if (!table->files) return;
	struct pattern pattern;
	struct pattern_values values;
	if (pattern_parse(&pattern, table->files, memory)) return; /* checked when the manifest was read */
	struct file_lists lists = {.out = out};
	if (pattern_values_start(&values, s, &pattern, memory)) enumerate(&lists, &values, raw, memory);
	else search(&lists, &pattern, raw, memory);
	out->files = arena_allocate(memory, out->count * sizeof *out->files + 1);
	if (lists.files) memcpy(out->files, lists.files, out->count * sizeof *out->files);
	out->missing = arena_allocate(memory, out->missing_count * sizeof *out->missing + 1);
	if (lists.missing) memcpy(out->missing, lists.missing, out->missing_count * sizeof *out->missing);
	free(lists.files);
	free(lists.missing);
}

bool source_file_present(const struct source_file *file, const char *raw) {
	struct buffer path = {0}, below = {0};
	struct found_files found = {0};
	buffer_printf(&path, "%s/%s", raw, file->path);
	bool present = path_is_file(buffer_string(&path));
	if (!present && file->member_count) walk(raw, &below, &found);
	for (size_t i = 0; i < found.count; i++) {
		for (size_t k = 0; k < file->member_count; k++)
			present = present || !fnmatch(file->members[k], found.paths[i], FNM_PATHNAME);
		free(found.paths[i]);
	}
	free(found.paths);
	buffer_free(&path);
	buffer_free(&below);
	return present;
}
