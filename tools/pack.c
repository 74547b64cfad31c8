/* pack: token rows of any number of tasks to shuffled MDS data sets, one a split, for trainers. */
#include <stdio.h>

#include "base/options.h"
#include "base/pool.h"
#include "base/progress.h"
#include "shard/meta.h"
#include "shard/shuffle.h"

static const char *folder;
static int64_t seed = 42, level = 3, shard_size = 1 << 26, memory = 1 << 30, threads;

static const struct option_spec options[] = {{'o', "output", "DIR", OPTION_STRING, &folder, "where train/ and test/ are made (required)"},
	{'s', "seed", "N", OPTION_INTEGER, &seed, "of the order (42)"},
	{'l', "level", "N", OPTION_INTEGER, &level, "of zstd, 1 to 22; 0 = not compressed (3)"},
	{0, "shard-size", "BYTES", OPTION_INTEGER, &shard_size, "of an uncompressed shard at most (67108864)"},
	{'m', "memory", "BYTES", OPTION_INTEGER, &memory, "for shuffling; what does not fit goes to a temporary file in DIR (1073741824)"},
	{'j', "threads", "N", OPTION_INTEGER, &threads, "that compress (as many as there are processors); each needs twice a shard's size"},
	{0}};

static const char *const examples[] = {"two rows, written by hand",
	"printf '%s\\n' " /* NOLINT: one literal over several lines */
	"'{\"task\":\"t\",\"part\":\"\",\"source\":\"s\",\"split\":\"train\",\"instance\":\"\",\"sequence\":0,\"input_ids\":[5,7],"
	"\"labels\":[-100,7],"
	"\"example\":[-1,0]}' | spectrum pack -o out/example",
	"look at them", "spectrum cat out/example", NULL};

static const struct program program = {"pack", "token rows to shuffled shards", "[INPUT…]", options, examples,
	"INPUT is a JSON Lines file of token rows, - (standard input) or an MDS folder of 'spectrum tokenize -o'.\n\n"
	"Each split becomes one data set in the MDS format of MosaicML Streaming: DIR/train, DIR/test, with index.json, shards and "
	"meta.json (tokenizer, sources, counts). The rows of all tasks are shuffled into one order, which depends on the seed and on the "
	"rows' names alone: not on the order of the input, on memory or threads. A data set appears, or replaces the one of that name, "
	"when it is complete; a split without rows is removed."};

static bool read_input(const char *path, struct shuffle *rows, struct meta *meta, struct error *e) {
	if (path_is_folder(path) && !meta_merge(meta, path, e)) return false;
	struct row_source *source = row_source_open(path, e);
	if (!source) return false;
	struct token_row row;
	struct progress progress;
	uint64_t count = 0;
	int state;
	progress_start(&progress, path, 0);
	while ((state = row_source_next(source, &row, e)) == 1) {
		if (!shuffle_add(rows, &row, e)) {
			error_within(e, "%s: row %llu", path, (unsigned long long)count + 1);
			state = -1;
			break;
		}
		progress_show(&progress, ++count);
	}
	progress_end(&progress);
	row_source_close(source);
	return state == 0;
}

/* A split that is being written. */
struct split {
	const char *name;
	char path[4096];
	struct mds_writer *writer;
	struct meta_counts counts;
};

static bool open_split(struct split *s, struct error *e) {
	const struct mds_column *columns;
	size_t count = row_columns(false, &columns);
	struct mds_options o = {.level = (int)level, .size_limit = (uint64_t)shard_size, .threads = (size_t)threads};
	s->writer = mds_writer_open(s->path, columns, count, &o, e);
	return s->writer != NULL;
}

static bool finish_split(struct split *s, const struct meta *meta, struct error *e) {
	if (!s->writer) return true;
	struct buffer json = {0};
	meta_add_json(&json, meta, s->name, seed, &s->counts);
	mds_writer_extra(s->writer, "meta.json", buffer_text(&json));
	buffer_free(&json);
	return mds_writer_finish(s->writer, e);
}

