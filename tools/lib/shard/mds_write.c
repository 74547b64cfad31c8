/* Writing MDS, as MosaicML Streaming's own MDSWriter lays it out.
 *
 * A folder holds index.json and shard.00000.mds.zstd, shard.00001.mds.zstd, … (without compression .mds). index.json is
 * {"version":2,"shards":[…]}, one object a shard with exactly the keys below, since the reader passes them on as arguments.
 *
 * A shard, uncompressed and little endian: uint32 n = number of samples; uint32 × (n + 1) absolute offsets; the configuration as JSON; the
 * samples. A sample: a uint32 size for each column of variable size, in column order, then all values in order. A shard is closed
 * before the sample that would push it past the size limit. zstd packs a shard as one frame with the content size in its header. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/stream.h"
#include "json/json.h"
#include "shard/mds.h"
#include "shard/mds_hash.h"

static const uint64_t DEFAULT_LIMIT = 1 << 26;
static const char *const hash_names[] = {"sha1", "xxh64"};
enum { HASHES = 2 };

static const struct {
	const char *name;
	size_t size; /* 0 = variable */
} encodings[] = {[MDS_STR] = {"str", 0},
	[MDS_INT] = {"int", 8},
	[MDS_BYTES] = {"bytes", 0},
	[MDS_NDARRAY_INT16] = {"ndarray:int16", 0},
	[MDS_NDARRAY_INT32] = {"ndarray:int32", 0}};

/* A file as index.json describes it. */
struct file_facts {
	uint64_t bytes;
	char hashes[HASHES][MDS_HASH_ROOM];
};

/* A shard on its way: the caller's thread fills it, a worker lays it out, hashes, packs and writes it. */
struct shard {
	struct buffer raw, zip;
	uint32_t *starts; /* of the samples in `raw`; absolute offsets later */
	size_t count, room, number;
	struct file_facts raw_facts, zip_facts;
	struct error failure;
	bool failed;
	struct shard *next; /* free ones, to use their memory again */
};

struct extra {
	struct text name, bytes;
	struct extra *next;
};

struct mds_writer {
	struct mds_options options;
	struct arena memory;
	const struct mds_column *columns;
	size_t count, fixed_bytes; /* of a sample: its sizes of variable columns */
	struct text folder, temporary;
	struct buffer config, index;
	struct pool *pool;
	ZSTD_CCtx **packers; /* one a worker */
	struct shard *current, *free_shards;
	size_t shards;
	struct extra *extras;
	struct error failure;
	bool failed;
};

static void put32(char *out, uint64_t value) {
	for (int i = 0; i < 4; i++) out[i] = (char)(unsigned char)(value >> (8 * i));
}

static void list_columns(struct mds_writer *w, const char *separator, bool names) {
	for (size_t i = 0; i < w->count; i++) {
		if (i) buffer_add_string(&w->config, separator);
		json_add_string(&w->config, text_of(names ? w->columns[i].name : encodings[w->columns[i].encoding].name), false);
	}
}

/* The configuration in a shard: keys sorted, spaced as Python's json module does, so that shards equal those of MDSWriter byte for byte. */
static void make_config(struct mds_writer *w) {
	struct buffer *b = &w->config;
	buffer_add_string(b, "{\"column_encodings\": [");
	list_columns(w, ", ", false);
	buffer_add_string(b, "], \"column_names\": [");
	list_columns(w, ", ", true);
	buffer_add_string(b, "], \"column_sizes\": [");
	for (size_t i = 0; i < w->count; i++) {
		size_t size = encodings[w->columns[i].encoding].size;
		if (i) buffer_add_string(b, ", ");
		if (size) buffer_printf(b, "%zu", size);
		else buffer_add_string(b, "null");
	}
	if (w->options.level) buffer_printf(b, "], \"compression\": \"zstd:%d\"", w->options.level);
	else buffer_add_string(b, "], \"compression\": null");
	buffer_add_string(b, ", \"format\": \"mds\", \"hashes\": [");
	for (size_t i = 0; i < HASHES && !w->options.no_hashes; i++) buffer_printf(b, "%s\"%s\"", i ? ", " : "", hash_names[i]);
	buffer_printf(b, "], \"size_limit\": %llu, \"version\": 2}", (unsigned long long)w->options.size_limit);
}

bool mds_is_data_set(const char *folder) {
	struct buffer b = {0};
	struct stat s;
	buffer_printf(&b, "%s/index.json", folder);
	bool found = stat(buffer_string(&b), &s) == 0;
	buffer_free(&b);
	return found;
}

