/* show: sequences and token rows as a person reads them, to check a source or a data set by eye. */
#include <stdlib.h>
#include <unistd.h>

#include "base/options.h"
#include "base/random.h"
#include "base/stream.h"
#include "draw/cap.h"
#include "json/json.h"
#include "shard/decoder.h"
#include "show/view.h"

static const char *colour = "auto", *tokenizer_file;
static struct option_list tasks;
static bool pick;
static int64_t count = 3, examples = 10, seed = 42;

static const struct option_spec options[] = {{'n', "count", "N", OPTION_INTEGER, &count, "how many; 0 = all (3)"},
	{'e', "examples", "N", OPTION_INTEGER, &examples, "examples of a sequence at most; 0 = all (10)"},
	{'t', "task", "NAME", OPTION_LIST, &tasks, "only of this task (may be given several times)"},
	{0, "pick", NULL, OPTION_FLAG, &pick, "random ones of all, not the first"},
	{'s', "seed", "N", OPTION_INTEGER, &seed, "for --pick (42)"},
	{0, "color", "WHEN", OPTION_STRING, &colour, "always, never or auto: on a terminal, unless NO_COLOR is set (auto)"},
	{0, "tokenizer", "FILE", OPTION_STRING, &tokenizer_file,
		"for token rows (the one that meta.json names; for JSON Lines $SPECTRUM_TOKENIZER, out/tokenizers/spm32k.model)"},
	{0}};

static const char *const examples_of_use[] = {"the first sequences of a source",
	"spectrum adapt coinflip | spectrum draw | spectrum show -n 2", "random ones of one task",
	"spectrum adapt flight | spectrum draw | spectrum show --task flight --pick", NULL};

static const struct program program = {"show", "sequences and rows as a person reads them", "[FILE|DIR…]", options, examples_of_use,
	"FILE holds sequences of `spectrum draw` or token rows of `spectrum tokenize`, as JSON Lines (.zst is unpacked); - is standard "
	"input. DIR is a data set of token rows or a folder of them. What bears loss is in colour, or between \xE2\x9F\xA6 and "
	"\xE2\x9F\xA7. Control characters are made visible."};

struct showing {
	struct view view;
	struct output *out;
	struct cap *cap; /* --pick */
	uint64_t seen, shown;
	struct decoder decoder;
	struct row_source *rows; /* parses lines */
	struct sequence sequence;
	struct buffer text;
};

static bool wanted(struct text task) { return option_list_allows(&tasks, task); }

static bool finished(const struct showing *s) { return output_failed(s->out, NULL) || (!pick && count && s->shown == (uint64_t)count); }

/* Shows the sequence, or the row when there is one, unless it is not picked. */
static bool show(struct showing *s, const struct token_row *row, struct text line, struct error *e) {
	uint64_t number = s->seen++, rank = random_key_hash(random_key_integer(random_key_start((uint64_t)seed), (int64_t)number));
	size_t place;
	if (s->cap && !cap_offer(s->cap, rank, number, &place)) return true;
	buffer_clear(&s->text);
	if (row) view_row(&s->view, row, s->decoder.tokenizer, &s->text);
	else view_sequence(&s->view, &s->sequence, line, &s->text);
	s->shown++;
	if (s->cap) return cap_keep(s->cap, place, number, buffer_text(&s->text), e);
	output_add(s->out, buffer_text(&s->text));
	return true;
}

static const char *tokenizer_of_lines(void) {
	const char *named = tokenizer_file ? tokenizer_file : getenv("SPECTRUM_TOKENIZER");
	return named && *named ? named : "out/tokenizers/spm32k.model";
}

static bool show_line(struct showing *s, const char *path, struct text line, struct error *e) {
	struct json_value record;
	struct token_row row;
	if (!json_check(line, &record, e)) return false;
	if (json_member(record, "messages").type != JSON_NONE)
		return sequence_parse(line, &s->sequence, e) && (!wanted(s->sequence.task) || show(s, NULL, line, e));
	if (json_member(record, "input_ids").type != JSON_NONE)
		return row_source_parse(s->rows, line, &row, e) &&
		       (!wanted(row.task) || (decoder_find(&s->decoder, path, tokenizer_of_lines(), e) && show(s, &row, line, e)));
	if (json_member(record, "descriptions").type != JSON_NONE || json_member(record, "output").type != JSON_NONE)
		return error_set(e, STATUS_DATA, "this is a stream of instances; send it through 'spectrum draw' first");
	return error_set(e, STATUS_DATA, "neither a sequence (it has no \"messages\") nor a token row (no \"input_ids\")");
}

static bool show_lines(struct showing *s, const char *path, struct error *e) {
	struct input *in = input_open(path, e);
	struct text line;
	int state = in ? 0 : -1;
	while (in && !finished(s) && (state = input_line(in, &line, e)) == 1) {
		if (!text_trim(line).size || show_line(s, path, line, e)) continue;
		error_within(e, "%s:%llu", input_name(in), (unsigned long long)input_line_number(in));
		state = -1;
		break;
	}
	input_close(in);
	return state >= 0;
}

static bool show_path(void *context, const char *path, struct error *e) {
	struct showing *s = context;
	if (!path_is_folder(path)) return show_lines(s, path, e);
	if (!decoder_find(&s->decoder, path, tokenizer_file, e)) return false;
	struct row_source *source = row_source_open(path, e);
	struct token_row row;
	int state = source ? 0 : -1;
	while (source && !finished(s) && (state = row_source_next(source, &row, e)) == 1) {
		if (!wanted(row.task) || show(s, &row, (struct text){0}, e)) continue;
		state = -1;
		break;
	}
	row_source_close(source);
	return state >= 0;
}

static bool use_colour(bool *use, struct error *e) {
	const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
	*use = !strcmp(colour, "always");
	if (!strcmp(colour, "auto")) *use = isatty(1) && !(none && *none) && !(terminal && !strcmp(terminal, "dumb"));
	else if (!*use && strcmp(colour, "never") != 0)
		return error_set(e, STATUS_USAGE, "--color should be always, never or auto, not '%s'", colour);
	return true;
}

int main(int argc, char **argv) {
	struct error e = {0};
	int first = options_parse(&program, argc, argv);
	struct showing s = {.view.examples = (size_t)examples, .rows = row_source_make()};
	s.out = use_colour(&s.view.colour, &e) ? output_open("-", &e) : NULL;
	bool good = s.out != NULL;
	if (pick) s.cap = cap_make(count ? (size_t)count : SIZE_MAX);
	if (good && first == argc) good = show_path(&s, "-", &e);
	for (int i = first; good && i < argc && !finished(&s); i++) good = data_sets_visit(argv[i], show_path, &s, &e);
	if (good && s.cap) good = cap_write(s.cap, s.out, &e);
	if (good && !s.seen) option_list_warn(&tasks);
	good = output_end(s.out, good, &e);
	cap_free(s.cap);
	decoder_free(&s.decoder);
	row_source_close(s.rows);
	sequence_free(&s.sequence);
	buffer_free(&s.text);
	return good ? STATUS_DONE : error_report(&e, options_program());
}
