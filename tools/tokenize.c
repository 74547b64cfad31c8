/* tokenize: sequences to token rows, for trainers, by a message format of a model family. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/progress.h"
#include "format/sequence.h"
#include "json/json.h"
#include "shard/row.h"
#include "source/manifest.h"
#include "token/row_encoder.h"

static const char *tokenizer_path, *format_name = "spectrum", *family_option, *variant_option, *folder, *stats_path;
static int64_t max_length = 1024, threads = 1;
static bool reference_specials, sample;

static const struct option_spec options[] = {
	{'t', "tokenizer", "FILE", OPTION_STRING, &tokenizer_path,
		"a SentencePiece .model or a tokenizer.json ($SPECTRUM_TOKENIZER, out/tokenizers/spm32k.model)"},
	{'f', "format", "NAME", OPTION_STRING, &format_name, "spectrum, chat, chat_simple or colon (spectrum)"},
	{0, "family", "NAME", OPTION_STRING, &family_option, "model family, a file of tools/formats (guessed from the tokeniser)"},
	{0, "variant", "NAME", OPTION_STRING, &variant_option,
		"base or instruct: whose end-of-sequence token ends a row (tokenizer_config.json beside the tokeniser, else base)"},
	{'l', "max-length", "N", OPTION_INTEGER, &max_length, "tokens of a row at most, up to 8192 (1024)"},
	{'j', "threads", "N", OPTION_INTEGER, &threads, "threads; the output is the same for any number (1)"},
	{0, "reference-specials", NULL, OPTION_FLAG, &reference_specials,
		"strings in the data that are special tokens become special, as in the reference"},
	{'o', "output", "DIR", OPTION_STRING, &folder, "an unshuffled MDS data set in DIR instead of JSON Lines on standard output"},
	{0, "stats", "FILE", OPTION_STRING, &stats_path, "counts of each task as JSON"},
	{0, "sample", NULL, OPTION_FLAG, &sample, "what is read comes from samples: meta.json says so instead of naming revisions"}, {0}};

static const char *const examples[] = {"rows as JSON Lines", "spectrum adapt flight | spectrum draw | spectrum tokenize | head -n 1",
	"a data set for pack", /* NOLINTNEXTLINE: one literal over several lines */
	"spectrum adapt normal | spectrum draw | spectrum tokenize -j 2 --format colon -o out/normal && spectrum pack -o out/normal-shards "
	"out/normal",
	NULL};

static const struct program program = {"tokenize", "sequences to token rows", "[FILE…]", options, examples,
	"Rows none of whose tokens bears loss are dropped and counted. Data never becomes a special token unless --reference-specials is "
	"given."};

enum { BATCH_BYTES = 1 << 17, QUEUE = 4 };

struct counts {
	uint64_t sequences, rows, tokens, labels, dropped;
};

/* What all threads share, and what the collecting thread alone uses. */
struct run {
	struct row_encoder *encoder;
	struct row_worker **workers;
	bool as_json;
	struct output *out;
	struct mds_writer *mds;
	struct map tasks; /* name → index of `counts` */
	struct map sources;
	struct counts *counts, total;
	size_t counts_capacity;
	struct progress progress;
	bool failed;
	struct error error;
};

/* Some lines, and the rows made of them. */
struct batch {
	struct buffer lines; /* LF behind each */
	const char *file;
	uint64_t first_line;
	struct arena memory;
	struct token_row *rows; /* count 0: dropped */
	size_t count, capacity;
	struct buffer json;
	bool failed;
	struct error error;
};

static void *keep(struct arena *a, const void *bytes, size_t size) { return memcpy(arena_allocate(a, size), bytes, size); }

static bool tokenize_line(struct batch *b, struct row_worker *worker, struct sequence *s, struct text line, struct error *e) {
	struct encoded_row encoded;
	if (!sequence_parse(line, s, e) || !row_worker_encode(worker, s->messages, s->count, &encoded, e)) return false;
	b->rows = memory_grow(b->rows, &b->capacity, b->count + 1, sizeof *b->rows);
	struct token_row *row = &b->rows[b->count++];
	*row = (struct token_row){.task = arena_copy(&b->memory, s->task)};
	if (!encoded.label_count) return true;
	row->part = arena_copy(&b->memory, s->part);
	row->source = arena_copy(&b->memory, s->source);
	row->split = arena_copy(&b->memory, s->split);
	row->instance = arena_copy(&b->memory, s->instance);
	row->sequence = s->number;
	row->count = encoded.count;
	row->input_ids = keep(&b->memory, encoded.ids, encoded.count * sizeof *encoded.ids);
	row->labels = keep(&b->memory, encoded.labels, encoded.count * sizeof *encoded.labels);
	row->example = keep(&b->memory, encoded.example, encoded.count * sizeof *encoded.example);
	return true;
}

