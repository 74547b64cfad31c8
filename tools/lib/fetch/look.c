/* What is there of a source. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/stream.h"
#include "fetch/fetch.h"
#include "fetch/state.h"

const char *fetch_state_name(enum fetch_state state) {
	static const char *const names[] = {"present", "unverified", "partial", "missing"};
	return names[state];
}

bool fetch_by_hand(const struct fetch_item *item) {
	enum source_access access = item->source->source->access;
	return !item->file->url || access == ACCESS_MANUAL || access == ACCESS_REQUEST;
}

void fetch_explain(struct fetch_source *s) {
	if (s->explained) return;
	s->explained = true;
	const struct source *source = s->source;
	if (source->access == ACCESS_TOKEN)
		fprintf(stderr, "%s: %s: needs a token in the environment variable %s:\n", options_program(), source->id, source->token);
	else fprintf(stderr, "%s: to get the files of %s by hand:\n", options_program(), source->id);
	if (source->homepage) fprintf(stderr, "  %s\n", source->homepage);
	for (size_t i = 0; i < source->how_count; i++) fprintf(stderr, "  %zu. %s\n", i + 1, source->how[i]);
	if (source->access == ACCESS_TOKEN && !source->how_count)
		fprintf(stderr, "  accept the terms there, make an access token and put it into that variable\n");
	fprintf(stderr, "  %s spectrum fetch %s --import FILE… (the raw folder is %.*s)\n",
		source->access == ACCESS_TOKEN ? "or, with the files at hand:" : "then:", source->id,
		(int)(strlen(s->folder) - strlen(source->id) - 1), s->folder);
}

void members_key(const struct source_file *file, char out[32]) {
	XXH64_hash_t hash = 0;
	for (size_t i = 0; i < file->member_count; i++) hash = XXH64(file->members[i], strlen(file->members[i]) + 1, hash);
	snprintf(out, 32, "members %016llx", (unsigned long long)hash);
}

/* Whether what the archive gave lies there: by the record, something for every pattern, and nothing is gone. */
static bool members_present(const struct fetch_item *item) {
	const struct hashes *record = &item->source->record;
	struct buffer note = {0}, path = {0};
	buffer_printf(&note, "of %s", item->file->path);
	bool good = true, *used = memory_zeroed(item->file->member_count, sizeof *used);
	for (size_t i = 0; good && i < record->count; i++) {
		const struct hash_entry *entry = &record->entries[i];
		if (entry->removed || strcmp(entry->note, buffer_string(&note)) != 0) continue;
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", item->source->folder, entry->path);
		good = hashes_unchanged(entry, buffer_string(&path));
		for (size_t k = 0; k < item->file->member_count; k++)
			used[k] |= !fnmatch(item->file->members[k], entry->path, FNM_PATHNAME | FNM_PERIOD);
	}
	for (size_t k = 0; good && k < item->file->member_count; k++) good = used[k];
	free(used);
	buffer_free(&note);
	buffer_free(&path);
	return good;
}

/* The archive is there and other members were wanted when it was unpacked. */
static bool other_members(const struct fetch_item *item, const struct hash_entry *entry) {
	char key[32];
	members_key(item->file, key);
	return entry && strcmp(entry->note, key) != 0;
}

void fetch_look(struct fetch_item *item) {
	const struct hash_entry *entry = hashes_find(&item->source->record, item->file->path),
				*pin = hashes_find(&item->source->pinned, item->file->path);
	struct stat st;
	bool there = !stat(item->final, &st) && S_ISREG(st.st_mode);
	bool members = !item->file->member_count || (members_present(item) && !(there && other_members(item, entry)));
	item->size = there ? (uint64_t)st.st_size : 0;
	if (there) {
		bool verified = entry && hashes_unchanged(entry, item->final) && (!pin || !strcmp(pin->sha256, entry->sha256));
		item->state = verified && members ? FETCH_PRESENT : FETCH_UNVERIFIED;
	} else if (item->file->member_count && members) {
		item->state = FETCH_PRESENT; /* the archive itself may go once its members are there */
	} else if (!stat(item->partial, &st) && st.st_size) {
		item->state = FETCH_PARTIAL;
		item->size = (uint64_t)st.st_size;
	} else {
		item->state = FETCH_MISSING;
	}
}

