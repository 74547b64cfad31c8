/* The SentencePiece backend, on a small model trained here and on a published one when it is at hand. */
#include "check.h"
#include <stdlib.h>
#include <unistd.h>

#include "base/stream.h"
#include "token/protobuf.h"
#include "token/sentencepiece_rules.h"
#include "token/tokenizer.h"

static struct text encode_decode(
	struct tokenizer *t, struct tokenizer_scratch *s, struct text text, struct token_ids *ids, struct buffer *back) {
	struct error e = {0};
	ids->count = 0;
	buffer_clear(back);
	CHECK("encodes", tokenizer_encode(t, s, text, ids, &e));
	tokenizer_decode(t, ids->ids, ids->count, true, back);
	return buffer_text(back);
}

static void test_published(void) {
	const char *path = "../shared/tokenizers/llama2/tokenizer.model";
	struct error e = {0};
	if (access(path, R_OK)) {
		printf("ok - a published SentencePiece model # skip there is no %s\n", path);
		return;
	}
	struct tokenizer *t = tokenizer_open(path, &e);
	CHECK("a published model opens", t != NULL);
	if (!t) return;
	struct tokenizer_scratch *s = tokenizer_scratch_make(t);
	struct token_ids ids = {0};
	struct buffer back = {0};
	CHECK_TEXT("its text comes back", encode_decode(t, s, text_of("Hello world"), &ids, &back), "Hello world");
	CHECK("ids of the library", ids.count == 2 && ids.ids[0] == 15043 && ids.ids[1] == 3186);
	CHECK("size", tokenizer_size(t) == 32000);
	CHECK("kind", !strcmp(tokenizer_kind(t), "sentencepiece-bpe"));
	CHECK("hash", !strcmp(tokenizer_hash(t), "9e556afd44213b6bd1be2b850ebbbd98f5481437a8021afaf58ee7fb1818d347"));
	CHECK("control symbols by name", tokenizer_special(t, text_of("<s>")) == 1 && tokenizer_special(t, text_of("</s>")) == 2);
	CHECK("ordinary pieces are not special",
		tokenizer_special(t, text_of("Hello")) == -1 && tokenizer_special(t, text_of("nonsense")) == -1);
	CHECK_TEXT("control symbols in text stay text", encode_decode(t, s, text_of("a<s>b"), &ids, &back), "a<s>b");
	bool forged = false;
	for (size_t i = 0; i < ids.count; i++) forged |= tokenizer_is_special(t, ids.ids[i]);
	CHECK("no id of it is special", !forged && ids.count >= 4);
	const int32_t odd[] = {1, 15043, 2, 32000, -1};
	buffer_clear(&back);
	tokenizer_decode(t, odd, 5, true, &back);
	CHECK_TEXT("specials by name, strays as U+FFFD", buffer_text(&back), "<s>Hello</s>\xEF\xBF\xBD\xEF\xBF\xBD");
	buffer_clear(&back);
	tokenizer_decode(t, odd, 3, false, &back);
	CHECK_TEXT("specials left out", buffer_text(&back), "Hello");
	token_ids_free(&ids);
	buffer_free(&back);
	tokenizer_scratch_free(s);
	tokenizer_close(t);
}

static void test_bad_files(void) {
	char path[64];
	struct error e = {0};
	const char *const contents[] = {"", "plain text", "\n\x05hello", "\n\xFF\xFF\xFF\xFF\xFF\x0Fhello"};
	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		snprintf(path, sizeof path, "/tmp/test_tokenizer.%d", (int)getpid());
		CHECK("a file that is no model is written", output_save(path, text_of(contents[i]), &e));
		CHECK("and refused", !tokenizer_open(path, &e) && e.status == STATUS_DATA && strstr(e.message, path));
	}
	unlink(path);
	CHECK("a missing file is refused", !tokenizer_open("/nonexistent.model", &e) && e.status == STATUS_OUTSIDE);
}

static void test_protobuf(void) {
	struct buffer b = {0};
	char long_text[300];
	memset(long_text, 'x', sizeof long_text);
	protobuf_add_bytes(&b, 2, text_of("ab"));
	protobuf_add_bytes(&b, 200, text_make(long_text, sizeof long_text));
	buffer_add(&b, "\x18\x96\x01\x25\x00\x00\x80\x3F", 8);
	struct text rest = buffer_text(&b);
	struct protobuf_field f;
	CHECK("bytes field", protobuf_next(&rest, &f) && f.number == 2 && text_is(f.bytes, "ab") && f.raw.size == 4);
	CHECK("long field", protobuf_next(&rest, &f) && f.number == 200 && f.bytes.size == 300);
	CHECK("varint field", protobuf_next(&rest, &f) && f.number == 3 && f.value == 150 && !f.bytes.data);
	CHECK("fixed field", protobuf_next(&rest, &f) && f.number == 4 && f.value == 0x3F800000u);
	CHECK("end", !protobuf_next(&rest, &f) && rest.size == 0);
	rest = text_make("\x12\x05"
			 "ab",
		4);
	CHECK("a cut field is refused", !protobuf_next(&rest, &f) && rest.size == 4);
	buffer_free(&b);
}