static void work(void *job, size_t worker, void *context) {
	struct batch *b = job;
	struct run *run = context;
	struct sequence s = {0};
	struct text rest = buffer_text(&b->lines);
	for (uint64_t number = b->first_line; rest.size && !b->failed; number++) {
		const char *end = memchr(rest.data, '\n', rest.size);
		struct text line = text_make(rest.data, (size_t)(end - rest.data));
		rest = text_make(end + 1, rest.size - line.size - 1);
		if (!line.size) continue;
		if (tokenize_line(b, run->workers[worker], &s, line, &b->error)) {
			if (run->as_json && b->rows[b->count - 1].count) row_add_json(&b->json, &b->rows[b->count - 1]);
			continue;
		}
		b->failed = true;
		error_within(&b->error, "%s:%llu", b->file, (unsigned long long)number);
	}
	sequence_free(&s);
}

static void count_row(struct run *run, const struct token_row *row) {
	bool is_new;
	struct map_entry *entry = map_put(&run->tasks, row->task, &is_new);
	if (is_new) {
		entry->value = run->tasks.count - 1;
		run->counts = memory_grow(run->counts, &run->counts_capacity, run->tasks.count, sizeof *run->counts);
		run->counts[entry->value] = (struct counts){0};
	}
	if (row->count) map_put(&run->sources, row->source, NULL);
	struct counts *both[] = {&run->counts[entry->value], &run->total};
	uint64_t labels = 0;
	for (size_t i = 0; i < row->count; i++) labels += row->labels[i] != ROW_NO_LOSS;
	for (size_t i = 0; i < 2; i++) {
		both[i]->sequences++;
		both[i]->rows += row->count > 0;
		both[i]->dropped += row->count == 0;
		both[i]->tokens += row->count;
		both[i]->labels += labels;
	}
}

static void batch_free(struct batch *b) {
	buffer_free(&b->lines);
	buffer_free(&b->json);
	arena_free(&b->memory);
	free(b->rows);
	free(b);
}

/* In order of the input. Rows of a batch before its bad line are still written: the output is abandoned anyway, and a pipe has them. */
static void collect(void *job, void *context) {
	struct batch *b = job;
	struct run *run = context;
	for (size_t i = 0; i < b->count && !run->failed; i++) {
		count_row(run, &b->rows[i]);
		if (run->mds && b->rows[i].count) run->failed = !row_write(run->mds, &b->rows[i], true, &run->error);
	}
	if (run->out && !run->failed) output_add(run->out, buffer_text(&b->json));
	if (run->out && !run->failed) run->failed = output_failed(run->out, &run->error);
	if (b->failed && !run->failed) {
		run->failed = true;
		run->error = b->error;
	}
	progress_show(&run->progress, run->total.sequences);
	batch_free(b);
}

static struct batch *batch_make(const char *file, uint64_t first_line) {
	struct batch *b = memory_zeroed(1, sizeof *b);
	b->file = file;
	b->first_line = first_line;
	return b;
}

static bool read_file(struct run *run, struct pool *pool, const char *path, struct error *e) {
	struct input *in = input_open(path, e);
	if (!in) return false;
	struct text line;
	struct batch *b = NULL;
	int state = 1;
	while (!run->failed && (state = input_line(in, &line, e)) == 1) {
		if (!b) b = batch_make(path, input_line_number(in));
		buffer_add_text(&b->lines, line);
		buffer_add_char(&b->lines, '\n');
		if (b->lines.size < BATCH_BYTES) continue;
		pool_submit(pool, b);
		b = NULL;
	}
	if (b) pool_submit(pool, b);
	input_close(in);
	return state >= 0;
}

