/* Reading MDS (layout: mds_write.c). Nothing in the files is trusted: every number is checked before it is used as a size or an offset. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/stream.h"
#include "shard/mds.h"
#include "shard/mds_hash.h"

static const size_t INDEX_LIMIT = (size_t)1 << 30;
enum { KEPT_SHARDS = 3, HASH_LIMIT = 16 };

struct hash {
	const char *algorithm, *digits;
};

/* A file as index.json describes it; name NULL = there is none. */
struct file_facts {
	const char *name;
	uint64_t bytes;
	struct hash hashes[HASH_LIMIT];
	size_t hash_count;
};

struct shard {
	struct file_facts raw, zip;
	uint64_t samples, first; /* number of the shard's first sample in the data set */
};

/* A shard in memory: mapped from its file or anonymous memory that it was unpacked to. */
struct view {
	size_t shard;
	char *data;
	size_t size;
	uint64_t used; /* time of the last use; 0 = empty */
};

struct column {
	const char *name, *encoding;
	uint32_t size; /* 0 = variable */
};

struct mds_reader {
	struct arena memory;
	const char *folder;
	struct column *columns;
	size_t column_count;
	struct shard *shards;
	size_t shard_count;
	uint64_t samples, clock;
	struct view views[KEPT_SHARDS];
};

static bool wrong(const struct mds_reader *r, struct error *e, size_t shard, const char *what) {
	return error_set(e, STATUS_DATA, "%s/index.json: shards[%zu]: %s", r->folder, shard, what);
}

static const char *keep(struct mds_reader *r, const char *string) { return arena_copy(&r->memory, text_of(string)).data; }

/* A whole number of at most `limit`. */
static bool get_number(const cJSON *object, const char *key, uint64_t limit, uint64_t *out) {
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= (double)limit)) return false;
	*out = (uint64_t)item->valuedouble;
	return (double)*out == item->valuedouble;
}

static bool get_facts(struct mds_reader *r, const cJSON *object, struct file_facts *facts) {
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(object, "basename"), *hash;
	if (!cJSON_IsString(name) || !path_is_inside(name->valuestring)) return false; /* merged data sets have sub-folders */
	if (!get_number(object, "bytes", (uint64_t)1 << 40, &facts->bytes)) return false;
	facts->name = keep(r, name->valuestring);
	cJSON_ArrayForEach(hash, cJSON_GetObjectItemCaseSensitive(object, "hashes")) {
		if (!cJSON_IsString(hash) || facts->hash_count == HASH_LIMIT) return false;
		facts->hashes[facts->hash_count++] = (struct hash){keep(r, hash->string), keep(r, hash->valuestring)};
	}
	return true;
}

static bool get_column(struct mds_reader *r, const cJSON *shard, int i, struct column *column) {
	const cJSON *name = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(shard, "column_names"), i),
		    *encoding = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(shard, "column_encodings"), i),
		    *size = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(shard, "column_sizes"), i);
	if (!cJSON_IsString(name) || !cJSON_IsString(encoding) || !(cJSON_IsNull(size) || cJSON_IsNumber(size))) return false;
	if (cJSON_IsNumber(size) && !(size->valuedouble >= 0 && size->valuedouble < 1u << 31)) return false;
	*column = (struct column){
		keep(r, name->valuestring), keep(r, encoding->valuestring), cJSON_IsNumber(size) ? (uint32_t)size->valuedouble : 0};
	return true;
}

static bool same_column(const struct column *a, const struct column *b) {
	return !strcmp(a->name, b->name) && !strcmp(a->encoding, b->encoding) && a->size == b->size;
}

/* The columns of the first shard are the data set's; the others must have the same. */
static bool get_columns(struct mds_reader *r, const cJSON *json, size_t shard, struct error *e) {
	int count = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(json, "column_names"));
	if (count < 1 || count > 1000) return wrong(r, e, shard, "column_names should be a list of 1 to 1,000 names");
	if (!shard) {
		r->column_count = (size_t)count;
		r->columns = arena_allocate(&r->memory, r->column_count * sizeof *r->columns);
	}
	bool same = (size_t)count == r->column_count;
	for (int i = 0; same && i < count; i++) {
		struct column column;
		if (!get_column(r, json, i, &column))
			return wrong(r, e, shard, "column_names, column_encodings and column_sizes should be lists of one length");
		if (!shard) r->columns[i] = column;
		else same = same_column(&column, &r->columns[i]);
	}
	return same || wrong(r, e, shard, "its columns differ from those of the first shard; all should have the same");
}

