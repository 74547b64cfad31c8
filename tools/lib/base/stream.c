#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/relay.h"

enum { CHUNK_BYTES = 256 * 1024, WRITE_SLOTS = 8 };
static const size_t LINE_LIMIT = (size_t)1 << 30;

struct input {
	input_source *source;
	void (*close)(void *state);
	void *state;
	char *name;
	char *data; /* bytes read and not yet given: [start, end) */
	size_t start, end, capacity;
	bool borrowed; /* data belongs to the caller (input_from_memory) */
	bool ended;
	uint64_t line;
};

static ptrdiff_t read_some(int fd, char *out, size_t room, const char *name, struct error *e) {
	for (;;) {
		ptrdiff_t got = read(fd, out, room);
		if (got >= 0) return got;
		if (errno == EINTR) continue;
		error_system(e, "%s: cannot read", name);
		return -1;
	}
}

/* A descriptor, perhaps with zstd over it. */
struct file_source {
	int fd;
	char *name;
	ZSTD_DStream *zstd;
	char *packed;
	ZSTD_inBuffer in;
	bool frame_open;
};

static ptrdiff_t file_read(void *state, char *out, size_t room, struct error *e) {
	struct file_source *file = state;
	if (!file->zstd) {
		if (file->in.pos < file->in.size) { /* the bytes that were looked at for the magic */
			size_t left = file->in.size - file->in.pos, take = left < room ? left : room;
			memcpy(out, file->packed + file->in.pos, take);
			file->in.pos += take;
			return (ptrdiff_t)take;
		}
		return read_some(file->fd, out, room, file->name, e);
	}
	ZSTD_outBuffer unpacked = {out, room, 0};
	while (!unpacked.pos) {
		if (file->in.pos == file->in.size) {
			ptrdiff_t got = read_some(file->fd, file->packed, CHUNK_BYTES, file->name, e);
			if (got < 0) return -1;
			if (got == 0) {
				if (!file->frame_open) return 0;
				error_set(e, STATUS_DATA, "%s: the zstd stream is cut short; make or fetch the file again", file->name);
				return -1;
			}
			file->in.size = (size_t)got;
			file->in.pos = 0;
		}
		size_t left = ZSTD_decompressStream(file->zstd, &unpacked, &file->in);
		if (ZSTD_isError(left)) {
			error_set(e, STATUS_DATA, "%s: damaged zstd stream (%s); make or fetch the file again", file->name,
				ZSTD_getErrorName(left));
			return -1;
		}
		file->frame_open = left != 0;
	}
	return (ptrdiff_t)unpacked.pos;
}

static void file_close(void *state) {
	struct file_source *file = state;
	if (file->fd > 2) close(file->fd);
	ZSTD_freeDStream(file->zstd);
	free(file->packed);
	free(file->name);
	free(file);
}

struct input *input_open(const char *path, struct error *e) {
	bool standard = !strcmp(path, "-");
	int fd = standard ? 0 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_system(e, "%s: cannot open", path);
		return NULL;
	}
	struct file_source *file = memory_zeroed(1, sizeof *file);
	file->fd = fd;
	file->name = memory_copy(standard ? "standard input" : path, strlen(standard ? "standard input" : path));
	file->packed = memory_allocate(CHUNK_BYTES);
	file->in.src = file->packed;
	while (file->in.size < 4) {
		ptrdiff_t got = read_some(fd, file->packed + file->in.size, CHUNK_BYTES - file->in.size, file->name, e);
		if (got < 0) {
			file_close(file);
			return NULL;
		}
		if (got == 0) break;
		file->in.size += (size_t)got;
	}
	if (file->in.size >= 4 && !memcmp(file->packed, "\x28\xB5\x2F\xFD", 4)) {
		file->zstd = ZSTD_createDStream();
		ZSTD_DCtx_setParameter(file->zstd, ZSTD_d_windowLogMax, 31);
	}
	return input_from(file_read, file_close, file, file->name);
}

struct input *input_from(input_source *source, void (*close)(void *state), void *state, const char *name) {
	struct input *in = memory_zeroed(1, sizeof *in);
	in->source = source;
	in->close = close;
	in->state = state;
	in->name = memory_copy(name, strlen(name));
	in->data = memory_grow(NULL, &in->capacity, 1, 1);
	return in;
}

struct input *input_from_memory(struct text bytes, const char *name) {
	struct input *in = input_from(NULL, NULL, NULL, name);
	free(in->data);
	in->data = (char *)(uintptr_t)bytes.data;
	in->end = bytes.size;
	in->borrowed = in->ended = true;
	return in;
}

