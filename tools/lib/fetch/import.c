/* Taking in files that a person got by hand. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/stream.h"
#include "fetch/state.h"
#include "fetch/transfer.h"
#include "read/archive.h"

/* The last component of a path. */
static const char *last_part(const char *path) {
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* How many components at the end of both paths are equal. */
static size_t common_end(const char *a, const char *b) {
	size_t i = strlen(a), k = strlen(b), parts = 0;
	while (i && k && a[i - 1] == b[k - 1]) {
		i--, k--;
		if (a[i] == '/') parts++;
	}
	bool whole = (!i || a[i - 1] == '/' || a[i] == '/') && (!k || b[k - 1] == '/' || b[k] == '/');
	return parts + (whole && a[i] != '/');
}

/* The declared file whose path ends most like `path`: NULL when none does; `*others` lists equally good ones. */
static struct fetch_item *match(struct fetch_source *s, const char *path, struct buffer *others) {
	struct fetch_item *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < s->source->file_count; i++) {
		struct fetch_item *item = &s->items[i];
		size_t common = common_end(path, item->file->path);
		if (!common || common < most) continue;
		if (common > most) {
			best = item;
			most = common;
			buffer_clear(others);
			continue;
		}
		if (!others->size) buffer_add_string(others, best->file->path);
		buffer_printf(others, ", %s", item->file->path);
	}
	return best;
}

/* The archive of which this may be an unpacked member, and the member's path: the longest end of `path` that a pattern wants. */
static struct fetch_item *match_member(struct fetch_source *s, const char *path, const char **member) {
	for (const char *end = path; end; end = strchr(end, '/') ? strchr(end, '/') + 1 : NULL)
		for (size_t i = 0; *end && *end != '.' && i < s->source->file_count; i++)
			for (size_t k = 0; k < s->items[i].file->member_count; k++)
				if (!strstr(end, "/.") && !fnmatch(s->items[i].file->members[k], end, FNM_PATHNAME | FNM_PERIOD)) {
					*member = end;
					return &s->items[i];
				}
	return NULL;
}

static bool take_item(struct fetch *f, struct fetch_item *item, const char *file, struct error *e) {
	partial_remove(item->partial); /* what was begun from a server, too: it would be gone on with behind these bytes */
	bool good = file_copy(file, item->partial, e) && fetch_accept(f, item, item->partial, NULL, e);
	if (!good) return error_within(e, "%s", file);
	f->fetched++;
	if (!f->options.quiet) fprintf(stderr, "%s: %s: %s is %s\n", options_program(), item->source->source->id, file, item->file->path);
	return true;
}

static bool take_member(struct fetch *f, struct fetch_item *item, const char *file, const char *member, struct error *e) {
	struct buffer to = {0}, partial = {0};
	buffer_printf(&to, "%s/%s", item->source->folder, member);
	buffer_printf(&partial, "%s/.partial/%s", item->source->folder, member);
	bool good = file_copy(file, buffer_string(&partial), e) && folder_make_for(buffer_string(&to), e);
	if (good && rename(buffer_string(&partial), buffer_string(&to))) good = error_system(e, "%s: cannot write", buffer_string(&to));
	good = good && fetch_record_member(item, member, e);
	if (good) f->fetched++;
	buffer_free(&to);
	buffer_free(&partial);
	return good;
}

/* One file: 1 = taken in, 0 = it is none of the source's, -1 = failure. */
static int take_file(struct fetch *f, const char *file, struct error *e) {
	struct fetch_source *s = &f->sources[0];
	struct buffer others = {0};
	const char *member = NULL;
	struct fetch_item *item = match(s, file, &others);
	int taken = 0;
	if (item && others.size) {
		error_set(e, STATUS_USAGE, "%s: which file of %s is it? Say it with --as: %s", file, s->source->id, buffer_string(&others));
		taken = -1;
	} else if (item) {
		taken = take_item(f, item, file, e) ? 1 : -1;
	} else if ((item = match_member(s, file, &member))) {
		taken = take_member(f, item, file, member, e) ? 1 : -1;
	}
	buffer_free(&others);
	return taken;
}