/* A trie of rules under construction: node k begins at unit 256 (k + 1), the root is node 0. */
struct trie {
	uint32_t units[40 * 256];
	size_t nodes;
	const char *replacements;
};

/* Units that are not used have labels of no byte that leads there. */
static void clear(struct trie *t, size_t nodes, const char *replacements) {
	for (uint32_t i = 0; i < sizeof t->units / sizeof *t->units; i++) t->units[i] = (i & 0xFF) ^ 1;
	t->nodes = nodes;
	t->replacements = replacements;
}

/* Node `from` leads by `byte` to node `to`; with a rule, whose replacement begins at `value`, unless that is negative. */
static void lead(struct trie *t, size_t from, unsigned char byte, size_t to, int value) {
	size_t place = 256 * (from + 1) + byte;
	t->units[place] = (uint32_t)(place ^ 256 * (to + 1)) << 10 | (value >= 0 ? 256U : 0U) | byte;
	if (value >= 0 && to < t->nodes) t->units[256 * (to + 1)] = 1U << 31 | (uint32_t)value;
}

static bool opens(struct trie *t, struct sentencepiece_rules *rules) {
	struct buffer bytes = {0};
	uint32_t size = (uint32_t)(256 * (t->nodes + 1) * sizeof *t->units);
	t->units[0] = 256 << 10;
	buffer_add(&bytes, &size, sizeof size); /* on little-endian machines */
	buffer_add(&bytes, t->units, size);
	buffer_add_string(&bytes, t->replacements);
	bool good = sentencepiece_rules_open(rules, buffer_text(&bytes));
	buffer_free(&bytes);
	return good;
}

static bool opens_at_all(struct trie *t) {
	struct sentencepiece_rules rules;
	bool good = opens(t, &rules);
	sentencepiece_rules_free(&rules);
	return good;
}

static void test_rules(void) {
	static struct trie t; /* too large for a stack */
	struct sentencepiece_rules rules;
	struct text found = {0};
	clear(&t, 3, "xyz");
	lead(&t, 0, 'a', 1, 1);
	lead(&t, 1, 'b', 2, 2);
	CHECK("rules open", opens(&t, &rules));
	const char *text = "abc";
	CHECK("the longest is found", sentencepiece_rules_find(&rules, text, text + 3, &found) == 2 && text_is(found, "z"));
	CHECK("within the text", sentencepiece_rules_find(&rules, text, text + 1, &found) == 1 && text_is(found, "yz"));
	CHECK("or none", !sentencepiece_rules_find(&rules, text + 1, text + 3, &found));
	sentencepiece_rules_free(&rules);
	lead(&t, 2, 'c', 0, 0);
	CHECK("a trie that goes in a circle is refused", !opens_at_all(&t));
	t.units[256 * 3 + 'c'] = (256 * 3 + 'c') << 10 | 'c';
	CHECK("one that goes there by the first unit", !opens_at_all(&t));
	lead(&t, 2, 'c', 3, -1);
	CHECK("one that leads out of itself", !opens_at_all(&t));
	t.units[256 * 3 + 'c'] = 'd';
	CHECK("is as before", opens_at_all(&t));
	t.replacements = "x";
	CHECK("a replacement behind the end", !opens_at_all(&t));
	t.replacements = "xy\xFF";
	CHECK("one that is not UTF-8", !opens_at_all(&t));
	char long_one[1026 + 2];
	memset(long_one, 'x', sizeof long_one);
	long_one[sizeof long_one - 1] = 0;
	t.replacements = long_one;
	CHECK("one that is too long", !opens_at_all(&t));
	clear(&t, 34, "x");
	for (size_t i = 0; i < 32; i++) lead(&t, i, 'a', i + 1, 0);
	CHECK("32 rules may begin alike", opens_at_all(&t));
	lead(&t, 32, 'a', 33, 0);
	CHECK("33 may not", !opens_at_all(&t));
}

/* The library would follow a trie anywhere. */
static void test_hostile_rules(void) {
	struct error e = {0};
	struct buffer file = {0};
	struct protobuf_field field, inner;
	char path[64];
	snprintf(path, sizeof path, "/tmp/test_tokenizer.%d", (int)getpid());
	CHECK("a model with rules", input_load("tests/data/tokenizers/rules.model", 0, &file, &e));
	struct tokenizer *t = tokenizer_open("tests/data/tokenizers/rules.model", &e);
	CHECK("opens", t != NULL);
	tokenizer_close(t);
	size_t at = 0;
	for (struct text rest = buffer_text(&file); protobuf_next(&rest, &field);)
		for (struct text of = field.number == MODEL_NORMALIZER ? field.bytes : text_of(""); protobuf_next(&of, &inner);)
			if (inner.number == NORMALIZER_CHARSMAP) at = (size_t)(inner.bytes.data - file.data) + 4;
	CHECK("has them", at > 0);
	memset(file.data + at, 0xFF, 4);
	CHECK("with a root elsewhere", output_save(path, buffer_text(&file), &e));
	CHECK("it is refused", !tokenizer_open(path, &e) && e.status == STATUS_DATA && strstr(e.message, "rules of normalisation"));
	unlink(path);
	buffer_free(&file);
}

int main(void) {
	test_rules();
	test_hostile_rules();
	test_protobuf();
	test_bad_files();
	test_published();
	return check_done();
}
