#include "read/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

struct archive_source {
	struct archive *archive;
	char *name;
};

/* What libarchive says of the failure; of some it says nothing. */
static const char *why(struct archive *a) {
	const char *said = archive_error_string(a);
	return said ? said : "it is cut short, or no archive from here on";
}

static ptrdiff_t member_read(void *state, char *out, size_t room, struct error *e) {
	struct archive_source *s = state;
	la_ssize_t got = archive_read_data(s->archive, out, room);
	if (got >= 0) return (ptrdiff_t)got;
	error_set(e, STATUS_DATA, "%s: cannot be unpacked: %s; fetch it again", s->name, why(s->archive));
	return -1;
}

static void member_close(void *state) {
	struct archive_source *s = state;
	archive_read_free(s->archive);
	free(s->name);
	free(s);
}

/* Every compression; archives too, or (raw) the decompressed bytes themselves. */
static struct archive *open_archive(const char *path, bool raw, const char *password, struct error *e) {
	struct archive *a = archive_read_new();
	if (!a) memory_allocate(SIZE_MAX);
	/* not filter_all: that has some which run programs of the machine on untrusted bytes */
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	if (raw) {
		archive_read_support_format_raw(a);
		archive_read_support_format_empty(a);
	} else {
		archive_read_support_format_zip(a);
		archive_read_support_format_tar(a);
	}
	if (password) archive_read_add_passphrase(a, password);
	if (archive_read_open_filename(a, path, 1 << 16) == ARCHIVE_OK) return a;
	error_set(e, STATUS_DATA, "%s: cannot be unpacked: %s; fetch it again", path, why(a));
	archive_read_free(a);
	return NULL;
}

/* The next member that is not a folder, and its path without a leading "./" (valid until the next call). libarchive makes names through the locale of
 * the thread, and gives none for a name that does not fit into it. Status of libarchive: ARCHIVE_OK, ARCHIVE_EOF, or what went wrong. */
static int next_member(struct archive *a, struct archive_entry **entry, const char **name) {
	locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before = unicode ? uselocale(unicode) : (locale_t)0;
	int state;
	do state = archive_read_next_header(a, entry);
	while ((state == ARCHIVE_OK || state == ARCHIVE_WARN) && archive_entry_filetype(*entry) == AE_IFDIR);
	if (state == ARCHIVE_WARN) state = ARCHIVE_OK;
	*name = state == ARCHIVE_OK ? archive_entry_pathname(*entry) : "";
	if (!*name) *name = "";
	while ((*name)[0] == '.' && (*name)[1] == '/') *name += 2;
	if (unicode) {
		uselocale(before);
		freelocale(unicode);
	}
	return state;
}

static struct input *member_input(struct archive *a, const char *path) {
	struct archive_source *s = memory_zeroed(1, sizeof *s);
	s->archive = a;
	s->name = memory_copy(path, strlen(path));
	return input_from(member_read, member_close, s, path);
}

/* The member called `wanted`, or the only file when `wanted` is NULL. */
static struct input *open_member(const char *path, const char *file, const char *wanted, struct error *e) {
	struct archive *a = open_archive(file, false, NULL, e);
	if (!a) return NULL;
	struct archive_entry *entry;
	struct buffer some = {0};
	const char *name;
	int state, files = 0;
	while ((state = next_member(a, &entry, &name)) == ARCHIVE_OK) {
		if (archive_entry_filetype(entry) != AE_IFREG) continue;
		if (wanted && !strcmp(name, wanted)) {
			buffer_free(&some);
			return member_input(a, path);
		}
		if (files++ < 5) buffer_printf(&some, "%s%s", files > 1 ? ", " : "", name);
	}
	archive_read_free(a);
	if (state == ARCHIVE_EOF && !wanted && files == 1) {
		struct input *in = open_member(path, file, buffer_string(&some), e);
		buffer_free(&some);
		return in;
	}
	if (state != ARCHIVE_EOF) error_set(e, STATUS_DATA, "%s: the archive is damaged; fetch it again", file);
	else if (!wanted)
		error_set(
			e, STATUS_USAGE, "%s: which of its %d files? Name one as %s/MEMBER: %s…", path, files, path, buffer_string(&some));
	else error_set(e, STATUS_USAGE, "%s: the archive %s has no member '%s'; it has: %s…", path, file, wanted, buffer_string(&some));
	buffer_free(&some);
	return NULL;
}

