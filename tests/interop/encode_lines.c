/* encode_lines: what the interop tests and benchmarks of tokenisers drive the library with.
 *
 *     encode_lines [--specials] [--time ROUNDS] [--decode] TOKENIZER <texts >ids
 *
 * Standard input: one JSON string a line. Standard output: its ids, a line each, between blanks. --specials: strings that are special tokens become
 * them. --decode: the text of those ids instead, as a JSON string. --time: no output but the seconds for opening and, per round, for encoding all lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/stream.h"
#include "json/json.h"
#include "token/tokenizer.h"

/* Processor time: others work on the machine, too. */
static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef bool encode_function(const struct tokenizer *, struct tokenizer_scratch *, struct text, struct token_ids *, struct error *);

struct texts {
	struct buffer bytes;
	size_t *ends;
	size_t count, capacity;
};

static bool read_texts(struct texts *t, struct error *e) {
	struct input *in = input_open("-", e);
	struct text line;
	int got = 0;
	while (in && (got = input_line(in, &line, e)) > 0) {
		struct json_value v;
		struct buffer scratch = {0};
		if (!json_check(line, &v, e) || v.type != JSON_STRING) {
			got = -1;
			break;
		}
		buffer_add_text(&t->bytes, json_string(v, &scratch, NULL));
		buffer_free(&scratch);
		t->ends = memory_grow(t->ends, &t->capacity, t->count + 1, sizeof *t->ends);
		t->ends[t->count++] = t->bytes.size;
	}
	input_close(in);
	return in && got == 0;
}

static struct text text_at(const struct texts *t, size_t i) {
	size_t from = i ? t->ends[i - 1] : 0;
	return text_make(t->bytes.data + from, t->ends[i] - from);
}

static void print_ids(const struct token_ids *ids) {
	for (size_t i = 0; i < ids->count; i++) printf("%s%d", i ? " " : "", ids->ids[i]);
	putchar('\n');
}

static void print_text(const struct tokenizer *t, const struct token_ids *ids, bool specials) {
	struct buffer text = {0}, json = {0};
	tokenizer_decode(t, ids->ids, ids->count, specials, &text);
	json_add_string(&json, buffer_text(&text), false);
	puts(buffer_string(&json));
	buffer_free(&text);
	buffer_free(&json);
}

int main(int argc, char **argv) {
	encode_function *encode = tokenizer_encode;
	struct error e = {0};
	int rounds = 0, i = 1;
	bool decode = false;
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--specials")) encode = tokenizer_encode_specials;
		else if (!strcmp(argv[i], "--decode")) decode = true;
		else if (!strcmp(argv[i], "--time") && i + 1 < argc) rounds = atoi(argv[++i]);
	}
	if (i + 1 != argc) return STATUS_USAGE;
	double start = now();
	struct tokenizer *t = tokenizer_open(argv[i], &e);
	if (!t) return error_report(&e, "encode_lines");
	if (rounds) printf("open %.4f\n", now() - start);
	struct tokenizer_scratch *s = tokenizer_scratch_make(t);
	struct texts texts = {0};
	struct token_ids ids = {0};
	if (!read_texts(&texts, &e)) return error_report(&e, "encode_lines");
	for (int round = 0; round < (rounds ? rounds : 1); round++) {
		size_t total = 0;
		start = now();
		for (size_t k = 0; k < texts.count; k++) {
			ids.count = 0;
			if (!encode(t, s, text_at(&texts, k), &ids, &e)) return error_report(&e, "encode_lines");
			total += ids.count;
			if (rounds) continue;
			if (decode) print_text(t, &ids, true);
			else print_ids(&ids);
		}
		if (rounds) printf("round %.4f %zu bytes %zu ids\n", now() - start, texts.bytes.size, total);
	}
	buffer_free(&texts.bytes);
	free(texts.ends);
	token_ids_free(&ids);
	tokenizer_scratch_free(s);
	tokenizer_close(t);
	return 0;
}
