#include "fetch/hashes.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/stream.h"

struct hash_entry *hashes_find(const struct hashes *h, const char *path) {
	const struct map_entry *found = map_find(&h->by_path, text_of(path));
	return found && !h->entries[found->value].removed ? &h->entries[found->value] : NULL;
}

struct hash_entry *hashes_put(struct hashes *h, const char *path, const char *note) {
	bool fresh = false;
	struct map_entry *slot = map_put(&h->by_path, text_of(path), &fresh);
	if (fresh) {
		h->entries = memory_grow(h->entries, &h->room, h->count + 1, sizeof *h->entries);
		slot->value = h->count;
		h->entries[h->count++] = (struct hash_entry){.path = arena_copy(&h->memory, text_of(path)).data};
	}
	struct hash_entry *entry = &h->entries[slot->value];
	entry->note = arena_copy(&h->memory, text_of(note)).data;
	entry->removed = false;
	return entry;
}

static bool hexadecimal(const char *digits) {
	for (int i = 0; i < 64; i++)
		if (!isxdigit((unsigned char)digits[i])) return false;
	return true;
}

/* One line, ended by NUL. `state` is the last comment that had the form `# SIZE MTIME NOTE`. */
static bool take_line(struct hashes *h, char *line, struct hash_entry *state) {
	size_t size = strlen(line);
	if (!size) return true;
	if (*line == '#') {
		unsigned long long bytes;
		long long time;
		int end = 0;
		if (sscanf(line, "# %llu %lld %n", &bytes, &time, &end) == 2 && end)
			*state = (struct hash_entry){.size = bytes, .mtime = time, .note = line + end};
		return true;
	}
	if (size < 67 || !hexadecimal(line) || line[64] != ' ' || (line[65] != ' ' && line[65] != '*')) return false;
	const char *path = line + 66 + (strncmp(line + 66, "./", 2) ? 0 : 2);
	if (!path_is_inside(path)) return false; /* members that are gone from an archive are deleted by their path */
	struct hash_entry *entry = hashes_put(h, path, state->note ? state->note : "");
	for (int i = 0; i < 64; i++) entry->sha256[i] = (char)tolower((unsigned char)line[i]);
	entry->size = state->size;
	entry->mtime = state->mtime;
	return true;
}

bool hashes_load(struct hashes *h, const char *file, struct error *e) {
	if (access(file, F_OK) && errno == ENOENT) return true;
	struct buffer text = {0};
	bool good = input_load(file, 256 << 20, &text, e);
	struct hash_entry state = {0};
	size_t number = 0;
	buffer_add_char(&text, '\n');
	for (char *line = text.data, *end = text.data + text.size; good && line < end;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		*newline = 0;
		if (newline > line && newline[-1] == '\r') newline[-1] = 0;
		number++;
		if (!take_line(h, line, &state))
			good = error_set(e, STATUS_USAGE,
				"%s:%zu: should be a SHA-256 in hexadecimal, two blanks and a path inside the folder, as sha256sum writes",
				file, number);
		if (*line != '#') state = (struct hash_entry){0};
		line = newline + 1;
	}
	buffer_free(&text);
	return good;
}

static int by_path(const void *a, const void *b) {
	return strcmp((*(const struct hash_entry *const *)a)->path, (*(const struct hash_entry *const *)b)->path);
}

bool hashes_save(const struct hashes *h, const char *file, bool with_state, struct error *e) {
	const struct hash_entry **sorted = memory_zeroed(h->count, sizeof *sorted);
	struct buffer text = {0};
	for (size_t i = 0; i < h->count; i++) sorted[i] = &h->entries[i];
	qsort(sorted, h->count, sizeof *sorted, by_path);
	for (size_t i = 0; i < h->count; i++) {
		if (sorted[i]->removed) continue;
		if (with_state)
			buffer_printf(&text, "# %llu %lld %s\n", (unsigned long long)sorted[i]->size, (long long)sorted[i]->mtime,
				sorted[i]->note);
		buffer_printf(&text, "%s  %s\n", sorted[i]->sha256, sorted[i]->path);
	}
	bool good = output_save(file, buffer_text(&text), e);
	buffer_free(&text);
	free(sorted);
	return good;
}

void hashes_free(struct hashes *h) {
	free(h->entries);
	map_free(&h->by_path);
	arena_free(&h->memory);
	*h = (struct hashes){0};
}

static int64_t change_time(const struct stat *st) { return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec; }

bool hashes_measure(struct hash_entry *entry, const char *file, struct error *e) {
	enum { ROOM = 1 << 18 };
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st)) {
		error_system(e, "%s: cannot read", file);
		if (fd >= 0) close(fd);
		return false;
	}
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char *bytes = memory_allocate(ROOM), digest[EVP_MAX_MD_SIZE];
	if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL)) memory_allocate(SIZE_MAX);
	ptrdiff_t got;
	while ((got = read(fd, bytes, ROOM)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0) EVP_DigestUpdate(context, bytes, (size_t)got);
	if (got < 0) error_system(e, "%s: cannot read", file);
	EVP_DigestFinal_ex(context, digest, NULL);
	for (int i = 0; i < 32; i++) snprintf(entry->sha256 + 2 * i, 3, "%02x", digest[i]);
	entry->size = (uint64_t)st.st_size;
	entry->mtime = change_time(&st);
	EVP_MD_CTX_free(context);
	free(bytes);
	close(fd);
	return got == 0;
}

bool hashes_unchanged(const struct hash_entry *entry, const char *file) {
	struct stat st;
	return !stat(file, &st) && S_ISREG(st.st_mode) && (uint64_t)st.st_size == entry->size && change_time(&st) == entry->mtime;
}