/* What the first bytes say: 0 plain or zstd, 1 another compression, 2 an archive (perhaps compressed). */
static int look(const char *path, struct error *e) {
	unsigned char head[512];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_system(e, "%s: cannot open", path);
		return -1;
	}
	ptrdiff_t size = read(fd, head, sizeof head);
	close(fd);
	if (size >= 4 && !memcmp(head, "PK\3\4", 4)) return 2;
	if (size >= 262 && !memcmp(head + 257, "ustar", 5)) return 2;
	bool packed = (size >= 3 && !memcmp(head, "\x1F\x8B\x08", 3)) || (size >= 3 && !memcmp(head, "BZh", 3)) ||
		      (size >= 6 && !memcmp(head,
					    "\xFD"
					    "7zXZ",
					    6)) ||
		      (size >= 4 && !memcmp(head, "\x04\x22\x4D\x18", 4));
	if (!packed) return 0;
	struct archive *a = open_archive(path, false, NULL, NULL);
	struct archive_entry *entry;
	bool tar = a && archive_read_next_header(a, &entry) == ARCHIVE_OK && archive_format(a) != ARCHIVE_FORMAT_EMPTY;
	if (a) archive_read_free(a);
	return tar ? 2 : 1;
}

struct input *archive_input(const char *path, struct error *e) {
	if (!strcmp(path, "-")) return input_open(path, e);
	if (!path_is_file(path)) { /* perhaps ARCHIVE/MEMBER: the longest leading part that is a file */
		char *file = memory_copy(path, strlen(path));
		for (char *slash = strrchr(file, '/'); slash; slash = strrchr(file, '/')) {
			*slash = 0;
			if (!path_is_file(file)) continue;
			struct input *in = open_member(path, file, path + (slash - file) + 1, e);
			free(file);
			return in;
		}
		free(file);
		return input_open(path, e);
	}
	int kind = look(path, e);
	if (kind < 0) return NULL;
	if (kind == 0) return input_open(path, e);
	if (kind == 2) return open_member(path, path, NULL, e);
	struct archive *a = open_archive(path, true, NULL, e);
	struct archive_entry *entry;
	if (!a) return NULL;
	int state = archive_read_next_header(a, &entry);
	if (state == ARCHIVE_OK) return member_input(a, path);
	if (state == ARCHIVE_EOF) { /* an empty compressed file */
		archive_read_free(a);
		return input_from_memory(text_of(""), path);
	}
	error_set(e, STATUS_DATA, "%s: cannot be unpacked: %s", path, why(a));
	archive_read_free(a);
	return NULL;
}

/* One unpacking under way. */
struct unpacking {
	struct archive *archive;
	const char *path, *folder;
	struct archive_limits limits;
	uint64_t total, files;
	struct error *e;
};

static bool unsafe(const char *name) {
	if (!*name || name[0] == '/' || strchr(name, '\\')) return true;
	for (const unsigned char *at = (const unsigned char *)name; *at; at++)
		if (*at < 0x20 || *at == 0x7F) return true; /* a line feed would forge lines of lists of files */
	for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
		if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2])) return true;
	return false;
}

/* The present member's bytes into the file `out`, called `path`. */
static bool copy_member(struct unpacking *u, const char *name, int out, const char *path) {
	uint64_t size = 0;
	char chunk[1 << 16];
	for (;;) {
		la_ssize_t got = archive_read_data(u->archive, chunk, sizeof chunk);
		if (got == 0) return fsync(out) == 0 || error_system(u->e, "%s: cannot write", path);
		if (got < 0)
			return error_set(u->e, STATUS_DATA, "%s: the member '%s' cannot be unpacked: %s", u->path, name, why(u->archive));
		size += (uint64_t)got;
		u->total += (uint64_t)got;
		if (size > u->limits.file_bytes || u->total > u->limits.total_bytes)
			return error_set(u->e, STATUS_DATA,
				"%s: the member '%s' unpacks to more than is allowed (%llu bytes a file, %llu in all)", u->path, name,
				(unsigned long long)u->limits.file_bytes, (unsigned long long)u->limits.total_bytes);
		if (!descriptor_write(out, text_make(chunk, (size_t)got))) return error_system(u->e, "%s: cannot write", path);
	}
}

