/* From a complete file to a verified, recorded and unpacked one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/stream.h"
#include "fetch/state.h"
#include "read/archive.h"

bool fetch_save(struct fetch_source *s, struct error *e) {
	if (!s->changed) return true;
	struct buffer path = {0};
	buffer_printf(&path, "%s/.SHA256SUMS", s->folder);
	bool good = hashes_save(&s->record, buffer_string(&path), true, e);
	s->changed = !good;
	buffer_free(&path);
	return good;
}

void fetch_tidy(const struct fetch_source *s) {
	for (size_t i = 0; i < s->source->file_count; i++) {
		char *path = memory_copy(s->items[i].partial, strlen(s->items[i].partial));
		for (char *slash = strrchr(path, '/'); slash && (size_t)(slash - path) > strlen(s->folder); slash = strrchr(path, '/')) {
			*slash = 0;
			if (rmdir(path)) break;
		}
		free(path);
	}
}

void fetch_failed(struct fetch *f, const struct fetch_item *item, const struct error *e) {
	struct error full = *e;
	error_within(&full, "%s: %s", item->source->source->id, item->file->path);
	error_report(&full, options_program());
	f->failed++;
}

bool fetch_record_member(struct fetch_item *item, const char *path, struct error *e) {
	struct buffer note = {0}, file = {0};
	buffer_printf(&note, "of %s", item->file->path);
	buffer_printf(&file, "%s/%s", item->source->folder, path);
	bool good = hashes_measure(hashes_put(&item->source->record, path, buffer_string(&note)), buffer_string(&file), e);
	item->source->changed = true;
	buffer_free(&note);
	buffer_free(&file);
	return good;
}

struct unpack_context {
	struct fetch_item *item;
	struct error *e;
	bool failed;
};

static void member_unpacked(void *context, const char *member) {
	struct unpack_context *c = context;
	if (!c->failed && !fetch_record_member(c->item, member, c->e)) c->failed = true;
}

/* Marks what an earlier unpacking gave as removed; `unlink_them`: deletes the files that are marked still. */
static void forget_members(struct fetch_item *item, bool unlink_them) {
	struct hashes *record = &item->source->record;
	struct buffer note = {0}, path = {0};
	buffer_printf(&note, "of %s", item->file->path);
	for (size_t i = 0; i < record->count; i++) {
		struct hash_entry *entry = &record->entries[i];
		if (strcmp(entry->note, buffer_string(&note)) != 0) continue;
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", item->source->folder, entry->path);
		if (unlink_them && entry->removed) unlink(buffer_string(&path));
		if (!unlink_them) entry->removed = true;
	}
	buffer_free(&note);
	buffer_free(&path);
}

bool fetch_members_right(const struct fetch_item *item) {
	const struct hashes *record = &item->source->record;
	struct buffer note = {0}, path = {0};
	bool right = true;
	buffer_printf(&note, "of %s", item->file->path);
	for (size_t i = 0; right && i < record->count; i++) {
		const struct hash_entry *entry = &record->entries[i];
		struct hash_entry now = {0};
		if (entry->removed || strcmp(entry->note, buffer_string(&note)) != 0) continue;
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", item->source->folder, entry->path);
		right = hashes_measure(&now, buffer_string(&path), NULL) && !strcmp(now.sha256, entry->sha256);
	}
	buffer_free(&note);
	buffer_free(&path);
	return right;
}

uint64_t disk_free(const char *folder) {
	struct statvfs disk;
	char *path = memory_copy(folder, strlen(folder));
	int state;
	while ((state = statvfs(path, &disk)) && errno == ENOENT && strrchr(path, '/') > path) *strrchr(path, '/') = 0;
	if (state) state = statvfs(".", &disk);
	free(path);
	return state ? UINT64_MAX : (uint64_t)disk.f_bavail * disk.f_frsize;
}