static char *join(const char *a, const char *b, const char *c) {
	struct buffer path = {0};
	buffer_printf(&path, "%s%s%s", a, b, c);
	char *copy = memory_copy(path.data, path.size);
	buffer_free(&path);
	return copy;
}

/* One fetch of a source at a time; the kernel drops the lock of a process that dies. */
static bool take_lock(struct fetch_source *s, struct error *e) {
	if (!folder_make(s->folder, e)) return false;
	char *path = join(s->folder, "/.lock", "");
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	bool good = s->lock >= 0 || error_system(e, "%s: cannot lock", path);
	if (good && flock(s->lock, LOCK_EX | LOCK_NB)) {
		fprintf(stderr, "%s: waiting for another fetch of %s\n", options_program(), s->source->id);
		while (flock(s->lock, LOCK_EX) && errno == EINTR) {}
	}
	free(path);
	if (good) folder_sweep(s->folder);
	return good;
}

bool fetch_look_at(struct fetch *f, struct fetch_source *s, bool lock, struct error *e) {
	const struct source *source = s->source;
	const char *root = f->options.raw ? f->options.raw : source_raw_root();
	s->folder = join(root, "/", source->id);
	if (lock && source->file_count && !take_lock(s, e)) return false;
	char *pins = join(source->folder, "/SHA256SUMS", ""), *record = join(s->folder, "/.SHA256SUMS", "");
	bool good = hashes_load(&s->pinned, pins, e) && hashes_load(&s->record, record, e);
	free(pins);
	free(record);
	s->items = memory_zeroed(source->file_count, sizeof *s->items);
	for (size_t i = 0; good && i < source->file_count; i++) {
		struct fetch_item *item = &s->items[i];
		item->source = s;
		item->file = &source->files[i];
		item->final = join(s->folder, "/", item->file->path);
		item->partial = join(s->folder, "/.partial/", item->file->path);
		fetch_look(item);
	}
	return good;
}

static int by_id(const void *a, const void *b) {
	return strcmp(((const struct fetch_source *)a)->source->id, ((const struct fetch_source *)b)->source->id);
}

bool fetch_open(struct fetch *f, const struct fetch_options *options, const char *const *names, size_t count, bool lock, struct error *e) {
	*f = (struct fetch){.options = *options};
	f->sources = memory_zeroed(count, sizeof *f->sources);
	for (size_t i = 0; i < count; i++) {
		struct source *source = source_find(names[i], e);
		if (!source) return false;
		bool twice = false;
		for (size_t k = 0; k < f->source_count; k++) twice |= !strcmp(f->sources[k].source->id, source->id);
		if (twice) source_free(source);
		else f->sources[f->source_count++] = (struct fetch_source){.source = source, .lock = -1};
	}
	/* always in the same order, so that two processes cannot wait for each other's locks */
	if (f->source_count) qsort(f->sources, f->source_count, sizeof *f->sources, by_id);
	for (size_t i = 0; i < f->source_count; i++)
		if (!fetch_look_at(f, &f->sources[i], lock, e)) return false;
	return true;
}

void fetch_close(struct fetch *f) {
	for (size_t i = 0; i < f->source_count; i++) {
		struct fetch_source *s = &f->sources[i];
		for (size_t k = 0; s->items && k < s->source->file_count; k++) {
			free(s->items[k].final);
			free(s->items[k].partial);
		}
		free(s->items);
		hashes_free(&s->pinned);
		hashes_free(&s->record);
		if (s->lock >= 0) close(s->lock);
		free(s->folder);
		source_free(s->source);
	}
	free(f->sources);
	*f = (struct fetch){0};
}
