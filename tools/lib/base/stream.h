/* stream: bytes in and bytes out.
 *
 * An `input` gives bytes and lines from a descriptor, from memory or from any callback; zstd is recognised by its magic and decompressed. An
 * `output` writes to standard output or to a file that gets its name only when it is complete: it is written
 * as NAME.<pid>.tmp beside the target, and renamed by output_close (a device or a pipe is written directly). A name that ends in .zst is compressed.
 * Other compressions and archives are opened by read/archive.h, which gives an input too. */
#ifndef SPECTRUM_STREAM_H
#define SPECTRUM_STREAM_H

#include "base/buffer.h"
#include "base/error.h"

struct input;

/* Gives up to `room` more bytes; 0 at the end, -1 with `*e` filled on failure. */
typedef ptrdiff_t input_source(void *state, char *out, size_t room, struct error *e);

/* `path` or "-" (standard input). NULL and `*e` when it cannot be opened. */
struct input *input_open(const char *path, struct error *e);

/* The same for any source of bytes; `close` (may be NULL) is called with `state` by input_close. `name` is for messages and is copied.
 * zstd is not looked for here. */
struct input *input_from(input_source *source, void (*close)(void *state), void *state, const char *name);

/* Bytes that stay valid and unchanged as long as the input lives. */
struct input *input_from_memory(struct text bytes, const char *name);

/* Up to `room` bytes into `out`: 0 at the end, -1 on failure. */
ptrdiff_t input_read(struct input *in, char *out, size_t room, struct error *e);

/* The bytes at hand without copying: reads when none are left. `*chunk` is valid until the next call; size 0 = end. False on failure. */
bool input_chunk(struct input *in, struct text *chunk, struct error *e);

/* The next line without its LF (a CR before it is kept); a last line without LF counts. 1 = a line, 0 = end, -1 = failure.
 * `*line` is valid until the next call on this input. Lines longer than 1 GiB are an error. */
int input_line(struct input *in, struct text *line, struct error *e);

/* Number of the line that input_line gave last, from 1. */
uint64_t input_line_number(const struct input *in);

/* Name for messages. */
const char *input_name(const struct input *in);

void input_close(struct input *in);

/* A whole file ("-" = standard input) into `out`, decompressed if zstd; at most `limit` bytes (0 = 4 GiB). */
bool input_load(const char *path, size_t limit, struct buffer *out, struct error *e);

/* All of the bytes to a descriptor. False with errno set. */
bool descriptor_write(int fd, struct text bytes);

struct output;

/* `path` or "-" (standard output, never compressed). Missing folders are made. */
struct output *output_open(const char *path, struct error *e);

/* Adds bytes. A failure is kept and reported by output_close (and by output_failed at once). */
void output_add(struct output *out, struct text bytes);

/* Whether writing has failed already, so that a long run can stop early; `*e` says why. */
bool output_failed(const struct output *out, struct error *e);

/* Flushes, syncs, renames into place and frees. False when anything since opening failed; then no file of that name was
 * made or changed. */
bool output_close(struct output *out, struct error *e);

/* Removes the temporary file and frees: the named file stays as it was. */
void output_abandon(struct output *out);

/* output_close when all went well so far; else a file stays as it was, and standard output gets what was added. Whether all was good, to the
 * end; `out` may be NULL, which is not. */
bool output_end(struct output *out, bool good, struct error *e);

/* A whole file, atomically; not rewritten when it holds exactly these bytes already, so that Make sees no change. */
bool output_save(const char *path, struct text bytes, struct error *e);

/* mkdir -p, of a folder or of what `path` lies in. */
bool folder_make(const char *path, struct error *e);
bool folder_make_for(const char *path, struct error *e);

/* Copies a file as it is to `to`, whose folders are made; nothing stays of it when that fails. */
bool file_copy(const char *from, const char *to, struct error *e);

/* The temporary name of `path` for this process, in `b` (cleared first). Everything that is written under such a name is swept by folder_sweep. */
const char *temporary_name(struct buffer *b, const char *path);

/* A descriptor of a new file without a name, in $TMPDIR, else /tmp; -1 on failure. */
int temporary_file(struct error *e);

/* Removes what died writers left in `folder` (not below it): files and folders NAME.<pid>.tmp whose process is gone. */
void folder_sweep(const char *folder);

/* The same for the temporary files of `path` alone, in whatever folder it lies. */
void temporary_sweep(const char *path);

/* rm -rf: a folder with all below it, links not followed. What is not there is no failure. */
bool folder_remove(const char *path, struct error *e);

/* What `path` is, links followed; "-" is neither. */
bool path_is_file(const char *path);
bool path_is_folder(const char *path);

/* Whether a path that a file gives, relative to a folder, stays inside of that: not absolute, no part empty, "." or "..". */
bool path_is_inside(const char *path);

/* Whether `path` is a folder without entries. */
bool folder_is_empty(const char *path);

/* Puts the complete folder `temporary` in the place of `path` (a folder or nothing) at once, syncs, and removes what was there. */
bool folder_replace(const char *temporary, const char *path, struct error *e);

#endif