/* Reads more behind the bytes at hand, moving them to the front or growing the room first. False on failure; sets ended. */
static bool fill(struct input *in, struct error *e) {
	if (in->ended) return true;
	if (in->start) {
		memmove(in->data, in->data + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
	}
	if (in->capacity - in->end < CHUNK_BYTES) in->data = memory_grow(in->data, &in->capacity, in->end + CHUNK_BYTES, 1);
	ptrdiff_t got = in->source(in->state, in->data + in->end, in->capacity - in->end, e);
	if (got < 0) return false;
	if (got == 0) in->ended = true;
	in->end += (size_t)got;
	return true;
}

bool input_chunk(struct input *in, struct text *chunk, struct error *e) {
	if (in->start == in->end && !fill(in, e)) return false;
	*chunk = text_make(in->data + in->start, in->end - in->start);
	in->start = in->end;
	return true;
}

ptrdiff_t input_read(struct input *in, char *out, size_t room, struct error *e) {
	if (in->start == in->end && !fill(in, e)) return -1;
	size_t left = in->end - in->start, take = left < room ? left : room;
	if (take) memcpy(out, in->data + in->start, take);
	in->start += take;
	return (ptrdiff_t)take;
}

int input_line(struct input *in, struct text *line, struct error *e) {
	size_t seen = 0;
	for (;;) {
		const char *from = in->data + in->start;
		size_t have = in->end - in->start;
		const char *newline = have > seen ? memchr(from + seen, '\n', have - seen) : NULL;
		if (newline) {
			*line = text_make(from, (size_t)(newline - from));
			in->start += line->size + 1;
			in->line++;
			return 1;
		}
		if (in->ended) {
			if (!have) return 0;
			*line = text_make(from, have);
			in->start = in->end;
			in->line++;
			return 1;
		}
		if (have > LINE_LIMIT) {
			error_set(e, STATUS_DATA, "%s:%llu: a line of more than 1 GiB", in->name, (unsigned long long)in->line + 1);
			return -1;
		}
		seen = have;
		if (!fill(in, e)) return -1;
	}
}

uint64_t input_line_number(const struct input *in) { return in->line; }
const char *input_name(const struct input *in) { return in->name; }

void input_close(struct input *in) {
	if (!in) return;
	if (in->close) in->close(in->state);
	if (!in->borrowed) free(in->data);
	free(in->name);
	free(in);
}

bool input_load(const char *path, size_t limit, struct buffer *out, struct error *e) {
	if (!limit) limit = (size_t)4 << 30;
	struct input *in = input_open(path, e);
	if (!in) return false;
	for (;;) {
		char *room = buffer_reserve(out, CHUNK_BYTES);
		ptrdiff_t got = input_read(in, room, CHUNK_BYTES, e);
		if (got > 0) out->size += (size_t)got;
		bool over = out->size > limit;
		if (over) error_set(e, STATUS_DATA, "%s: larger than %zu bytes, which is more than such a file may have", path, limit);
		if (got <= 0 || over) {
			input_close(in);
			return got == 0 && !over;
		}
	}
}

struct output {
	int fd;
	char *path;      /* NULL for standard output */
	char *temporary; /* what is written until it is complete; NULL for a device or a pipe */
	struct buffer pending;
	ZSTD_CStream *zstd;
	/* What is large is compressed and written by a thread of its own, chunk by chunk. */
	struct relay *behind;
	struct buffer chunks[WRITE_SLOTS];
	struct error failure; /* of the thread that writes, set before `failed` is */
	atomic_bool failed;
};

bool folder_make(const char *path, struct error *e) {
	char *copy = memory_copy(path, strlen(path));
	bool done = true;
	for (char *at = copy + 1; done; at++) {
		if (*at != '/' && *at) continue;
		char saved = *at;
		*at = 0;
		if (mkdir(copy, 0777) && errno != EEXIST) done = error_system(e, "%s: cannot make the folder", copy);
		*at = saved;
		if (!saved) break;
	}
	free(copy);
	return done;
}

bool folder_make_for(const char *path, struct error *e) {
	const char *slash = strrchr(path, '/');
	if (!slash || slash == path) return true;
	char *folder = memory_copy(path, (size_t)(slash - path));
	bool done = folder_make(folder, e);
	free(folder);
	return done;
}

const char *temporary_name(struct buffer *b, const char *path) {
	buffer_clear(b);
	buffer_printf(b, "%s.%ld.tmp", path, (long)getpid());
	return buffer_string(b);
}

/* The descriptor to write to: the temporary file's; or of the path itself when it is a device or a pipe (/dev/null, /dev/stdout), for a rename
 * would put a file in its place. */
static int open_target(struct output *out, struct error *e) {
	struct stat there;
	bool special = stat(out->path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode);
	if (!special && !folder_make_for(out->path, e)) return -1;
	if (!special) {
		temporary_sweep(out->path);
		struct buffer name = {0};
		temporary_name(&name, out->path);
		out->temporary = memory_copy(name.data, name.size);
		buffer_free(&name);
	}
	const char *target = special ? out->path : out->temporary;
	int fd = open(target, O_WRONLY | O_CLOEXEC | (special ? 0 : O_CREAT | O_TRUNC), 0666);
	if (fd < 0) error_system(e, "%s: cannot write", target);
	return fd;
}

struct output *output_open(const char *path, struct error *e) {
	struct output *out = memory_zeroed(1, sizeof *out);
	out->fd = 1;
	if (!strcmp(path, "-")) return out;
	out->path = memory_copy(path, strlen(path));
	out->fd = open_target(out, e);
	if (out->fd < 0) {
		output_abandon(out);
		return NULL;
	}
	if (text_ends(text_of(path), text_of(".zst"))) {
		out->zstd = ZSTD_createCStream();
		ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_compressionLevel, 3);
		ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_checksumFlag, 1);
	}
	return out;
}