/* Writes the present member below the folder, under its name with .~ behind it until it is complete. An `output` would look through the whole folder
 * for what was left of each file, which takes minutes with some ten thousand members. */
static bool unpack_member(struct unpacking *u, const char *name) {
	struct buffer path = {0}, first = {0};
	buffer_printf(&path, "%s/%s", u->folder, name);
	buffer_printf(&first, "%s.~", buffer_string(&path));
	const char *to = buffer_string(&path), *from = buffer_string(&first);
	bool good = folder_make_for(to, u->e);
	int out = good ? open(from, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666) : -1;
	if (good && out < 0) good = error_system(u->e, "%s: cannot write", from);
	good = good && copy_member(u, name, out, from);
	if (out >= 0 && close(out) && good) good = error_system(u->e, "%s: cannot write", from);
	if (good && rename(from, to)) good = error_system(u->e, "%s: cannot write", to);
	if (out >= 0 && !good) unlink(from);
	buffer_free(&path);
	buffer_free(&first);
	return good;
}

static ptrdiff_t matching(const char *name, const char *const *patterns, size_t count) {
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(patterns[i], name, FNM_PATHNAME | FNM_PERIOD)) return (ptrdiff_t)i;
	return -1;
}

bool archive_unpack(const char *archive, const char *const *patterns, size_t pattern_count, const char *password, const char *folder,
	const struct archive_limits *limits, archive_unpacked *unpacked, void *context, struct error *e) {
	struct unpacking u = {.path = archive, .folder = folder, .e = e};
	if (limits) u.limits = *limits;
	if (!u.limits.file_bytes) u.limits.file_bytes = (uint64_t)64 << 30;
	if (!u.limits.total_bytes) u.limits.total_bytes = (uint64_t)64 << 30;
	if (!u.limits.files) u.limits.files = 1000000;
	if (!(u.archive = open_archive(archive, false, password, e))) return false;
	bool *used = memory_zeroed(pattern_count, sizeof *used), good = true;
	struct archive_entry *entry;
	int state = ARCHIVE_OK;
	const char *name;
	while (good && (state = next_member(u.archive, &entry, &name)) == ARCHIVE_OK) {
		ptrdiff_t which = matching(name, patterns, pattern_count);
		if (unsafe(name)) {
			good = error_set(e, STATUS_DATA,
				"%s: the member '%s' would lie outside the target folder; the archive is not trusted", archive, name);
		} else if (which >= 0) {
			used[which] = true;
			if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
				good = error_set(e, STATUS_DATA, "%s: the member '%s' is a link or a device; only files are unpacked",
					archive, name);
			else if (++u.files > u.limits.files)
				good = error_set(e, STATUS_DATA, "%s: more than %llu members", archive, (unsigned long long)u.limits.files);
			else if ((good = unpack_member(&u, name)) && unpacked) unpacked(context, name);
		}
	}
	if (good && state != ARCHIVE_EOF) good = error_set(e, STATUS_DATA, "%s: the archive is damaged: %s", archive, why(u.archive));
	for (size_t i = 0; good && i < pattern_count; i++)
		if (!used[i]) good = error_set(e, STATUS_DATA, "%s: no member matches '%s'", archive, patterns[i]);
	free(used);
	archive_read_free(u.archive);
	return good;
}

bool archive_is(const char *path) { return path_is_file(path) && look(path, NULL) == 2; }

bool archive_list(const char *archive, archive_unpacked *member, void *context, struct error *e) {
	struct archive *a = open_archive(archive, false, NULL, e);
	struct archive_entry *entry;
	int state = ARCHIVE_OK;
	if (!a) return false;
	const char *name;
	while ((state = next_member(a, &entry, &name)) == ARCHIVE_OK)
		if (archive_entry_filetype(entry) == AE_IFREG) member(context, name);
	if (state != ARCHIVE_EOF) error_set(e, STATUS_DATA, "%s: the archive is damaged: %s", archive, why(a));
	archive_read_free(a);
	return state == ARCHIVE_EOF;
}