static bool unpack(struct fetch_item *item, struct error *e) {
	const struct source_file *file = item->file;
	if (!file->member_count) return true;
	struct hash_entry *entry = hashes_find(&item->source->record, file->path);
	/* a small archive that unpacks to a full disk is an attack or a fault; data are rarely packed to less than a two-hundredth */
	uint64_t least = (uint64_t)256 << 20, most = entry->size > least / 200 ? entry->size * 200 : least,
		 room = disk_free(item->source->folder);
	struct archive_limits limits = {.total_bytes = most < room ? most : room + 1};
	struct unpack_context context = {item, e, false};
	forget_members(item, false);
	if (!archive_unpack(item->final, file->members, file->member_count, file->password, item->source->folder, &limits, member_unpacked,
		    &context, e) ||
		context.failed)
		return false;
	forget_members(item, true);
	char key[32];
	members_key(file, key);
	hashes_put(&item->source->record, file->path, key);
	return true;
}

/* The hash that a file should have, and who says so; NULL when this is its first use. */
static const char *expected(const struct fetch *f, const struct fetch_item *item, bool *pinned) {
	const struct hash_entry *pin = hashes_find(&item->source->pinned, item->file->path),
				*entry = hashes_find(&item->source->record, item->file->path);
	*pinned = pin && !(f->options.pin && f->options.force);
	if (*pinned) return pin->sha256;
	return entry && !f->options.force ? entry->sha256 : NULL;
}

static bool hash_fits(const struct fetch *f, const struct fetch_item *item, const struct hash_entry *got, struct error *e) {
	bool pinned;
	const char *wanted = expected(f, item, &pinned);
	if (!wanted || !strcmp(wanted, got->sha256)) return true;
	if (pinned)
		return error_set(e, STATUS_DATA,
			"wrong SHA-256, the file was not kept: it is %s, SHA256SUMS of the source says %s; get it from another place "
			"(--mirror, --import), or if the new file is right: fetch %s --force --pin",
			got->sha256, wanted, item->source->source->id);
	return error_set(e, STATUS_DATA,
		"the file is not the one that was fetched first, it was not kept: SHA-256 is %s, was %s; if the new one is right: fetch %s "
		"--force",
		got->sha256, wanted, item->source->source->id);
}

static void record(struct fetch_item *item, const struct hash_entry *got) {
	struct hash_entry *entry = hashes_put(&item->source->record, item->file->path, "");
	memcpy(entry->sha256, got->sha256, sizeof entry->sha256);
	entry->size = got->size;
	entry->mtime = got->mtime;
	item->source->changed = true;
	item->size = got->size;
}

static bool sync_file(const char *path, struct error *e) {
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && !fsync(fd);
	if (!good) error_system(e, "%s: cannot write", path);
	if (fd >= 0) close(fd);
	return good;
}

bool fetch_accept(struct fetch *f, struct fetch_item *item, const char *from, bool *wrong_hash, struct error *e) {
	struct hash_entry got = {0};
	if (wrong_hash) *wrong_hash = false;
	if (!hashes_measure(&got, from, e)) return false;
	if (!hash_fits(f, item, &got, e)) {
		if (wrong_hash) *wrong_hash = true;
		unlink(from);
		return false;
	}
	if (!sync_file(from, e) || !folder_make_for(item->final, e)) return false;
	if (rename(from, item->final)) return error_system(e, "%s: cannot be written", item->final);
	record(item, &got);
	if (item->file->bytes && item->file->bytes != got.size && !hashes_find(&item->source->pinned, item->file->path))
		warn(options_program(), "%s: %s: has %llu bytes, the manifest says %llu; no hash is pinned that would tell which is right",
			item->source->source->id, item->file->path, (unsigned long long)got.size, (unsigned long long)item->file->bytes);
	f->bytes += got.size;
	if (!unpack(item, e)) return false;
	item->state = FETCH_PRESENT;
	return true;
}

int fetch_adopt(struct fetch *f, struct fetch_item *item, struct error *e) {
	const struct hash_entry *entry = hashes_find(&item->source->record, item->file->path),
				*pin = hashes_find(&item->source->pinned, item->file->path);
	bool known = entry && hashes_unchanged(entry, item->final) && (!pin || !strcmp(pin->sha256, entry->sha256));
	if (!known || f->options.verify) {
		struct hash_entry got = {0};
		if (!hashes_measure(&got, item->final, e)) return -1;
		if (!hash_fits(f, item, &got, e)) return 0;
		if (!known || got.mtime != entry->mtime) record(item, &got);
	}
	fetch_look(item);
	if ((item->state != FETCH_PRESENT || (f->options.verify && !fetch_members_right(item))) && !unpack(item, e)) return -1;
	item->state = FETCH_PRESENT;
	return 1;
}