static void fail(struct output *out) {
	if (out->failed) return;
	error_system(&out->failure, "%s: cannot write", out->path ? out->path : "standard output");
	out->failed = true;
}

bool descriptor_write(int fd, struct text bytes) {
	while (bytes.size) {
		ptrdiff_t done = write(fd, bytes.data, bytes.size);
		if (done < 0 && errno == EINTR) continue;
		if (done < 0) return false;
		bytes = text_make(bytes.data + done, bytes.size - (size_t)done);
	}
	return true;
}

static void write_all(struct output *out, struct text bytes) {
	if (!out->failed && !descriptor_write(out->fd, bytes)) fail(out);
}

static void write_chunk(struct output *out, struct buffer *bytes, ZSTD_EndDirective directive) {
	if (!out->zstd) {
		write_all(out, buffer_text(bytes));
	} else {
		ZSTD_inBuffer in = {bytes->data, bytes->size, 0};
		char packed[64 * 1024];
		size_t left;
		do {
			ZSTD_outBuffer chunk = {packed, sizeof packed, 0};
			left = ZSTD_compressStream2(out->zstd, &chunk, &in, directive);
			if (ZSTD_isError(left)) {
				errno = EIO;
				fail(out);
				break;
			}
			write_all(out, text_make(packed, chunk.pos));
		} while (!out->failed && (directive == ZSTD_e_end ? left != 0 : in.pos < in.size));
	}
	buffer_clear(bytes);
}

static void write_behind(struct relay *r, void *state) {
	struct output *out = state;
	size_t slot;
	while (relay_take(r, &slot)) write_chunk(out, &out->chunks[slot], ZSTD_e_continue);
}

/* Passes the pending bytes on to be written, and leaves an empty buffer. */
static void pass_on(struct output *out) {
	size_t slot;
	if (!out->behind && pool_processors() > 1) out->behind = relay_open(WRITE_SLOTS, write_behind, out);
	if (!out->behind || !relay_claim(out->behind, &slot)) {
		write_chunk(out, &out->pending, ZSTD_e_continue);
		return;
	}
	struct buffer empty = out->chunks[slot];
	out->chunks[slot] = out->pending;
	out->pending = empty;
	relay_give(out->behind);
}

void output_add(struct output *out, struct text bytes) {
	buffer_add_text(&out->pending, bytes);
	if (out->pending.size >= CHUNK_BYTES) pass_on(out);
}

bool output_failed(const struct output *out, struct error *e) {
	if (out->failed && e) *e = out->failure;
	return out->failed;
}

static void output_free(struct output *out) {
	ZSTD_freeCStream(out->zstd);
	buffer_free(&out->pending);
	for (size_t i = 0; i < WRITE_SLOTS; i++) buffer_free(&out->chunks[i]);
	free(out->path);
	free(out->temporary);
	free(out);
}

bool output_close(struct output *out, struct error *e) {
	relay_close(out->behind);
	write_chunk(out, &out->pending, ZSTD_e_end);
	if (out->path) {
		if (!out->failed && out->temporary && fsync(out->fd)) fail(out);
		if (close(out->fd)) fail(out);
		if (!out->failed && out->temporary && rename(out->temporary, out->path)) fail(out);
		if (out->failed && out->temporary) unlink(out->temporary);
	}
	bool done = !output_failed(out, e);
	output_free(out);
	return done;
}

void output_abandon(struct output *out) {
	relay_close(out->behind);
	if (out->path && out->fd >= 0) {
		close(out->fd);
		if (out->temporary) unlink(out->temporary);
	}
	output_free(out);
}

bool output_end(struct output *out, bool good, struct error *e) {
	if (!out) return false;
	if (good || !out->path) return output_close(out, good ? e : NULL) && good;
	output_abandon(out);
	return false;
}

bool output_save(const char *path, struct text bytes, struct error *e) {
	struct buffer old = {0};
	struct error ignored;
	struct stat there;
	/* of a pipe (/dev/stdout) nothing can be read */
	bool same = stat(path, &there) == 0 && S_ISREG(there.st_mode) && input_load(path, bytes.size + 1, &old, &ignored) &&
		    text_equal(buffer_text(&old), bytes);
	buffer_free(&old);
	if (same) return true;
	struct output *out = output_open(path, e);
	if (!out) return false;
	output_add(out, bytes);
	return output_close(out, e);
}