/* Whether the folder may be replaced: nobody's files but a data set's are ever removed. */
static bool may_replace(const char *folder, struct error *e) {
	struct stat s;
	if (lstat(folder, &s)) return errno == ENOENT || error_system(e, "%s", folder);
	if (!S_ISDIR(s.st_mode)) return error_set(e, STATUS_USAGE, "%s: is not a folder; name another one", folder);
	if (mds_is_data_set(folder) || folder_is_empty(folder)) return true;
	return error_set(e, STATUS_USAGE,
		"%s: holds something that is not a data set (no index.json); name another folder or empty this one", folder);
}

static bool make_folders(struct mds_writer *w, const char *folder, struct error *e) {
	struct text name = text_of(folder);
	while (name.size > 1 && name.data[name.size - 1] == '/') name.size--;
	w->folder = arena_copy(&w->memory, name);
	if (!may_replace(w->folder.data, e)) return false;
	const char *slash = strrchr(w->folder.data, '/');
	struct text parent = slash ? text_make(w->folder.data, (size_t)(slash - w->folder.data) + 1) : text_of(".");
	parent = arena_copy(&w->memory, parent);
	if (!folder_make(parent.data, e)) return false;
	folder_sweep(parent.data);
	struct buffer b = {0};
	temporary_name(&b, w->folder.data);
	w->temporary = arena_copy(&w->memory, buffer_text(&b));
	buffer_free(&b);
	if (!folder_remove(w->temporary.data, e)) return false;
	return mkdir(w->temporary.data, 0777) == 0 || error_system(e, "%s: cannot make the folder", w->temporary.data);
}

static void add_facts(struct mds_writer *w, const char *key, const char *suffix, size_t number, const struct file_facts *facts) {
	struct buffer *b = &w->index;
	buffer_printf(b, ",\"%s\":{\"basename\":\"shard.%05zu.mds%s\",\"bytes\":%llu,\"hashes\":{", key, number, suffix,
		(unsigned long long)facts->bytes);
	for (size_t i = 0; i < HASHES && !w->options.no_hashes; i++)
		buffer_printf(b, "%s\"%s\":\"%s\"", i ? "," : "", hash_names[i], facts->hashes[i]);
	buffer_add_string(b, "}}");
}

/* Result of a worker, in order: the shard's line of index.json. */
static void take_shard(void *job, void *context) {
	struct mds_writer *w = context;
	struct shard *s = job;
	if (s->failed && !w->failed) {
		w->failed = true;
		w->failure = s->failure;
	}
	buffer_add_string(&w->index, s->number ? ",\n" : "\n");
	buffer_add(&w->index, w->config.data, w->config.size - 1); /* the same keys, without the closing brace */
	add_facts(w, "raw_data", "", s->number, &s->raw_facts);
	buffer_printf(&w->index, ",\"samples\":%zu", s->count);
	if (w->options.level) add_facts(w, "zip_data", ".zstd", s->number, &s->zip_facts);
	else buffer_add_string(&w->index, ",\"zip_data\":null");
	buffer_add_char(&w->index, '}');
	s->next = w->free_shards;
	w->free_shards = s;
}

