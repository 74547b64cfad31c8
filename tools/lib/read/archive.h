/* archive: compressed files and members of archives through libarchive, as inputs; and safe unpacking. */
#ifndef SPECTRUM_ARCHIVE_H
#define SPECTRUM_ARCHIVE_H

#include "base/stream.h"

/* Opens `path` ("-" = standard input): plain and zstd files as input_open does; gz, bz2, xz, lz4 decompressed; ARCHIVE/MEMBER gives that member of a zip or
 * tar (compressed or not) where ARCHIVE is a file. An archive with exactly one file needs no member name; with several, the error lists some. */
struct input *archive_input(const char *path, struct error *e);

struct archive_limits {
	uint64_t file_bytes, total_bytes; /* 0 = 64 GiB each */
	uint64_t files;                   /* 0 = 1,000,000 */
};

/* Called for each member with its path inside the archive; may be NULL. */
typedef void archive_unpacked(void *context, const char *member);

/* Unpacks the members that match one of `patterns` (as a shell does: `*` neither crosses '/' nor gives hidden files) into `folder`. Refused with an error:
 * absolute paths, `..`, control characters in names, links, devices, more than the limits; a pattern that matches nothing. Files appear under
 * their name only when complete. `password` may be NULL. */
bool archive_unpack(const char *archive, const char *const *patterns, size_t pattern_count, const char *password, const char *folder,
	const struct archive_limits *limits, archive_unpacked *unpacked, void *context, struct error *e);

/* Whether the file is an archive (zip or tar, compressed or not) and not just a compressed file; false when it cannot be read. */
bool archive_is(const char *path);

/* Calls `member` with the path of every file in the archive. */
bool archive_list(const char *archive, archive_unpacked *member, void *context, struct error *e);

#endif
