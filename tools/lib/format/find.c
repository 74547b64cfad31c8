/* Families: what there is, and what one holds. */
#include <dirent.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/share.h"
#include "format/template.h"

static int by_name(const void *a, const void *b) { return text_compare(*(const struct text *)a, *(const struct text *)b); }

static void list_folder(const char *folder, struct map *names) {
	DIR *dir = opendir(folder);
	if (!dir) return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct text name = text_of(entry->d_name), json = text_of(".json");
		if (name.data[0] == '.' || !text_ends(name, json)) continue;
		name.size -= json.size;
		if (!text_is(name, "shared")) map_put(names, name, NULL);
	}
	closedir(dir);
}

size_t family_names(struct buffer *all) {
	struct buffer folders = {0};
	struct map names = {0};
	size_t folder_count = share_folders(SHARE_FORMATS, &folders);
	const char *folder = folders.data;
	for (size_t i = 0; i < folder_count; i++, folder += strlen(folder) + 1) list_folder(folder, &names);
	size_t count = names.count;
	struct text *sorted = memory_zeroed(count, sizeof *sorted);
	for (size_t i = 0; i < count; i++) sorted[i] = names.entries[i].key;
	if (count) qsort(sorted, count, sizeof *sorted, by_name);
	for (size_t i = 0; i < count; i++) {
		buffer_add_text(all, sorted[i]);
		buffer_add_char(all, 0);
	}
	free(sorted);
	map_free(&names);
	buffer_free(&folders);
	return count;
}

const char *family_name(const struct family *f) { return f->name; }
size_t family_marker_count(const struct family *f) { return f->marker_count; }
struct text family_marker(const struct family *f, size_t i) {
	return f->markers[i];
}
size_t family_detect_count(const struct family *f) { return f->detect_count; }
struct text family_detect(const struct family *f, size_t i) {
	return f->detect[i];
}
int family_begin(const struct family *f) { return f->begin; }
int family_pad(const struct family *f) { return f->pad; }

int family_end(const struct family *f, const char *variant, struct error *e) {
	struct buffer names = {0};
	int marker = -1;
	for (const struct family_end *end = f->ends; end && marker < 0; end = end->next) {
		if (!strcmp(end->variant, variant)) marker = end->marker;
		buffer_printf(&names, " %s", end->variant);
	}
	if (marker < 0)
		error_set(e, STATUS_USAGE, "the family '%s' has no variant '%s'; it has:%s", f->name, variant, buffer_string(&names));
	buffer_free(&names);
	return marker;
}

const char *family_variant_of(const struct family *f, struct text marker) {
	for (const struct family_end *end = f->ends; end; end = end->next)
		if (text_equal(f->markers[end->marker], marker)) return end->variant;
	return NULL;
}

const struct format *family_format(const struct family *f, const char *name, struct error *e) {
	struct buffer names = {0};
	for (const struct format *format = f->formats; format; format = format->next) {
		if (!strcmp(format->name, name)) {
			buffer_free(&names);
			return format;
		}
		buffer_printf(&names, " %s", format->name);
	}
	error_set(e, STATUS_USAGE, "the family '%s' has no format '%s'; it has:%s", f->name, name, buffer_string(&names));
	buffer_free(&names);
	return NULL;
}
