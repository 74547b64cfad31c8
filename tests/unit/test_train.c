/* The default tokeniser: decode(encode(x)) = x for any text, the same model from the same texts in any order, control symbols that no text becomes. */
#include "check.h"
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "base/stream.h"
#include "token/tokenizer.h"
#include "token/train.h"
#include "token/train_sample.h"

enum { VOCABULARY = 700, TEXTS = 400 };

static void add_texts(struct train_sample *s, bool backwards) {
	static const char *const words[] = {
		"coin", "heads", "tails", "rain", "snow", "vote", "agree", "pass", "über", "naïve", "  indented", "\n\n"};
	struct buffer b = {0};
	for (size_t i = 0; i < TEXTS; i++) {
		struct random r = random_start(random_key_integer(random_key_start(1), (int64_t)(backwards ? TEXTS - 1 - i : i)));
		buffer_clear(&b);
		for (size_t k = 0; k < 20; k++) buffer_printf(&b, "%s ", words[random_below(&r, 12)]);
		train_sample_add(s, buffer_text(&b));
		if (i % 3 == 0) train_sample_add(s, buffer_text(&b));
	}
	buffer_free(&b);
}

static bool make_model(uint64_t seed, size_t limit, bool backwards, struct buffer *model) {
	struct error e = {0};
	struct family *f = family_open("gemma3", &e);
	struct train_sample *s = train_sample_make(seed, limit);
	add_texts(s, backwards);
	bool good = f && train_model(s, f, VOCABULARY, model, &e);
	if (!good) printf("# %s\n", e.message);
	train_sample_free(s);
	family_close(f);
	return good;
}

static void add_random_text(struct random *r, struct buffer *b) {
	static const char *const tricky[] = {"\xE2\x96\x81", "\xF4\x8F\xBF\xBD", "_", "\xF4\x8F\xBF\xBD_", "\xE2\x96\x85", " ", "  ", "\t",
		"\n", "\r\n", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>", "<unk>", "<0x41>", "<s>", "\xEF\xBB\xBF",
		"\xEF\xBF\xBD", "coin", "e\xCC\x81", "\xE2\x81\x87", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC"};
	for (uint64_t n = random_below(r, 12); n > 0; n--) {
		char utf8[4];
		uint32_t code = (uint32_t)random_below(r, random_below(r, 2) ? 0x110000 : 0x180);
		if (code >= 0xD800 && code < 0xE000) code = 0; /* NUL more often instead of surrogates */
		if (random_below(r, 3)) buffer_add(b, utf8, utf8_write(code, utf8));
		else buffer_add_string(b, tricky[random_below(r, sizeof tricky / sizeof *tricky)]);
	}
}

static void test_round_trip(struct tokenizer *t) {
	struct tokenizer_scratch *s = tokenizer_scratch_make(t);
	struct token_ids ids = {0};
	struct buffer text = {0}, back = {0};
	struct error e = {0};
	size_t wrong = 0, special = 0;
	for (int64_t i = 0; i < 20000; i++) {
		struct random r = random_start(random_key_integer(random_key_start(2), i));
		buffer_clear(&text);
		buffer_clear(&back);
		ids.count = 0;
		add_random_text(&r, &text);
		bool good = tokenizer_encode(t, s, buffer_text(&text), &ids, &e);
		for (size_t k = 0; k < ids.count; k++) special += tokenizer_is_special(t, ids.ids[k]);
		tokenizer_decode(t, ids.ids, ids.count, false, &back);
		if (good && text_equal(buffer_text(&text), buffer_text(&back))) continue;
		if (!wrong++) printf("# text %lld [%s] became [%s]\n", (long long)i, buffer_string(&text), buffer_string(&back));
	}
	CHECK("20,000 random texts come back from their ids", wrong == 0);
	CHECK("no text becomes a special token", special == 0);
	token_ids_free(&ids);
	buffer_free(&text);
	buffer_free(&back);
	tokenizer_scratch_free(s);
}

static void test_model(const struct buffer *model) {
	struct error e = {0};
	char path[] = "/tmp/test_train.XXXXXX";
	int file = mkstemp(path);
	CHECK("the model is written", file >= 0 && !close(file) && output_save(path, buffer_text(model), &e));
	struct tokenizer *t = tokenizer_open(path, &e);
	unlink(path);
	CHECK("and opens", t != NULL);
	if (!t) return;
	CHECK("pad, eos, bos", tokenizer_special(t, text_of("<pad>")) == 0 && tokenizer_special(t, text_of("<eos>")) == 1 &&
				       tokenizer_special(t, text_of("<bos>")) == 2);
	CHECK("markers", tokenizer_special(t, text_of("<start_of_turn>")) == 4 && tokenizer_special(t, text_of("<end_of_turn>")) == 5);
	struct tokenizer_scratch *s = tokenizer_scratch_make(t);
	struct token_ids ids = {0};
	CHECK("trained words are one piece", tokenizer_encode(t, s, text_of("coin"), &ids, &e) && ids.count == 1);
	token_ids_free(&ids);
	tokenizer_scratch_free(s);
	test_round_trip(t);
	tokenizer_close(t);
}

static void test_sample(void) {
	struct train_sample *s = train_sample_make(1, 100);
	char long_text[20000];
	memset(long_text, 'x', sizeof long_text);
	train_sample_add(s, text_of("one"));
	train_sample_add(s, text_of("one"));
	train_sample_add(s, text_of(""));
	CHECK("distinct texts", train_sample_used(s) == 1 && train_sample_bytes(s) == 3);
	train_sample_add(s, text_make(long_text, sizeof long_text));
	for (int i = 0; i < 1000; i++) {
		char text[32];
		snprintf(text, sizeof text, "text %d", i);
		train_sample_add(s, text_of(text));
	}
	CHECK("bounded", train_sample_bytes(s) <= 100 && train_sample_used(s) >= 8);
	train_sample_free(s);
}

int main(void) {
	struct buffer one = {0}, other = {0}, cut = {0}, cut_other = {0};
	test_sample();
	CHECK("trains", make_model(42, 1 << 20, false, &one));
	CHECK("trains on the texts in another order", make_model(42, 1 << 20, true, &other));
	CHECK("the model is the same", text_equal(buffer_text(&one), buffer_text(&other)));
	CHECK("trains on a sub-sample", make_model(42, 20000, false, &cut) && make_model(42, 20000, true, &cut_other));
	CHECK("which is the same in any order", text_equal(buffer_text(&cut), buffer_text(&cut_other)));
	CHECK("and not the whole", !text_equal(buffer_text(&one), buffer_text(&cut)));
	buffer_clear(&cut_other);
	CHECK("another seed", make_model(43, 20000, false, &cut_other) && !text_equal(buffer_text(&cut), buffer_text(&cut_other)));
	CHECK("no path of this machine is in it", !memmem(one.data, one.size, "/proc", 5) && !memmem(one.data, one.size, "/fd/", 4));
	test_model(&one);
	buffer_free(&one);
	buffer_free(&other);
	buffer_free(&cut);
	buffer_free(&cut_other);
	return check_done();
}
