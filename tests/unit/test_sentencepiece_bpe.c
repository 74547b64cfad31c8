/* Our engine for SentencePiece BPE models against the library itself: the same ids for any bytes. */
#include "check.h"
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"
#include "token/protobuf.h"
#include "token/sentencepiece.h"
#include "token/sentencepiece_bpe.h"

static const char *const parts[] = {"the ", "of", " and", "to", "in", "a", "b", "ab", "  ", " ", "\n", "1", "23", ",", ".", "\xC3\xA9",
	"e\xCC\x81", "\xE2\x96\x81", "\xE6\x97\xA5", "\xE6\x9C\xAC", "\xF0\x9F\x98\x80", "\xEF\xAC\x81", "\xE3\x80\x80", "<s>", "</s>",
	"<unk>", "<0x41>", "<x>", "\xFF", "\xE2\x96", "\xC3", "\xED\xA0\x80", "\xF4\x8F\xBF\xBD", "aaaaaaaa", "thethe", "zq"};

static void add_text(struct random *r, size_t limit, bool valid, struct buffer *out) {
	for (size_t n = random_below(r, limit) + 1; n; n--) {
		const char *part = parts[random_below(r, sizeof parts / sizeof *parts)];
		if (!valid && random_below(r, 8) == 0) buffer_add_char(out, (char)random_below(r, 256));
		else if (!valid || utf8_valid(text_of(part))) buffer_add_string(out, part);
	}
}

struct corpus {
	struct random random;
	struct buffer text;
	int left;
};

static bool next_text(void *state, const char **text, size_t *size) {
	struct corpus *c = state;
	if (!c->left--) return false;
	buffer_clear(&c->text);
	add_text(&c->random, 12, true, &c->text);
	*text = c->text.data;
	*size = c->text.size;
	return true;
}

static bool same_ids(const struct sentencepiece_model *library, const struct sentencepiece_bpe *fast, int rounds) {
	struct random r = random_start(random_key_start(7));
	struct sentencepiece_work *work = sentencepiece_work_make();
	struct sentencepiece_bpe_scratch *scratch = sentencepiece_bpe_scratch_make();
	struct token_ids ids = {0};
	struct buffer text = {0};
	bool same = true;
	for (int i = 0; same && i < rounds; i++) {
		const int *wanted;
		size_t count;
		char why[SENTENCEPIECE_WHY];
		buffer_clear(&text);
		add_text(&r, i % 50 ? 20 : 400, false, &text);
		ids.count = 0;
		sentencepiece_bpe_encode(fast, scratch, buffer_text(&text), &ids);
		same = sentencepiece_encode(library, work, text.data, text.size, &wanted, &count, why) && count == ids.count &&
		       (!count || !memcmp(ids.ids, wanted, count * sizeof *wanted));
		if (!same) printf("# text %d: [%.*s]\n", i, TEXT_ARGS(buffer_text(&text)));
	}
	sentencepiece_work_free(work);
	sentencepiece_bpe_scratch_free(scratch);
	token_ids_free(&ids);
	buffer_free(&text);
	return same;
}

static void compare(const char *what, struct text model) {
	char why[SENTENCEPIECE_WHY] = "";
	struct sentencepiece_model *library = sentencepiece_open(model.data, model.size, why);
	struct sentencepiece_bpe *fast = sentencepiece_bpe_open(model);
	CHECK(what, library && fast && same_ids(library, fast, 3000));
	if (library) sentencepiece_close(library);
	sentencepiece_bpe_close(fast);
}

static bool trained(const struct sentencepiece_option *more, size_t count, char **model, size_t *size) {
	struct sentencepiece_option options[12] = {
		{"model_type", "bpe"}, {"vocab_size", "400"}, {"hard_vocab_limit", "false"}, {"minloglevel", "2"}, {"num_threads", "1"}};
	struct corpus corpus = {.random = random_start(random_key_start(1)), .left = 1500};
	char why[SENTENCEPIECE_WHY] = "";
	for (size_t i = 0; i < count; i++) options[5 + i] = more[i];
	bool good = sentencepiece_train(options, 5 + count, next_text, &corpus, model, size, why);
	if (!good) printf("# %s\n", why);
	buffer_free(&corpus.text);
	return good;
}

static void train_and_compare(const char *what, const struct sentencepiece_option *more, size_t count) {
	char *model = NULL;
	size_t size = 0;
	CHECK("a model is trained", trained(more, count, &model, &size));
	if (model) compare(what, text_make(model, size));
	free(model);
}

