/* mds: data sets in the format of MosaicML Streaming, version 2. Facts: the comment at the head of mds_write.c. Any reader of that format
 * opens them. This is the generic container; shard/row.h puts token rows in it. */
#ifndef SPECTRUM_MDS_H
#define SPECTRUM_MDS_H

#include "base/buffer.h"
#include "base/error.h"

enum mds_encoding { MDS_STR, MDS_INT, MDS_BYTES, MDS_NDARRAY_INT16, MDS_NDARRAY_INT32 };

struct mds_column {
	const char *name; /* ascending order of names is required */
	enum mds_encoding encoding;
};

struct mds_options {
	int level;           /* zstd level 1 to 22; 0 = not compressed */
	uint64_t size_limit; /* bytes of an uncompressed shard; 0 = 67,108,864; below 2^32 */
	bool no_hashes;      /* else sha1 and xxh64 of the raw and the zipped file */
	size_t threads;      /* that compress and hash; 0 = 1. Same bytes for any number */
};

struct mds_writer;

/* Makes DIR (which must be absent, empty or an earlier data set, then replaced as a whole at close: everything is written into a temporary
 * folder beside it and renamed). */
struct mds_writer *mds_writer_open(
	const char *folder, const struct mds_column *columns, size_t count, const struct mds_options *options, struct error *e);

/* One sample: for each column its bytes as encoded (see the mds_add_… functions). */
bool mds_writer_add(struct mds_writer *w, const struct text *values, struct error *e);

/* A further file of the data set ("meta.json"), put beside index.json at close. */
void mds_writer_extra(struct mds_writer *w, const char *name, struct text bytes);

/* Writes all that is still missing, index.json too, under the temporary name. Only the renaming is left to mds_writer_close (which calls this
 * itself): so several data sets can be put in their places one right after the other, or none of them. */
bool mds_writer_finish(struct mds_writer *w, struct error *e);

/* Writes index.json, syncs and renames into place. Frees. A data set without samples is valid: "shards": []. */
bool mds_writer_close(struct mds_writer *w, struct error *e);
void mds_writer_abandon(struct mds_writer *w);

/* Encoders: append a column's value to `b`. */
void mds_add_int(struct buffer *b, int64_t value);
void mds_add_int32s(struct buffer *b, const int32_t *values, size_t count); /* count ≥ 1 */
void mds_add_int16s(struct buffer *b, const int16_t *values, size_t count); /* count ≥ 1 */

/* Whether `folder` is one: it has an index.json. */
bool mds_is_data_set(const char *folder);

struct mds_reader;

/* Opens DIR/index.json: any columns, compressed or not. Random access: shards are mapped (a zipped one is decompressed when first needed; the last few are kept). */
struct mds_reader *mds_reader_open(const char *folder, struct error *e);
uint64_t mds_reader_samples(const struct mds_reader *r);
size_t mds_reader_column_count(const struct mds_reader *r);
/* The column's encoding as index.json names it ("ndarray:int32"). */
const char *mds_reader_column_encoding(const struct mds_reader *r, size_t i);
/* -1 when there is none. */
int mds_reader_find(const struct mds_reader *r, const char *name);

/* Sample i: values[c] are column c's bytes, valid until the next call. */
bool mds_reader_get(struct mds_reader *r, uint64_t i, struct text *values, struct error *e);

/* Checks sizes and hashes of every file and the structure of every sample. */
bool mds_reader_verify(struct mds_reader *r, struct error *e);
void mds_reader_close(struct mds_reader *r);

/* Decoders of a column's bytes. The arrays are copied to `out` (room for `room` values); the count is returned, or -1 when the bytes are not a
 * one-dimensional array of that type. */
bool mds_get_int(struct text bytes, int64_t *value);
ptrdiff_t mds_get_int32s(struct text bytes, int32_t *out, size_t room);
ptrdiff_t mds_get_int16s(struct text bytes, int16_t *out, size_t room);

#endif
