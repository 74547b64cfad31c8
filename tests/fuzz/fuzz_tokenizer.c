/* Fuzzer of tokeniser files: the bytes are a tokenizer.json (with a brace in front) or a SentencePiece model. What opens encodes some texts, and the
 * file itself, and decodes what comes out. */
#include "token/backend.h"
#include "token/sentencepiece_bpe.h"

static const char *const texts[] = {"", "a", "ab abc  b\n\n1234 it's I'LL",
	"<s> a<s>b \xE2\x96\x81 caf\xC3\xA9 e\xCC\x81\xCC\xA3 \xF0\x9F\x98\x80", "\xFF\xE2\x82 \xED\xA0\x80",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
enum { TEXTS = sizeof texts / sizeof *texts };

static void try_json(struct text file) {
	struct tokenizer_model m;
	struct error e = {0};
	struct token_ids ids = {0};
	struct buffer out = {0};
	if (!hf_backend_open(file, "fuzz", "", &m, &e)) return;
	void *scratch = m.backend->scratch_make(m.model);
	for (size_t i = 0; i <= TEXTS; i++) {
		struct text text = i < TEXTS ? text_of(texts[i]) : file;
		m.backend->encode(m.model, scratch, text, &ids, &e);
		m.backend->encode_specials(m.model, scratch, text, &ids, &e);
	}
	m.backend->decode(m.model, ids.ids, ids.count, true, &out);
	m.backend->decode(m.model, ids.ids, ids.count, false, &out);
	m.backend->scratch_free(scratch);
	m.backend->close(m.model);
	token_ids_free(&ids);
	buffer_free(&out);
}

static void try_sentencepiece(struct text file) {
	struct sentencepiece_bpe *m = sentencepiece_bpe_open(file);
	struct token_ids ids = {0};
	if (!m) return;
	struct sentencepiece_bpe_scratch *s = sentencepiece_bpe_scratch_make(m);
	for (size_t i = 0; i < TEXTS; i++) sentencepiece_bpe_encode(m, s, text_of(texts[i]), &ids);
	sentencepiece_bpe_encode(m, s, file, &ids);
	sentencepiece_bpe_scratch_free(s);
	sentencepiece_bpe_close(m);
	token_ids_free(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct text file = text_make((const char *)data, size);
	if (size && *data == '{') try_json(file);
	else try_sentencepiece(file);
	return 0;
}