/* {"rows":…,"tokens":…,"labels":…,"tasks":{…}}; with `all` also what was read and dropped. */
static void add_counts(struct buffer *b, const struct counts *c, bool all) {
	if (all) json_add_integer(b, "sequences", (int64_t)c->sequences);
	json_add_integer(b, "rows", (int64_t)c->rows);
	json_add_integer(b, "tokens", (int64_t)c->tokens);
	json_add_integer(b, "labels", (int64_t)c->labels);
	if (all) json_add_integer(b, "dropped", (int64_t)c->dropped);
}

static void add_all_counts(struct buffer *b, const struct run *run, bool all) {
	buffer_add_char(b, '{');
	add_counts(b, &run->total, all);
	json_add_key(b, "tasks");
	buffer_add_char(b, '{');
	for (size_t i = 0; i < run->tasks.count; i++) {
		if (i) buffer_add_char(b, ',');
		json_add_string(b, run->tasks.entries[i].key, false);
		buffer_add_string(b, ":{");
		add_counts(b, &run->counts[i], all);
		buffer_add_char(b, '}');
	}
	buffer_add_string(b, "}}");
}

/* {"polis":{"revision":"0bc2…"},…}: of the sources that are found here. Of samples {"polis":{"sample":true},…}. */
static void add_sources(struct buffer *b, const struct run *run) {
	json_add_key(b, "sources");
	buffer_add_char(b, '{');
	for (size_t i = 0; i < run->sources.count; i++) {
		struct text id = run->sources.entries[i].key;
		struct source *source = sample || memchr(id.data, '/', id.size) ? NULL : source_find(id.data, NULL);
		if (i) buffer_add_char(b, ',');
		json_add_string(b, id, false);
		buffer_add_string(b, ":{");
		if (sample) buffer_add_string(b, "\"sample\":true");
		else if (source && source->revision) json_add_pair(b, "revision", text_of(source->revision), false);
		buffer_add_char(b, '}');
		source_free(source);
	}
	buffer_add_char(b, '}');
}

static void add_meta(struct buffer *b, const struct run *run, const struct tokenizer *t, const struct family *family, const char *variant) {
	const char *slash = strrchr(tokenizer_path, '/');
	buffer_add_char(b, '{');
	json_add_pair(b, "tool", text_of("spectrum"), false);
	json_add_pair(b, "version", text_of(spectrum_version), false);
	json_add_key(b, "tokenizer");
	buffer_add_char(b, '{');
	json_add_pair(b, "file", text_of(slash ? slash + 1 : tokenizer_path), false);
	json_add_pair(b, "sha256", text_of(tokenizer_hash(t)), false);
	json_add_pair(b, "kind", text_of(tokenizer_kind(t)), false);
	json_add_integer(b, "size", (int64_t)tokenizer_size(t));
	buffer_add_char(b, '}');
	json_add_pair(b, "family", text_of(family_name(family)), false);
	json_add_pair(b, "variant", text_of(variant), false);
	json_add_pair(b, "format", text_of(format_name), false);
	json_add_integer(b, "max_length", (int64_t)max_length);
	add_sources(b, run);
	json_add_key(b, "counts");
	add_all_counts(b, run, false);
	json_add_key(b, "libraries");
	buffer_add_char(b, '{');
	json_add_pair(b, "zstd", text_of(ZSTD_versionString()), false);
	buffer_add_string(b, "}}\n");
}

static void tell(const struct run *run) {
	for (size_t i = 0; i <= run->tasks.count; i++) {
		bool sum = i == run->tasks.count;
		if (sum && i == 1) return;
		const struct counts *c = sum ? &run->total : &run->counts[i];
		fprintf(stderr, "%s: ", options_program());
		print_visible(stderr, sum ? "in all" : run->tasks.entries[i].key.data);
		fprintf(stderr, ": %llu sequences, %llu rows, %llu tokens, %llu labels", (unsigned long long)c->sequences,
			(unsigned long long)c->rows, (unsigned long long)c->tokens, (unsigned long long)c->labels);
		if (c->dropped) fprintf(stderr, ", %llu dropped without labels", (unsigned long long)c->dropped);
		fputc('\n', stderr);
	}
}