/* Every file below a folder that is one of the source's; links are not followed. Returns how many, -1 on failure. */
static int64_t take_folder(struct fetch *f, const char *folder, struct error *e) {
	int64_t taken = 0;
	DIR *dir = opendir(folder);
	if (!dir) error_system(e, "%s: cannot read", folder);
	struct buffer path = {0};
	for (struct dirent *entry; dir && taken >= 0 && (entry = readdir(dir));) {
		struct stat st;
		if (entry->d_name[0] == '.') continue;
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", folder, entry->d_name);
		if (lstat(buffer_string(&path), &st)) continue;
		int64_t more = S_ISDIR(st.st_mode)   ? take_folder(f, buffer_string(&path), e)
			       : S_ISREG(st.st_mode) ? take_file(f, buffer_string(&path), e)
						     : 0;
		taken = more < 0 ? -1 : taken + more;
	}
	buffer_free(&path);
	if (!dir) return -1;
	closedir(dir);
	return taken;
}

/* Those members of an archive that are the source's, as patterns for archive_unpack. */
struct wanted {
	struct fetch_source *source;
	char **patterns;
	size_t count, room;
};

static void want_member(void *context, const char *name) {
	struct wanted *w = context;
	struct buffer others = {0}, pattern = {0};
	const char *member;
	bool ours = match(w->source, name, &others) || match_member(w->source, name, &member);
	for (const char *at = name; ours && *at; at++) {
		if (strchr("*?[\\", *at)) buffer_add_char(&pattern, '\\');
		buffer_add_char(&pattern, *at);
	}
	if (ours) {
		w->patterns = memory_grow(w->patterns, &w->room, w->count + 1, sizeof *w->patterns);
		w->patterns[w->count++] = memory_copy(pattern.data, pattern.size);
	}
	buffer_free(&others);
	buffer_free(&pattern);
}

/* The same for the members of an archive. */
static int64_t take_archive(struct fetch *f, const char *file, struct error *e) {
	struct wanted w = {.source = &f->sources[0]};
	struct buffer folder = {0};
	buffer_printf(&folder, "%s/.partial/.import", w.source->folder); /* ours alone, by the lock */
	bool good = folder_remove(buffer_string(&folder), e) && archive_list(file, want_member, &w, e);
	int64_t taken = good ? 0 : -1;
	if (w.count) {
		good = good &&
		       archive_unpack(file, (const char *const *)w.patterns, w.count, NULL, buffer_string(&folder), NULL, NULL, NULL, e);
		taken = good ? take_folder(f, buffer_string(&folder), e) : -1;
		folder_remove(buffer_string(&folder), NULL);
	}
	for (size_t i = 0; i < w.count; i++) free(w.patterns[i]);
	free(w.patterns);
	buffer_free(&folder);
	return taken;
}

static bool take_as(struct fetch *f, const char *file, const char *path, struct error *e) {
	struct fetch_source *s = &f->sources[0];
	for (size_t i = 0; i < s->source->file_count; i++)
		if (!strcmp(s->items[i].file->path, path)) return take_item(f, &s->items[i], file, e);
	return error_set(
		e, STATUS_USAGE, "%s declares no file '%s'; 'spectrum fetch %s --status' lists them", s->source->id, path, s->source->id);
}

bool fetch_import(struct fetch *f, const char *file, const char *path, struct error *e) {
	struct fetch_source *s = &f->sources[0];
	struct stat st;
	if (stat(file, &st)) return error_system(e, "%s: cannot read", file);
	if (path) return take_as(f, file, path, e);
	int64_t taken = S_ISDIR(st.st_mode) ? take_folder(f, file, e) : take_file(f, file, e);
	if (taken == 0 && S_ISREG(st.st_mode) && archive_is(file)) taken = take_archive(f, file, e);
	if (taken == 0) {
		struct buffer some = {0};
		for (size_t i = 0; i < s->source->file_count && i < 5; i++)
			buffer_printf(&some, "%s%s", i ? ", " : "", last_part(s->items[i].file->path));
		error_set(e, STATUS_USAGE,
			"%s: holds no file that %s declares (%s…); if it is one under another name, say which with --as PATH", file,
			s->source->id, buffer_string(&some));
		buffer_free(&some);
	}
	return taken > 0;
}

bool fetch_import_end(struct fetch *f, struct error *e) {
	struct fetch_source *s = &f->sources[0];
	for (size_t i = 0; i < s->source->file_count; i++) {
		fetch_look(&s->items[i]);
		if (s->items[i].state == FETCH_PRESENT) f->present++;
		else if (!s->items[i].file->optional) f->failed++;
	}
	fetch_tidy(s);
	return fetch_save(s, e);
}
