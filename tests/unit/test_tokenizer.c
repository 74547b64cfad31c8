/* The SentencePiece backend, on a small model trained here and on a published one when it is at hand. */
#include "check.h"
#include <stdlib.h>
#include <unistd.h>

#include "base/stream.h"
#include "token/protobuf.h"
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

int main(void) {
	test_protobuf();
	test_bad_files();
	test_published();
	return check_done();
}
