/* hashes: SHA-256 of files and lists of them.
 *
 * A list is a text in the format of sha256sum: `<64 hexadecimal digits>  <path>` a line, lines with # are comments. A source folder's SHA256SUMS
 * holds what is pinned; RAW/<id>/.SHA256SUMS what was fetched. The latter has above each line the comment
 * `# SIZE MTIME NOTE`, so that files which have not changed since need not be read again; `sha256sum -c .SHA256SUMS` works in that folder. */
#ifndef SPECTRUM_HASHES_H
#define SPECTRUM_HASHES_H

#include "base/error.h"
#include "base/map.h"

struct hash_entry {
	const char *path;
	char sha256[65];  /* lower case */
	uint64_t size;    /* of the file when it was hashed */
	int64_t mtime;    /* its time of change in nanoseconds; 0 = not known */
	const char *note; /* of a member: "of ARCHIVE"; of an archive: "members KEY"; else "" */
	bool removed;
};

/* Zero-initialise. */
struct hashes {
	struct arena memory;
	struct hash_entry *entries; /* in the order of the file */
	size_t count, room;
	struct map by_path;
};

/* Reads a list; a file that is not there is an empty one. */
bool hashes_load(struct hashes *h, const char *file, struct error *e);

/* NULL when it is not listed. Valid until the next hashes_put. */
struct hash_entry *hashes_find(const struct hashes *h, const char *path);

/* The entry of this path, made when new; the caller fills it. */
struct hash_entry *hashes_put(struct hashes *h, const char *path, const char *note);

/* Writes the list in order of path; `with_state`: with the comment lines. */
bool hashes_save(const struct hashes *h, const char *file, bool with_state, struct error *e);
void hashes_free(struct hashes *h);

/* Hash, size and time of a file into `entry`. */
bool hashes_measure(struct hash_entry *entry, const char *file, struct error *e);

/* Whether the file at `file` has the size and the time of the entry still. */
bool hashes_unchanged(const struct hash_entry *entry, const char *file);

#endif
