/* Files and folders as a whole: copying, sweeping, removing, replacing (declared in base/stream.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/stream.h"

enum { DEPTH_LIMIT = 100 }; /* of folders in folders: each holds a descriptor open */

static bool is_dots(const char *name) { return !strcmp(name, ".") || !strcmp(name, ".."); }

/* Removes the entry `name` of the folder open as `at`, with all below it. False with errno set. */
static bool remove_below(int at, const char *name, int depth) {
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT) return true;
	if (errno != EISDIR && errno != EPERM) return false; /* Linux and POSIX say it differently when it is a folder */
	int fd = depth < DEPTH_LIMIT ? openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd < 0) return false;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return false;
	}
	bool done = true;
	for (struct dirent *entry; done && (entry = readdir(dir));)
		if (!is_dots(entry->d_name)) done = remove_below(fd, entry->d_name, depth + 1);
	int cause = errno;
	closedir(dir);
	errno = cause;
	return done && unlinkat(at, name, AT_REMOVEDIR) == 0;
}

bool folder_remove(const char *path, struct error *e) {
	return remove_below(AT_FDCWD, path, 0) || error_system(e, "%s: cannot remove", path);
}

bool file_copy(const char *from, const char *to, struct error *e) {
	enum { ROOM = 1 << 20 };
	struct stat st;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0 || fstat(in, &st) || !S_ISREG(st.st_mode)) {
		if (in < 0) error_system(e, "%s: cannot read", from);
		else error_set(e, STATUS_OUTSIDE, "%s: is not a file", from);
		if (in >= 0) close(in);
		return false;
	}
	int out = folder_make_for(to, e) ? open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
	bool good = out >= 0 || error_system(e, "%s: cannot write", to);
	char *bytes = memory_allocate(ROOM);
	while (good) {
		ptrdiff_t got = read(in, bytes, ROOM);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) good = error_system(e, "%s: cannot read", from);
		if (got <= 0) break;
		good = descriptor_write(out, text_make(bytes, (size_t)got)) || error_system(e, "%s: cannot write", to);
	}
	if (out >= 0 && close(out) && good) good = error_system(e, "%s: cannot write", to);
	if (out >= 0 && !good) unlink(to);
	close(in);
	free(bytes);
	return good;
}

int temporary_file(struct error *e) {
	const char *folder = getenv("TMPDIR");
	struct buffer name = {0};
	buffer_printf(&name, "%s/spectrum-XXXXXX", folder && *folder ? folder : "/tmp");
	buffer_string(&name);
	int fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0) error_system(e, "cannot make a temporary file %s ($TMPDIR names another folder)", name.data);
	else unlink(name.data);
	buffer_free(&name);
	return fd;
}

/* Whether `name` is NAME.<pid>.tmp of a process that is gone. */
static bool is_left_over(const char *entry) {
	struct text name = text_of(entry);
	if (!text_ends(name, text_of(".tmp"))) return false;
	name.size -= 4;
	size_t dot = name.size;
	while (dot && name.data[dot - 1] != '.') dot--;
	int64_t pid;
	if (!dot || !number_parse_integer(text_make(name.data + dot, name.size - dot), &pid) || pid <= 0) return false;
	return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void folder_sweep(const char *folder) {
	DIR *dir = opendir(folder);
	if (!dir) return;
	for (struct dirent *entry; (entry = readdir(dir));)
		if (is_left_over(entry->d_name)) remove_below(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

/* Whether `end`, behind the name of a file, is .<pid>.tmp of a process that is gone, and nothing else. */
static bool is_own_temporary(const char *end) {
	return end[0] == '.' && strspn(end + 1, "0123456789") == strlen(end) - 5 && is_left_over(end);
}

void temporary_sweep(const char *path) {
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct buffer folder = {0};
	buffer_add(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
	DIR *dir = opendir(buffer_string(&folder));
	size_t size = strlen(base);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (!strncmp(entry->d_name, base, size) && is_own_temporary(entry->d_name + size)) unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir) closedir(dir);
	buffer_free(&folder);
}

bool path_is_file(const char *path) {
	struct stat st;
	return strcmp(path, "-") != 0 && !stat(path, &st) && S_ISREG(st.st_mode);
}

bool path_is_folder(const char *path) {
	struct stat st;
	return strcmp(path, "-") != 0 && !stat(path, &st) && S_ISDIR(st.st_mode);
}

bool path_is_inside(const char *path) {
	for (size_t size;; path += size + 1) {
		size = strcspn(path, "/");
		if (!size || (size == 1 && *path == '.') || (size == 2 && !strncmp(path, "..", 2))) return false;
		if (!path[size]) return true;
	}
}

bool folder_is_empty(const char *path) {
	DIR *dir = opendir(path);
	if (!dir) return false;
	struct dirent *entry;
	while ((entry = readdir(dir)) && is_dots(entry->d_name)) continue;
	closedir(dir);
	return !entry;
}

/* A rename is on disk when the folder that holds the name is. */
static void sync_parent(const char *path) {
	struct buffer b = {0};
	const char *slash = strrchr(path, '/');
	if (slash) buffer_add(&b, path, (size_t)(slash - path) + 1);
	else buffer_add_char(&b, '.');
	int fd = open(buffer_string(&b), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	buffer_free(&b);
}

/* For file systems that cannot exchange two names: for a moment there is no `path`. */
static bool replace_in_steps(const char *temporary, const char *path, struct buffer *old) {
	buffer_clear(old);
	buffer_printf(old, "%s.old.%ld.tmp", path, (long)getpid());
	if (rename(path, buffer_string(old))) return false;
	if (rename(temporary, path) == 0) return true;
	int cause = errno;
	rename(buffer_string(old), path);
	errno = cause;
	return false;
}

bool folder_replace(const char *temporary, const char *path, struct error *e) {
	struct buffer old = {0};
	buffer_add_string(&old, temporary);
	bool done = renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_EXCHANGE) == 0, there = done;
	if (!done && errno == ENOENT) done = rename(temporary, path) == 0;
	else if (!done && (errno == EINVAL || errno == ENOSYS)) there = done = replace_in_steps(temporary, path, &old);
	if (!done) error_system(e, "%s: cannot put the finished folder in its place", path);
	if (done) sync_parent(path);
	if (there) done = folder_remove(buffer_string(&old), e);
	buffer_free(&old);
	return done;
}
