/* cat: data sets of token rows as JSON Lines, for jq, for a look, and back into pack. */
#include "base/options.h"
#include "json/json.h"
#include "shard/decoder.h"
#include "shard/row.h"

static const char *tokenizer_file, *output = "-";
static struct option_list tasks;
static bool as_text;
static int64_t limit;

static const struct option_spec options[] = {{'n', "limit", "N", OPTION_INTEGER, &limit, "stop after N rows"},
	{'t', "task", "NAME", OPTION_LIST, &tasks, "only rows of this task (may be given several times)"},
	{0, "text", NULL, OPTION_FLAG, &as_text, "decoded text and outputs (what has loss) instead of ids"},
	{0, "tokenizer", "FILE", OPTION_STRING, &tokenizer_file, "for --text (the one that meta.json names)"},
	{'o', "output", "FILE", OPTION_STRING, &output, "write to FILE (.zst: compressed) instead of standard output"}, {0}};

static const char *const examples[] = {"rows of all splits", /* NOLINTNEXTLINE: one literal over several lines */
	"spectrum adapt coinflip --limit 20 | spectrum draw | spectrum tokenize | spectrum pack -o out/coins && spectrum cat out/coins | "
	"jq -c "
	"'[.split, .task, "
	".sequence]' | head -n 3",
	"text of one row", "spectrum cat --text -n 1 --tokenizer out/tokenizers/spm32k.model out/coins/train", NULL};

static const struct program program = {"cat", "shards to JSON Lines", "[DIR|FILE…]", options, examples,
	"DIR is a data set of token rows (of pack or tokenize -o) or a folder of such data sets; FILE is a JSON Lines file of token rows "
	"or - (standard input). Rows come in the order in which they lie there."};

/* What printing goes through the data sets with. */
struct printing {
	struct output *out;
	int64_t left; /* rows that may still be printed */
	struct decoder decoder;
	struct buffer text;
};

static void add_decoded(struct buffer *b, struct printing *p, const int32_t *ids, size_t count) {
	buffer_clear(&p->text);
	tokenizer_decode(p->decoder.tokenizer, ids, count, true, &p->text);
	json_add_string(b, buffer_text(&p->text), false);
}

/* The tokens with loss, one text an output. */
static void add_outputs(struct buffer *b, struct printing *p, const struct token_row *row) {
	bool first = true;
	for (size_t i = 0, end; i < row->count; i = end) {
		end = i + 1;
		if (row->labels[i] == ROW_NO_LOSS) continue;
		while (end < row->count && row->labels[end] != ROW_NO_LOSS && row->example[end] == row->example[i]) end++;
		if (!first) buffer_add_char(b, ',');
		first = false;
		add_decoded(b, p, row->labels + i, end - i);
	}
}

static void add_text(struct buffer *b, struct printing *p, const struct token_row *row) {
	row_add_names(b, row);
	json_add_key(b, "text");
	add_decoded(b, p, row->input_ids, row->count);
	json_add_key(b, "outputs");
	buffer_add_char(b, '[');
	add_outputs(b, p, row);
	buffer_add_string(b, "]}\n");
}

/* The rows of a file or of one data set. */
static bool print_rows(void *context, const char *path, struct error *e) {
	struct printing *p = context;
	if (as_text && !decoder_find(&p->decoder, path, tokenizer_file, e)) return false;
	struct row_source *source = row_source_open(path, e);
	if (!source) return false;
	struct token_row row;
	struct buffer b = {0};
	int state = 0;
	while (p->left && !output_failed(p->out, NULL) && (state = row_source_next(source, &row, e)) == 1) {
		if (!option_list_allows(&tasks, row.task)) continue;
		if (as_text) add_text(&b, p, &row);
		else row_add_json(&b, &row);
		output_add(p->out, buffer_text(&b));
		buffer_clear(&b);
		p->left--;
	}
	buffer_free(&b);
	row_source_close(source);
	return state >= 0;
}

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	const int64_t most = limit ? limit : INT64_MAX;
	struct printing p = {.left = most, .out = output_open(output, &e)};
	bool good = p.out != NULL;
	if (good && first == argc) good = print_rows(&p, "-", &e);
	for (int i = first; good && i < argc; i++) good = data_sets_visit(argv[i], print_rows, &p, &e);
	if (good && p.left == most) option_list_warn(&tasks);
	good = output_end(p.out, good, &e);
	decoder_free(&p.decoder);
	buffer_free(&p.text);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