/* The order gives one split after the other, so only one at a time has shards in memory. */
static bool write_rows(struct shuffle *rows, struct split *splits, const struct meta *meta, struct error *e) {
	struct token_row row;
	struct split *now = NULL;
	struct progress progress;
	uint64_t count = 0;
	int state;
	progress_start(&progress, "packing rows", 0);
	while ((state = shuffle_next(rows, &row, e)) == 1) {
		if (!now || !text_is(row.split, now->name)) {
			if (now && !finish_split(now, meta, e)) break;
			now = text_is(row.split, splits[0].name) ? &splits[0] : &splits[1];
			if (!open_split(now, e)) break;
		}
		meta_count_row(&now->counts, &row);
		if (!row_write(now->writer, &row, false, e)) break;
		progress_show(&progress, ++count);
	}
	progress_end(&progress);
	if (state != 0) return false;
	if (!now) return error_set(e, STATUS_DATA, "there are no rows in the input; %s was left as it was", folder);
	return finish_split(now, meta, e);
}

/* Puts a finished split in its place, or removes the one of an earlier run when it has no rows now. */
static bool place_split(struct split *s, struct error *e) {
	if (s->writer) {
		struct mds_writer *w = s->writer;
		s->writer = NULL;
		return mds_writer_close(w, e);
	}
	if (!mds_is_data_set(s->path)) return true;
	struct buffer aside = {0};
	temporary_name(&aside, s->path); /* swept, should the removal be interrupted */
	bool good = rename(s->path, aside.data) == 0 ? folder_remove(aside.data, e) : error_system(e, "%s: cannot be removed", s->path);
	buffer_free(&aside);
	return good;
}

static bool pack(const char **inputs, size_t count, struct split *splits, struct error *e) {
	if (!folder_make(folder, e)) return false;
	folder_sweep(folder);
	struct meta *meta = meta_make();
	struct shuffle *rows = shuffle_open(folder, (uint64_t)memory, (uint64_t)seed, e);
	bool good = rows != NULL;
	for (size_t i = 0; good && i < count; i++) good = read_input(inputs[i], rows, meta, e);
	good = good && shuffle_sort(rows, e) && write_rows(rows, splits, meta, e);
	shuffle_close(rows);
	meta_free(meta);
	for (size_t i = 0; i < 2; i++) good = good && place_split(&splits[i], e);
	for (size_t i = 0; i < 2; i++) {
		mds_writer_abandon(splits[i].writer);
		meta_counts_free(&splits[i].counts);
	}
	return good;
}

static bool check_options(struct error *e) {
	if (!folder) return error_set(e, STATUS_USAGE, "-o DIR is missing: the folder where train/ and test/ are to be made");
	if (level > 22) return error_set(e, STATUS_USAGE, "--level should be 0 to 22");
	if (shard_size < 1024 || shard_size > UINT32_MAX)
		return error_set(e, STATUS_USAGE, "--shard-size should be 1,024 to 4,294,967,295 bytes");
	if (memory < SHUFFLE_MEMORY_LEAST) return error_set(e, STATUS_USAGE, "--memory should be at least %d bytes", SHUFFLE_MEMORY_LEAST);
	if (threads > 1024) return error_set(e, STATUS_USAGE, "--threads should be at most 1,024");
	if (!threads) threads = (int64_t)pool_processors();
	return true;
}

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	static const char *standard_input[] = {"-"};
	const char **inputs = first < argc ? (const char **)(void *)(argv + first) : standard_input;
	size_t count = first < argc ? (size_t)(argc - first) : 1;
	static struct split splits[] = {{.name = "train"}, {.name = "test"}};
	bool good = check_options(&e);
	for (size_t i = 0; good && i < 2; i++)
		if ((size_t)snprintf(splits[i].path, sizeof splits[i].path, "%s/%s", folder, splits[i].name) >= sizeof splits[i].path)
			good = error_set(&e, STATUS_USAGE, "%s: the name is too long", folder);
	if (good) good = pack(inputs, count, splits, &e);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