static void test_hostile(void) {
	char *model = NULL;
	size_t size = 0;
	if (!trained(&(struct sentencepiece_option){"normalization_rule_name", "nmt_nfkc"}, 1, &model, &size)) return;
	struct random r = random_start(random_key_start(3));
	char *broken = memory_allocate(size);
	size_t opened = 0;
	for (int i = 0; i < 100; i++) {
		memcpy(broken, model, size);
		for (uint64_t n = random_below(&r, 20) + 1; n; n--) broken[random_below(&r, size)] = (char)random_below(&r, 256);
		struct sentencepiece_bpe *m = sentencepiece_bpe_open(text_make(broken, i % 2 ? size : (size_t)random_below(&r, size)));
		if (!m) continue;
		opened++;
		struct sentencepiece_bpe_scratch *s = sentencepiece_bpe_scratch_make();
		struct token_ids ids = {0};
		for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) sentencepiece_bpe_encode(m, s, text_of(parts[k]), &ids);
		token_ids_free(&ids);
		sentencepiece_bpe_scratch_free(s);
		sentencepiece_bpe_close(m);
	}
	CHECK("broken models are refused or harmless", opened < 100);
	free(broken);
	free(model);
}

/* A model with one more field, given as its message. */
static bool opens_with(uint32_t number, const char *message, size_t size) {
	struct buffer file = {0};
	struct error e;
	if (!input_load("tests/data/tokenizers/user.model", 0, &file, &e)) return false;
	protobuf_add_bytes(&file, number, text_make(message, size));
	struct sentencepiece_bpe *m = sentencepiece_bpe_open(buffer_text(&file));
	bool opens = m != NULL;
	sentencepiece_bpe_close(m);
	buffer_free(&file);
	return opens;
}
#define OPENS_WITH(piece) opens_with(MODEL_PIECES, piece, sizeof(piece) - 1)

static void test_left_to_the_library(void) {
	CHECK("a piece more", OPENS_WITH("\x0A\x02st\x15\0\0\0\0\x18\x01"));
	CHECK("a control symbol", OPENS_WITH("\x0A\x02st\x15\0\0\0\0\x18\x03"));
	CHECK("one that is called as a piece", !OPENS_WITH("\x0A\x02"
							   "at\x15\0\0\0\0\x18\x03"));
	CHECK("a byte that is called as a piece", !OPENS_WITH("\x0A\x02"
							      "at\x15\0\0\0\0\x18\x06"));
	CHECK("a symbol of the user with a NUL", !OPENS_WITH("\x0A\x03s\0t\x15\0\0\0\0\x18\x04"));
	CHECK("a type that there is not", !OPENS_WITH("\x0A\x02st\x15\0\0\0\0\x18\x04\x18\x25"));
	CHECK("a score as a whole number", !OPENS_WITH("\x0A\x02st\x10\x01\x18\x01"));
	char long_piece[3 + 300 + 2]; /* a text of 300 letters, and that it is a normal piece */
	memcpy(long_piece, "\x0A\xAC\x02", 3);
	memset(long_piece + 3, 'a', 300);
	memcpy(long_piece + 303, "\x18\x01", 2);
	CHECK("a very long piece", !opens_with(MODEL_PIECES, long_piece, sizeof long_piece));
	CHECK("a group, which is no message", !opens_with(MODEL_NORMALIZER, "\x33\x34", 2) && !opens_with(MODEL_TRAINER, "\x33\x34", 2));
}

int main(void) {
	const struct sentencepiece_option ours[] = {{"normalization_rule_name", "identity"}, {"byte_fallback", "true"},
		{"add_dummy_prefix", "false"}, {"remove_extra_whitespaces", "false"}, {"allow_whitespace_only_pieces", "true"},
		{"control_symbols", "<x>"}};
	const struct sentencepiece_option plain[] = {{"normalization_rule_name", "identity"}, {"character_coverage", "0.99"}};
	const struct sentencepiece_option rules[] = {{"normalization_rule_name", "nmt_nfkc"}, {"byte_fallback", "true"}};
	const struct sentencepiece_option user[] = {
		{"normalization_rule_name", "identity"}, {"user_defined_symbols", "<x>,the"}, {"remove_extra_whitespaces", "false"}};
	train_and_compare("byte fallback, no prefix, spaces kept", ours, 6);
	train_and_compare("unknown characters, spaces trimmed", plain, 2);
	train_and_compare("rules of normalisation", rules, 2);
	train_and_compare("user-defined symbols", user, 3);
	test_hostile();
	test_left_to_the_library();
	struct buffer file = {0};
	struct error e;
	if (input_load("../shared/tokenizers/llama2/tokenizer.model", 0, &file, &e)) compare("a published model", buffer_text(&file));
	else printf("ok - a published model # skip there is no ../shared/tokenizers/llama2/tokenizer.model\n");
	buffer_free(&file);
	return check_done();
}