static bool read_all(struct run *run, int argc, char **argv, int first) {
	size_t count = (size_t)threads;
	run->workers = memory_zeroed(count, sizeof(struct row_worker *));
	for (size_t i = 0; i < count; i++) run->workers[i] = row_worker_make(run->encoder);
	struct pool *pool = pool_open(count, QUEUE, work, collect, run);
	struct error e = {0};
	progress_start(&run->progress, "tokenizing", 0);
	bool good = first < argc || read_file(run, pool, "-", &e);
	for (int i = first; i < argc && good && !run->failed; i++) good = read_file(run, pool, argv[i], &e);
	pool_close(pool);
	progress_end(&run->progress);
	for (size_t i = 0; i < count; i++) row_worker_free(run->workers[i]);
	free(run->workers);
	if (!good && !run->failed) run->error = e;
	run->failed |= !good;
	return !run->failed;
}

static bool open_output(struct run *run, struct error *e) {
	run->as_json = !folder;
	if (!folder) return (run->out = output_open("-", e)) != NULL;
	const struct mds_column *columns;
	size_t count = row_columns(true, &columns);
	struct mds_options o = {.level = 1, .threads = (size_t)threads};
	return (run->mds = mds_writer_open(folder, columns, count, &o, e)) != NULL;
}

static bool close_output(struct run *run, bool good, const struct buffer *meta, struct error *e) {
	if (run->out) return output_end(run->out, good, e);
	if (!run->mds) return good;
	if (good) {
		mds_writer_extra(run->mds, "meta.json", buffer_text(meta));
		return mds_writer_close(run->mds, e);
	}
	mds_writer_abandon(run->mds);
	return false;
}

static bool save_stats(const struct run *run, struct error *e) {
	if (!stats_path) return true;
	struct buffer b = {0};
	add_all_counts(&b, run, true);
	buffer_add_char(&b, '\n');
	bool good = output_save(stats_path, buffer_text(&b), e);
	buffer_free(&b);
	return good;
}

static bool tokenize(
	const struct tokenizer *t, const struct family *family, const char *variant, int argc, char **argv, int first, struct error *e) {
	struct row_options o = {t, family, format_name, variant, (size_t)max_length, reference_specials};
	struct run run = {.encoder = row_encoder_open(&o, e)};
	struct buffer meta = {0};
	bool good = run.encoder && open_output(&run, e);
	if (good && !(good = read_all(&run, argc, argv, first))) *e = run.error;
	if (good) add_meta(&meta, &run, t, family, variant);
	good = close_output(&run, good, &meta, e) && save_stats(&run, e);
	if (good) tell(&run);
	buffer_free(&meta);
	map_free(&run.tasks);
	map_free(&run.sources);
	free(run.counts);
	row_encoder_close(run.encoder);
	return good;
}

static bool check_options(struct error *e) {
	if (!tokenizer_path) tokenizer_path = getenv("SPECTRUM_TOKENIZER");
	if (!tokenizer_path || !*tokenizer_path) tokenizer_path = "out/tokenizers/spm32k.model";
	if (!strncmp(tokenizer_path, "hf:", 3))
		return error_set(e, STATUS_USAGE, "--tokenizer is a file; 'spectrum fetch --tokenizer %s' gets it and prints its path",
			tokenizer_path);
	if (!strcmp(tokenizer_path, "out/tokenizers/spm32k.model") && access(tokenizer_path, F_OK))
		return error_set(e, STATUS_OUTSIDE,
			"there is no %s, the default tokeniser: 'make suite' trains it; or name one with --tokenizer FILE", tokenizer_path);
	if (threads < 1 || threads > 1024) return error_set(e, STATUS_USAGE, "--threads should be 1 to 1024");
	return (max_length >= 1 && max_length <= ROW_LONGEST) || error_set(e, STATUS_USAGE, "--max-length should be 1 to %d", ROW_LONGEST);
}

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	struct tokenizer *t = check_options(&e) ? tokenizer_open(tokenizer_path, &e) : NULL;
	struct family *family = !t ? NULL : family_option ? family_open(family_option, &e) : family_guess(t, &e);
	bool good = family != NULL;
	if (t && !family && !family_option) error_within(&e, "%s", tokenizer_path);
	if (good) {
		const char *variant = variant_option ? variant_option : variant_guess(family, tokenizer_path);
		if (!family_option || !variant_option)
			fprintf(stderr, "%s: family %s, variant %s\n", options_program(), family_name(family), variant);
		good = tokenize(t, family, variant, argc, argv, first, &e);
	}
	family_close(family);
	tokenizer_close(t);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