/* Writes a file in the temporary folder. The disk begins at once, but is waited for only at the end (sync_file). */
static bool write_file(const struct mds_writer *w, const char *name, struct text bytes, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%s", w->temporary.data, name);
	int fd = open(buffer_string(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool good = fd >= 0 && descriptor_write(fd, bytes);
	if (good) sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* advice: a file system that cannot loses nothing */
	if (fd >= 0 && close(fd)) good = false;
	if (!good) error_system(e, "%s: cannot write", path.data);
	buffer_free(&path);
	return good;
}

/* Waits until the file is on the disk. */
static bool sync_file(const struct mds_writer *w, const char *name, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%s", w->temporary.data, name);
	int fd = open(buffer_string(&path), O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (!good) error_system(e, "%s: cannot write", path.data);
	if (fd >= 0) close(fd);
	buffer_free(&path);
	return good;
}

static const char *shard_name(const struct mds_writer *w, size_t number, char out[64]) {
	snprintf(out, 64, "shard.%05zu.mds%s", number, w->options.level ? ".zstd" : "");
	return out;
}

static void describe(const struct mds_writer *w, struct text bytes, struct file_facts *facts) {
	facts->bytes = bytes.size;
	for (size_t i = 0; i < HASHES && !w->options.no_hashes; i++) mds_hash(hash_names[i], bytes, facts->hashes[i]);
}

/* Puts number of samples, offsets and configuration before the samples. */
static void lay_out(const struct mds_writer *w, struct shard *s) {
	size_t table = 4 + 4 * (s->count + 1), head = table + w->config.size, size = s->raw.size;
	buffer_reserve(&s->raw, head);
	memmove(s->raw.data + head, s->raw.data, size);
	s->raw.size += head;
	put32(s->raw.data, s->count);
	for (size_t i = 0; i < s->count; i++) put32(s->raw.data + 4 + 4 * i, head + s->starts[i]);
	put32(s->raw.data + 4 + 4 * s->count, s->raw.size);
	memcpy(s->raw.data + table, w->config.data, w->config.size);
}

static void finish_shard(void *job, size_t worker, void *context) {
	const struct mds_writer *w = context;
	struct shard *s = job;
	char name[64];
	lay_out(w, s);
	describe(w, buffer_text(&s->raw), &s->raw_facts);
	shard_name(w, s->number, name);
	if (w->options.level) {
		size_t bound = ZSTD_compressBound(s->raw.size);
		size_t packed = ZSTD_compress2(w->packers[worker], buffer_reserve(&s->zip, bound), bound, s->raw.data, s->raw.size);
		if (ZSTD_isError(packed)) {
			s->failed = !error_set(&s->failure, STATUS_OUTSIDE, "%s: zstd: %s", name, ZSTD_getErrorName(packed));
			return;
		}
		s->zip.size = packed;
		describe(w, buffer_text(&s->zip), &s->zip_facts);
	}
	s->failed = !write_file(w, name, buffer_text(w->options.level ? &s->zip : &s->raw), &s->failure);
}

static struct mds_writer *make_writer(const struct mds_column *columns, size_t count, const struct mds_options *options) {
	struct mds_writer *w = memory_zeroed(1, sizeof *w);
	if (options) w->options = *options;
	if (!w->options.size_limit) w->options.size_limit = DEFAULT_LIMIT;
	if (!w->options.threads) w->options.threads = 1;
	w->columns = columns;
	w->count = count;
	for (size_t i = 0; i < count; i++) w->fixed_bytes += encodings[columns[i].encoding].size ? 0 : 4;
	make_config(w);
	w->packers = memory_zeroed(w->options.threads, sizeof *w->packers);
	for (size_t i = 0; i < w->options.threads && w->options.level; i++) {
		w->packers[i] = ZSTD_createCCtx();
		ZSTD_CCtx_setParameter(w->packers[i], ZSTD_c_compressionLevel, w->options.level);
	}
	w->pool = pool_open(w->options.threads, 1, finish_shard, take_shard, w);
	return w;
}

struct mds_writer *mds_writer_open(
	const char *folder, const struct mds_column *columns, size_t count, const struct mds_options *options, struct error *e) {
	for (size_t i = 1; i < count; i++)
		if (strcmp(columns[i - 1].name, columns[i].name) >= 0) {
			error_set(e, STATUS_USAGE, "%s: columns are not in ascending order of names", folder);
			return NULL;
		}
	if (options && (options->level < 0 || options->level > 22 || options->size_limit > UINT32_MAX)) {
		error_set(e, STATUS_USAGE, "%s: the zstd level should be 0 to 22 and the shard size below 4,294,967,296 bytes", folder);
		return NULL;
	}
	struct mds_writer *w = make_writer(columns, count, options);
	if (make_folders(w, folder, e)) return w;
	w->temporary.size = 0; /* not ours to remove */
	mds_writer_abandon(w);
	return NULL;
}

static void submit(struct mds_writer *w) {
	struct shard *s = w->current;
	w->current = NULL;
	s->number = w->shards++;
	pool_submit(w->pool, s);
}

static struct shard *new_shard(struct mds_writer *w) {
	struct shard *s = w->free_shards;
	if (!s) return memory_zeroed(1, sizeof *s);
	w->free_shards = s->next;
	s->raw.size = s->zip.size = s->count = 0;
	return s;
}

/* Bytes of the sample as it is written, or 0 and an error. */
static uint64_t sample_size(const struct mds_writer *w, const struct text *values, struct error *e) {
	uint64_t size = w->fixed_bytes;
	for (size_t i = 0; i < w->count; i++) {
		size_t fixed = encodings[w->columns[i].encoding].size;
		if (fixed && values[i].size != fixed) {
			error_set(e, STATUS_DATA, "%s: column %s should have %zu bytes a sample, not %zu", w->folder.data,
				w->columns[i].name, fixed, values[i].size);
			return 0;
		}
		size += values[i].size;
	}
	uint64_t alone = 4 + 8 + w->config.size + size;
	if (alone <= w->options.size_limit) return size;
	error_set(e, STATUS_DATA, "%s: a sample needs a shard of %llu bytes, more than the limit of %llu; raise the shard size",
		w->folder.data, (unsigned long long)alone, (unsigned long long)w->options.size_limit);
	return 0;
}

bool mds_writer_add(struct mds_writer *w, const struct text *values, struct error *e) {
	uint64_t size = sample_size(w, values, e);
	if (!size) return false;
	struct shard *s = w->current;
	if (s && 8 + w->config.size + 4 * (s->count + 1) + s->raw.size + size > w->options.size_limit) {
		submit(w);
		s = NULL;
	}
	if (w->failed) {
		if (e) *e = w->failure;
		return false;
	}
	if (!s) s = w->current = new_shard(w);
	s->starts = memory_grow(s->starts, &s->room, s->count + 1, sizeof *s->starts);
	s->starts[s->count++] = (uint32_t)s->raw.size;
	char *at = buffer_reserve(&s->raw, size);
	for (size_t i = 0; i < w->count; i++) {
		if (encodings[w->columns[i].encoding].size) continue;
		put32(at, values[i].size);
		at += 4;
	}
	for (size_t i = 0; i < w->count; i++) {
		if (values[i].size) memcpy(at, values[i].data, values[i].size);
		at += values[i].size;
	}
	s->raw.size += size;
	return true;
}

void mds_writer_extra(struct mds_writer *w, const char *name, struct text bytes) {
	struct extra *extra = arena_allocate(&w->memory, sizeof *extra);
	*extra = (struct extra){arena_copy(&w->memory, text_of(name)), arena_copy(&w->memory, bytes), w->extras};
	w->extras = extra;
}

/* Ends the workers; all shards are written or one has failed. */
static void end_pool(struct mds_writer *w) {
	if (w->pool) pool_close(w->pool);
	w->pool = NULL;
}

bool mds_writer_finish(struct mds_writer *w, struct error *e) {
	if (!w->pool) return true;
	if (w->current) submit(w);
	end_pool(w);
	if (w->failed) {
		if (e) *e = w->failure;
		return false;
	}
	struct buffer b = {0};
	buffer_add_string(&b, "{\"version\":2,\"shards\":[");
	buffer_add_text(&b, buffer_text(&w->index));
	buffer_add_string(&b, w->shards ? "\n]}\n" : "]}\n");
	bool done = write_file(w, "index.json", buffer_text(&b), e);
	buffer_free(&b);
	for (struct extra *x = w->extras; done && x; x = x->next)
		done = write_file(w, x->name.data, x->bytes, e) && sync_file(w, x->name.data, e);
	char name[64];
	for (size_t i = 0; done && i < w->shards; i++) done = sync_file(w, shard_name(w, i, name), e);
	return done && sync_file(w, "index.json", e) && sync_file(w, ".", e);
}

bool mds_writer_close(struct mds_writer *w, struct error *e) {
	bool done = mds_writer_finish(w, e) && folder_replace(w->temporary.data, w->folder.data, e);
	if (done) w->temporary.size = 0;
	mds_writer_abandon(w);
	return done;
}

static void free_shard(struct shard *s) {
	buffer_free(&s->raw);
	buffer_free(&s->zip);
	free(s->starts);
	free(s);
}

void mds_writer_abandon(struct mds_writer *w) {
	if (!w) return;
	end_pool(w);
	if (w->temporary.size) folder_remove(w->temporary.data, NULL);
	if (w->current) free_shard(w->current);
	for (struct shard *s = w->free_shards, *next; s; s = next) {
		next = s->next;
		free_shard(s);
	}
	for (size_t i = 0; i < w->options.threads; i++) ZSTD_freeCCtx(w->packers[i]);
	free(w->packers);
	buffer_free(&w->config);
	buffer_free(&w->index);
	arena_free(&w->memory);
	free(w);
}

static void add_little_endian(struct buffer *b, uint64_t value, size_t size) {
	char *at = buffer_reserve(b, size);
	for (size_t i = 0; i < size; i++) at[i] = (char)(unsigned char)(value >> (8 * i));
	b->size += size;
}

void mds_add_int(struct buffer *b, int64_t value) { add_little_endian(b, (uint64_t)value, 8); }

/* One dimension: a byte (1 << 2) | w, the dimension in 1 << w bytes, the smallest that holds it. */
static void add_shape(struct buffer *b, uint64_t count) {
	unsigned w = count < 1u << 8 ? 0 : count < 1u << 16 ? 1 : count <= UINT32_MAX ? 2 : 3;
	buffer_add_char(b, (char)(1 << 2 | w));
	add_little_endian(b, count, (size_t)1 << w);
}

/* Adds `count` values of `width` bytes in the machine's order, turned to little endian where that is another one. */
static void add_values(struct buffer *b, const void *values, size_t count, size_t width) {
	add_shape(b, count);
	char *at = buffer_reserve(b, count * width);
	if (count) memcpy(at, values, count * width);
	b->size += count * width;
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < width / 2; k++) {
			char *low = at + i * width + k, *high = at + (i + 1) * width - 1 - k, swapped = *low;
			*low = *high;
			*high = swapped;
		}
#endif
}

void mds_add_int32s(struct buffer *b, const int32_t *values, size_t count) { add_values(b, values, count, sizeof *values); }
void mds_add_int16s(struct buffer *b, const int16_t *values, size_t count) { add_values(b, values, count, sizeof *values); }