static bool get_shard(struct mds_reader *r, const cJSON *json, size_t number, struct error *e) {
	struct shard *s = &r->shards[number];
	const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format"),
		    *compression = cJSON_GetObjectItemCaseSensitive(json, "compression"),
		    *zip = cJSON_GetObjectItemCaseSensitive(json, "zip_data");
	if (!cJSON_IsString(format) || strcmp(format->valuestring, "mds")) return wrong(r, e, number, "format should be \"mds\"");
	if (!get_columns(r, json, number, e)) return false;
	if (!get_facts(r, cJSON_GetObjectItemCaseSensitive(json, "raw_data"), &s->raw) || s->raw.bytes > UINT32_MAX)
		return wrong(r, e, number, "raw_data should name a file inside the folder, its bytes (below 2^32) and its hashes");
	if (cJSON_IsObject(zip)) {
		if (!cJSON_IsString(compression) || strncmp(compression->valuestring, "zstd", 4))
			return wrong(r, e, number, "the compression is not zstd, the only one that is supported");
		if (!get_facts(r, zip, &s->zip))
			return wrong(r, e, number, "zip_data should name a file inside the folder, its bytes and its hashes");
	}
	s->first = r->samples;
	if (!get_number(json, "samples", UINT32_MAX, &s->samples)) return wrong(r, e, number, "samples should be a whole number");
	r->samples += s->samples;
	return true;
}

static bool get_index(struct mds_reader *r, const cJSON *json, struct error *e) {
	uint64_t version = 0;
	const cJSON *shards = cJSON_GetObjectItemCaseSensitive(json, "shards"), *shard;
	if (!get_number(json, "version", 1000, &version) || version != 2)
		return error_set(e, STATUS_DATA, "%s/index.json: version should be 2", r->folder);
	if (!cJSON_IsArray(shards)) return error_set(e, STATUS_DATA, "%s/index.json: there is no list \"shards\"", r->folder);
	r->shards = memory_zeroed((size_t)cJSON_GetArraySize(shards), sizeof *r->shards);
	cJSON_ArrayForEach(shard, shards) {
		if (!get_shard(r, shard, r->shard_count, e)) return false;
		r->shard_count++;
	}
	return true;
}

struct mds_reader *mds_reader_open(const char *folder, struct error *e) {
	struct mds_reader *r = memory_zeroed(1, sizeof *r);
	struct buffer path = {0}, text = {0};
	r->folder = keep(r, folder);
	buffer_printf(&path, "%s/index.json", folder);
	cJSON *json = NULL;
	bool good = input_load(buffer_string(&path), INDEX_LIMIT, &text, e);
	if (good) {
		const char *end = NULL;
		json = cJSON_ParseWithLengthOpts(text.data, text.size, &end, 0);
		good = json ? get_index(r, json, e) : error_set(e, STATUS_DATA, "%s: not JSON", path.data);
	}
	cJSON_Delete(json);
	buffer_free(&path);
	buffer_free(&text);
	if (good) return r;
	mds_reader_close(r);
	return NULL;
}

uint64_t mds_reader_samples(const struct mds_reader *r) { return r->samples; }
size_t mds_reader_column_count(const struct mds_reader *r) { return r->column_count; }
const char *mds_reader_column_encoding(const struct mds_reader *r, size_t i) { return r->columns[i].encoding; }

int mds_reader_find(const struct mds_reader *r, const char *name) {
	for (size_t i = 0; i < r->column_count; i++)
		if (!strcmp(r->columns[i].name, name)) return (int)i;
	return -1;
}

