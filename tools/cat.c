/* cat: data sets of token rows as JSON Lines, for jq, for a look, and back into pack. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "json/json.h"
#include "shard/meta.h"
#include "token/tokenizer.h"

static const char *tokenizer_file, *output = "-";
static struct option_list tasks;
static bool as_text;
static int64_t limit;

static const struct option_spec options[] = {{'n', "limit", "N", OPTION_INTEGER, &limit, "stop after N rows"},
	{'t', "task", "NAME", OPTION_LIST, &tasks, "only rows of this task (may be given several times)"},
	{0, "text", NULL, OPTION_FLAG, &as_text, "decoded text and outputs (what has loss) instead of ids"},
	{0, "tokenizer", "FILE", OPTION_STRING, &tokenizer_file, "for --text (the one that meta.json names)"},
	{'o', "output", "FILE", OPTION_STRING, &output, "write to FILE (.zst: compressed) instead of standard output"}, {0}};

static const char *const examples[] = {"rows of all splits", "spectrum cat out/example | jq -c '[.split, .task, .sequence]'", "one row",
	"spectrum cat -n 1 out/example/train", NULL};

static const struct program program = {"cat", "shards to JSON Lines", "[DIR|FILE…]", options, examples,
	"DIR is a data set of token rows (of pack or tokenize -o) or a folder of such data sets; FILE is a JSON Lines file of\n"
	"token rows or - (standard input). Rows come in the order in which they lie there."};

/* What the decoding of one data set needs. */
struct decoder {
	struct tokenizer *tokenizer;
	char *file; /* that it was opened from */
	struct buffer text;
};

static bool is_folder(const char *path) {
	struct stat s;
	return strcmp(path, "-") != 0 && stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static bool open_tokenizer(struct decoder *d, const char *file, struct error *e) {
	if (d->file && !strcmp(d->file, file)) return true;
	tokenizer_close(d->tokenizer);
	free(d->file);
	d->file = NULL;
	d->tokenizer = tokenizer_open(file, e);
	if (d->tokenizer) d->file = memory_copy(file, strlen(file));
	return d->tokenizer != NULL;
}

/* The tokenizer of --tokenizer, or the one that the data set's meta.json names, if its file is still what it was. */
static bool find_tokenizer(struct decoder *d, const char *path, struct error *e) {
	if (tokenizer_file) return open_tokenizer(d, tokenizer_file, e);
	struct buffer file = {0}, hash = {0};
	bool good = !is_folder(path) || meta_tokenizer(path, &file, &hash, e);
	if (good && (!file.size || access(buffer_string(&file), R_OK))) {
		good = error_set(e, STATUS_USAGE, "%s: its tokenizer%s%s is not %s; name the file with --tokenizer FILE", path,
			file.size ? " " : "", file.size ? file.data : "", file.size ? "here" : "known");
	} else if (good) {
		good = open_tokenizer(d, file.data, e);
		if (good && hash.size && strcmp(tokenizer_hash(d->tokenizer), buffer_string(&hash)) != 0)
			good = error_set(e, STATUS_USAGE,
				"%s: %s is not the tokenizer that made it (its SHA-256 is another); name the right one with --tokenizer "
				"FILE",
				path, file.data);
	}
	buffer_free(&file);
	buffer_free(&hash);
	return good;
}

static void add_decoded(struct buffer *b, struct decoder *d, const int32_t *ids, size_t count) {
	buffer_clear(&d->text);
	tokenizer_decode(d->tokenizer, ids, count, true, &d->text);
	json_add_string(b, buffer_text(&d->text), false);
}

/* The tokens with loss, one text an output. */
static void add_outputs(struct buffer *b, struct decoder *d, const struct token_row *row) {
	bool first = true;
	for (size_t i = 0, end; i < row->count; i = end) {
		end = i + 1;
		if (row->labels[i] == ROW_NO_LOSS) continue;
		while (end < row->count && row->labels[end] != ROW_NO_LOSS && row->example[end] == row->example[i]) end++;
		if (!first) buffer_add_char(b, ',');
		first = false;
		add_decoded(b, d, row->labels + i, end - i);
	}
}

static void add_text(struct buffer *b, struct decoder *d, const struct token_row *row) {
	buffer_add_char(b, '{');
	json_add_pair(b, "task", row->task, false);
	json_add_pair(b, "part", row->part, false);
	json_add_pair(b, "source", row->source, false);
	json_add_pair(b, "split", row->split, false);
	json_add_pair(b, "instance", row->instance, false);
	json_add_key(b, "sequence");
	number_add_integer(b, row->sequence);
	json_add_key(b, "text");
	add_decoded(b, d, row->input_ids, row->count);
	json_add_key(b, "outputs");
	buffer_add_char(b, '[');
	add_outputs(b, d, row);
	buffer_add_string(b, "]}\n");
}

static bool wanted(const struct token_row *row) {
	for (size_t i = 0; i < tasks.count; i++)
		if (text_is(row->task, tasks.values[i])) return true;
	return !tasks.count;
}

/* `*left` counts down the rows that may still be printed. */
static bool print_rows(const char *path, struct decoder *d, struct output *out, int64_t *left, struct error *e) {
	if (as_text && !find_tokenizer(d, path, e)) return false;
	struct row_source *source = row_source_open(path, e);
	if (!source) return false;
	struct token_row row;
	struct buffer b = {0};
	int state = 0;
	while (*left && !output_failed(out, NULL) && (state = row_source_next(source, &row, e)) == 1) {
		if (!wanted(&row)) continue;
		if (as_text) add_text(&b, d, &row);
		else row_add_json(&b, &row);
		output_add(out, buffer_text(&b));
		buffer_clear(&b);
		--*left;
	}
	buffer_free(&b);
	row_source_close(source);
	return state >= 0;
}

static bool is_data_set(const char *path) {
	struct buffer b = {0};
	buffer_printf(&b, "%s/index.json", path);
	bool found = access(buffer_string(&b), F_OK) == 0;
	buffer_free(&b);
	return found;
}

/* A file, a data set, or the data sets in a folder in order of their names. */
static bool print(const char *path, struct decoder *d, struct output *out, int64_t *left, struct error *e) {
	if (!is_folder(path) || is_data_set(path)) return print_rows(path, d, out, left, e);
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, alphasort);
	bool good = count >= 0 || error_system(e, "%s", path), found = false;
	struct buffer b = {0};
	for (int i = 0; i < count; i++) {
		buffer_clear(&b);
		buffer_printf(&b, "%s/%s", path, entries[i]->d_name);
		bool one = entries[i]->d_name[0] != '.' && !text_ends(buffer_text(&b), text_of(".tmp")) && is_data_set(buffer_string(&b));
		found = found || one;
		if (good && one) good = print_rows(buffer_string(&b), d, out, left, e);
		free(entries[i]);
	}
	free(entries);
	buffer_free(&b);
	if (good && !found) return error_set(e, STATUS_DATA, "%s: there is no data set (index.json) in it", path);
	return good;
}

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	struct decoder d = {0};
	int64_t left = limit ? limit : INT64_MAX;
	struct output *out = output_open(output, &e);
	bool good = out != NULL;
	if (good && first == argc) good = print("-", &d, out, &left, &e);
	for (int i = first; good && i < argc; i++) good = print(argv[i], &d, out, &left, &e);
	if (out && good) {
		good = output_close(out, &e);
	} else if (out) {
		if (!strcmp(output, "-")) output_close(out, NULL);
		else output_abandon(out);
	}
	tokenizer_close(d.tokenizer);
	free(d.file);
	buffer_free(&d.text);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
