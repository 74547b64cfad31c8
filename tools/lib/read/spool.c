#include "read/spool.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/archive.h"

static int open_plain(const char *path, const char *magic) {
	char head[16];
	size_t size = strlen(magic);
	struct stat st;
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0) return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && pread(fd, head, size, 0) == (ssize_t)size && !memcmp(head, magic, size)) return fd;
	close(fd);
	return -1;
}

/* What does not start with the magic is not copied any further: the reader will refuse it. */
static bool copy(struct input *in, int fd, const char *magic, struct error *e) {
	struct text chunk;
	bool first = true, right = true;
	do {
		if (!input_chunk(in, &chunk, e)) return false;
		if (!descriptor_write(fd, chunk))
			return error_system(e, "cannot write a temporary file; $TMPDIR names a folder with more room");
		if (first && chunk.size >= strlen(magic)) right = text_starts(chunk, text_of(magic));
		first = false;
	} while (chunk.size && right);
	return true;
}

int spool_open(const char *path, const char *magic, struct error *e) {
	int fd = open_plain(path, magic);
	if (fd >= 0) return fd;
	struct input *in = archive_input(path, e);
	if (!in) return -1;
	fd = temporary_file(e);
	if (fd >= 0 && !copy(in, fd, magic, e)) {
		error_within(e, "%s", path);
		close(fd);
		fd = -1;
	}
	input_close(in);
	return fd;
}