/* Maps a file of the data set. `*found` = false and no error when there is none. */
static bool map_file(const struct mds_reader *r, const struct file_facts *facts, struct text *out, bool *found, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%s", r->folder, facts->name);
	int fd = open(buffer_string(&path), O_RDONLY | O_CLOEXEC);
	struct stat s;
	*found = fd >= 0;
	*out = (struct text){0};
	bool good = fd >= 0 ? fstat(fd, &s) == 0 : errno == ENOENT;
	if (!good) {
		error_system(e, "%s: cannot open", path.data);
	} else if (fd >= 0 && (!S_ISREG(s.st_mode) || (uint64_t)s.st_size != facts->bytes || !facts->bytes)) {
		good = error_set(e, STATUS_DATA, "%s: has %lld bytes, but index.json says %llu; build or copy the data set again",
			path.data, (long long)s.st_size, (unsigned long long)facts->bytes);
	} else if (fd >= 0) {
		void *at = mmap(NULL, facts->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		good = at != MAP_FAILED || error_system(e, "%s: cannot map", path.data);
		*out = text_make(at, facts->bytes);
	}
	if (fd >= 0) close(fd);
	buffer_free(&path);
	return good;
}

static void unmap(struct text mapped) { munmap((void *)(uintptr_t)mapped.data, mapped.size); }

/* Unpacks into anonymous memory, of which only what is really written takes room: a false size costs nothing. */
static bool unpack(const struct mds_reader *r, const struct shard *s, struct text zip, struct text *raw, struct error *e) {
	if (ZSTD_getFrameContentSize(zip.data, zip.size) != s->raw.bytes || !s->raw.bytes)
		return error_set(e, STATUS_DATA,
			"%s/%s: is not a zstd frame of %llu bytes, as index.json says; build or copy the data set again", r->folder,
			s->zip.name, (unsigned long long)s->raw.bytes);
	void *at = mmap(NULL, s->raw.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED) return error_system(e, "%s/%s: no memory to unpack it", r->folder, s->zip.name);
	size_t got = ZSTD_decompress(at, s->raw.bytes, zip.data, zip.size);
	*raw = text_make(at, s->raw.bytes);
	if (!ZSTD_isError(got) && got == s->raw.bytes) return true;
	unmap(*raw);
	return error_set(e, STATUS_DATA, "%s/%s: damaged (zstd: %s); build or copy the data set again", r->folder, s->zip.name,
		ZSTD_isError(got) ? ZSTD_getErrorName(got) : "too short");
}

/* Checks the hashes that index.json gives, if any; without `all` only those that cost next to nothing: zstd frames have no checksum of their own,
 * so a damaged byte would else become a wrong token. */
static bool check_hashes(const struct mds_reader *r, const struct file_facts *facts, struct text bytes, bool all, struct error *e) {
	for (size_t i = 0; i < facts->hash_count; i++) {
		char digits[MDS_HASH_ROOM];
		const struct hash *h = &facts->hashes[i];
		if (!all && strncmp(h->algorithm, "xxh", 3) != 0) continue;
		if (!mds_hash(h->algorithm, bytes, digits))
			return error_set(e, STATUS_DATA, "%s/%s: there is no hash algorithm '%s'", r->folder, facts->name, h->algorithm);
		if (strcmp(digits, h->digits))
			return error_set(e, STATUS_DATA,
				"%s/%s: damaged: its %s is %s, but index.json says %s; build or copy the data set again", r->folder,
				facts->name, h->algorithm, digits, h->digits);
	}
	return true;
}

/* The uncompressed shard. The zipped file counts; without it the raw one, which trainers unpack beside it. */
static bool load_shard(const struct mds_reader *r, size_t number, bool verify, struct text *raw, struct error *e) {
	const struct shard *s = &r->shards[number];
	struct text zip = {0};
	bool found = false, good = true;
	if (s->zip.name && !map_file(r, &s->zip, &zip, &found, e)) return false;
	if (found) {
		good = (!verify || check_hashes(r, &s->zip, zip, true, e)) && unpack(r, s, zip, raw, e);
		unmap(zip);
	} else {
		if (!map_file(r, &s->raw, raw, &found, e)) return false;
		if (!found)
			return error_set(e, STATUS_DATA, "%s/%s: is missing; build or copy the data set again", r->folder,
				s->zip.name ? s->zip.name : s->raw.name);
	}
	if (!good) return false;
	if (check_hashes(r, &s->raw, *raw, verify, e)) return true;
	unmap(*raw);
	return false;
}

static uint32_t get32(const char *at) {
	const unsigned char *b = (const unsigned char *)at;
	/* NOLINTNEXTLINE: check_head has seen that there are bytes */
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool damaged(const struct mds_reader *r, const struct shard *s, struct error *e, const char *what) {
	return error_set(e, STATUS_DATA, "%s/%s: damaged: %s; build or copy the data set again", r->folder, s->raw.name, what);
}

/* The number of samples is the index's and the table of offsets lies inside. */
static bool check_head(const struct mds_reader *r, const struct shard *s, struct text raw, struct error *e) {
	if (raw.size < 8 || get32(raw.data) != s->samples) return damaged(r, s, e, "it does not hold as many samples as index.json says");
	if (8 + 4 * s->samples > raw.size) return damaged(r, s, e, "its table of offsets is cut short");
	return true;
}

/* Sample i of the shard as its columns' bytes. */
static bool get_sample(
	const struct mds_reader *r, const struct shard *s, struct text raw, uint64_t i, struct text *values, struct error *e) {
	uint64_t from = get32(raw.data + 4 + 4 * i), to = get32(raw.data + 8 + 4 * i);
	if (from < 8 + 4 * s->samples || from > to || to > raw.size) return damaged(r, s, e, "a sample's offset is out of range");
	const char *sizes = raw.data + from;
	uint64_t at = from;
	for (size_t c = 0; c < r->column_count; c++) at += r->columns[c].size ? 0 : 4;
	if (at > to) return damaged(r, s, e, "a sample is cut short");
	for (size_t c = 0; c < r->column_count; c++) {
		uint64_t size = r->columns[c].size;
		if (!size) {
			size = get32(sizes);
			sizes += 4;
		}
		if (size > to - at) return damaged(r, s, e, "a sample is cut short");
		values[c] = text_make(raw.data + at, size);
		at += size;
	}
	return at == to || damaged(r, s, e, "a sample is longer than its columns");
}

/* The shard among those kept, loaded in the place of the one not used for longest. */
static struct view *find_view(struct mds_reader *r, size_t shard, struct error *e) {
	struct view *oldest = &r->views[0];
	for (size_t i = 0; i < KEPT_SHARDS; i++) {
		if (r->views[i].used && r->views[i].shard == shard) return &r->views[i];
		if (r->views[i].used < oldest->used) oldest = &r->views[i];
	}
	struct text raw = {0};
	if (!load_shard(r, shard, false, &raw, e)) return NULL;
	if (!check_head(r, &r->shards[shard], raw, e)) {
		unmap(raw);
		return NULL;
	}
	if (oldest->used) munmap(oldest->data, oldest->size);
	*oldest = (struct view){.shard = shard, .data = (char *)(uintptr_t)raw.data, .size = raw.size};
	return oldest;
}

/* The last shard whose first sample is not beyond i (shards without samples lie before it). */
static size_t find_shard(const struct mds_reader *r, uint64_t i) {
	size_t low = 0, high = r->shard_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (r->shards[middle].first <= i) low = middle;
		else high = middle;
	}
	return low;
}

bool mds_reader_get(struct mds_reader *r, uint64_t i, struct text *values, struct error *e) {
	if (i >= r->samples) return error_set(e, STATUS_DATA, "%s: there is no sample %llu", r->folder, (unsigned long long)i);
	size_t shard = find_shard(r, i);
	struct view *view = find_view(r, shard, e);
	if (!view) return false;
	view->used = ++r->clock;
	return get_sample(r, &r->shards[shard], text_make(view->data, view->size), i - r->shards[shard].first, values, e);
}

static bool verify_shard(const struct mds_reader *r, size_t number, struct text *values, struct error *e) {
	const struct shard *s = &r->shards[number];
	struct text raw = {0};
	if (!load_shard(r, number, true, &raw, e)) return false;
	bool good = check_head(r, s, raw, e);
	if (good && get32(raw.data + 4 + 4 * s->samples) != raw.size) good = damaged(r, s, e, "its last offset is not its size");
	for (uint64_t i = 0; good && i < s->samples; i++) good = get_sample(r, s, raw, i, values, e);
	unmap(raw);
	return good;
}

bool mds_reader_verify(struct mds_reader *r, struct error *e) {
	struct text *values = memory_zeroed(r->column_count, sizeof *values);
	bool good = true;
	for (size_t i = 0; good && i < r->shard_count; i++) good = verify_shard(r, i, values, e);
	free(values);
	return good;
}

void mds_reader_close(struct mds_reader *r) {
	if (!r) return;
	for (size_t i = 0; i < KEPT_SHARDS; i++)
		if (r->views[i].used) munmap(r->views[i].data, r->views[i].size);
	free(r->shards);
	arena_free(&r->memory);
	free(r);
}

bool mds_get_int(struct text bytes, int64_t *value) {
	if (bytes.size != 8) return false;
	*value = (int64_t)((uint64_t)get32(bytes.data + 4) << 32 | get32(bytes.data));
	return true;
}

/* The number of elements of a one-dimensional array whose elements have `width` bytes, and where they start; -1 when it is none. */
static ptrdiff_t get_shape(struct text bytes, size_t width, const char **values) {
	if (!bytes.size || ((unsigned char)bytes.data[0] >> 2) != 1) return -1;
	size_t size = (size_t)1 << (bytes.data[0] & 3);
	if (bytes.size < 1 + size) return -1;
	uint64_t count = 0;
	for (size_t i = size; i; i--) count = count << 8 | (unsigned char)bytes.data[i];
	size_t left = bytes.size - 1 - size;
	if (left % width || left / width != count) return -1;
	*values = bytes.data + 1 + size;
	return (ptrdiff_t)count;
}

ptrdiff_t mds_get_int32s(struct text bytes, int32_t *out, size_t room) {
	const char *values;
	ptrdiff_t count = get_shape(bytes, 4, &values);
	for (size_t i = 0; count > 0 && i < (size_t)count && i < room; i++) out[i] = (int32_t)get32(values + 4 * i);
	return count;
}

ptrdiff_t mds_get_int16s(struct text bytes, int16_t *out, size_t room) {
	const char *values;
	ptrdiff_t count = get_shape(bytes, 2, &values);
	for (size_t i = 0; count > 0 && i < (size_t)count && i < room; i++)
		out[i] = (int16_t)((unsigned)(unsigned char)values[2 * i] | (unsigned)(unsigned char)values[2 * i + 1] << 8);
	return count;
}
