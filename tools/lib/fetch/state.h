/* state: what the parts of fetch share. Internal to it. */
#ifndef SPECTRUM_FETCH_STATE_H
#define SPECTRUM_FETCH_STATE_H

#include "fetch/fetch.h"

/* The note of an archive's entry in the record: a hash of the patterns that say which members were wanted. */
void members_key(const struct source_file *file, char out[32]);

/* Fills a source's folder, lists of hashes and items; with `lock` waits for another fetch of it. */
bool fetch_look_at(struct fetch *f, struct fetch_source *s, bool lock, struct error *e);

/* State of an item from the file system and the record. */
void fetch_look(struct fetch_item *item);

/* The complete file at `from` (renamed, or deleted when its hash is wrong: `*wrong_hash`, may be NULL) becomes the item's file and is
 * recorded; members are unpacked. */
bool fetch_accept(struct fetch *f, struct fetch_item *item, const char *from, bool *wrong_hash, struct error *e);

/* Verifies and records what lies at the item's place already, and unpacks it: 1 = it is as it should be; 0 = its hash is not the expected
 * one, `*e` says which, nothing was changed; -1 = it could not be read or unpacked. */
int fetch_adopt(struct fetch *f, struct fetch_item *item, struct error *e);

/* Whether what came from the item's archive has still the hashes that are recorded, read again. */
bool fetch_members_right(const struct fetch_item *item);

/* Records that `path` (below RAW/<id>) came from the item's archive. */
bool fetch_record_member(struct fetch_item *item, const char *path, struct error *e);

/* Bytes that may still be written below `folder` (or the nearest folder above it that exists). */
uint64_t disk_free(const char *folder);

/* Saves the source's record when it changed. */
bool fetch_save(struct fetch_source *s, struct error *e);

/* Removes the folders of partial files that are empty now. */
void fetch_tidy(const struct fetch_source *s);

/* Prints an error of this item and counts it. */
void fetch_failed(struct fetch *f, const struct fetch_item *item, const struct error *e);

#endif
