/* Fuzzer of tokeniser files: the bytes are a tokenizer.json (with a brace in front) or a SentencePiece model. What opens encodes some texts, and the
 * file itself, and decodes what comes out. Models are mutated field by field, so that what is inside changes and the lengths around it stay right. */
#include "fuzz.h"
#include "token/backend.h"
#include "token/protobuf.h"
#include "token/sentencepiece.h"
#include "token/sentencepiece_bpe.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static const char *const texts[] = {"", "a", "ab abc  b\n\n1234 it's I'LL",
	"<s> a<s>b \xE2\x96\x81 caf\xC3\xA9 e\xCC\x81\xCC\xA3 \xF0\x9F\x98\x80", "\xFF\xE2\x82 \xED\xA0\x80",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
enum { TEXTS = sizeof texts / sizeof *texts };

static void try_model(struct tokenizer_model *m, struct text file) {
	const struct tokenizer_backend *b = m->backend;
	struct error e = {0};
	struct token_ids ids = {0};
	struct buffer out = {0};
	void *scratch = b->scratch_make ? b->scratch_make(m->model) : NULL;
	for (size_t i = 0; i <= TEXTS; i++) {
		struct text text = i < TEXTS ? text_of(texts[i]) : file;
		b->encode(m->model, scratch, text, &ids, &e);
		if (b->encode_specials) b->encode_specials(m->model, scratch, text, &ids, &e);
	}
	b->decode(m->model, ids.ids, ids.count, true, &out);
	b->decode(m->model, ids.ids, ids.count, false, &out);
	b->special(m->model, text_of("<s>"));
	if (b->scratch_free) b->scratch_free(scratch);
	b->close(m->model);
	token_ids_free(&ids);
	buffer_free(&out);
}

/* The texts of the pieces one behind the other, and once more the other way round: what their merges can join. */
static void add_pieces(struct text file, struct buffer *out) {
	enum { SIZE = 4000 };
	struct protobuf_field field, part;
	for (struct text rest = file; out->size < SIZE && protobuf_next(&rest, &field);) {
		if (field.number != MODEL_PIECES || !field.bytes.data) continue;
		for (struct text inner = field.bytes; protobuf_next(&inner, &part);)
			if (part.number == 1 && part.bytes.data) buffer_add_text(out, part.bytes);
	}
	for (size_t i = out->size; i-- > 0;) buffer_add_char(out, out->data[i]);
}

/* Our engine gives the library's ids, or leaves the model to it. */
static void compare(struct text file) {
	struct buffer pieces = {0};
	add_pieces(file, &pieces);
	char why[SENTENCEPIECE_WHY];
	struct sentencepiece_model *library = sentencepiece_open(file.data, file.size, why);
	struct sentencepiece_bpe *fast = sentencepiece_bpe_open(file);
	struct sentencepiece_work *work = sentencepiece_work_make();
	struct sentencepiece_bpe_scratch *scratch = fast ? sentencepiece_bpe_scratch_make() : NULL;
	for (size_t i = 0; fast && i < TEXTS + 2; i++) {
		struct text text = i < TEXTS ? text_of(texts[i]) : text_make(file.data, file.size < 2000 ? file.size : 2000);
		if (i == TEXTS + 1) text = buffer_text(&pieces);
		struct token_ids ids = {0};
		const int *wanted;
		size_t count;
		sentencepiece_bpe_encode(fast, scratch, text, &ids);
		bool good = sentencepiece_encode(library, work, text.data, text.size, &wanted, &count, why);
		if (!good || count != ids.count || (count && memcmp(ids.ids, wanted, count * sizeof *wanted) != 0)) {
			size_t k = 0;
			while (good && k < count && k < ids.count && wanted[k] == ids.ids[k]) k++;
			fprintf(stderr, "text %zu, id %zu: ours %d of %zu, the library's %d of %zu %s\n", i, k,
				k < ids.count ? ids.ids[k] : -1, ids.count, good && k < count ? wanted[k] : -1, good ? count : 0,
				good ? "" : why);
			abort();
		}
		token_ids_free(&ids);
	}
	sentencepiece_bpe_scratch_free(scratch);
	sentencepiece_work_free(work);
	sentencepiece_bpe_close(fast);
	sentencepiece_close(library);
	buffer_free(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct text file = text_make((const char *)data, size);
	struct tokenizer_model m;
	struct error e = {0};
	bool json = size && *data == '{';
	if (!(json ? hf_backend_open : sentencepiece_backend_open)(file, "fuzz", "", &m, &e)) return 0;
	try_model(&m, file);
	if (!json) compare(file);
	return 0;
}

/* The bytes, changed as libFuzzer changes them. */
static void mutate_bytes(struct text bytes, struct buffer *out) {
	size_t room = 2 * bytes.size + 16;
	uint8_t *copy = malloc(room);
	if (!copy) abort();
	if (bytes.size) memcpy(copy, bytes.data, bytes.size);
	buffer_add(out, (char *)copy, LLVMFuzzerMutate(copy, bytes.size, room));
	free(copy);
}

/* A message with one field changed, left out or doubled; fields are messages themselves down to a depth. */
static void mutate_message(struct text message, unsigned *seed, int depth, struct buffer *out) {
	struct protobuf_field field;
	unsigned count = 0;
	for (struct text rest = message; protobuf_next(&rest, &field);) count++;
	if (!depth || !count || rand_r(seed) % 8 == 0) return mutate_bytes(message, out);
	/* the few fields behind the many pieces as often as these */
	unsigned chosen = rand_r(seed) % 2 ? (unsigned)rand_r(seed) % count : count - 1 - (unsigned)rand_r(seed) % (count < 3 ? count : 3);
	int how = rand_r(seed) % 8;
	struct text rest = message;
	for (unsigned i = 0; protobuf_next(&rest, &field); i++) {
		if (i != chosen || how == 0) buffer_add_text(out, field.raw);
		if (i != chosen || how == 1) continue;
		struct buffer inner = {0};
		if (!field.bytes.data) {
			mutate_bytes(field.raw, out);
		} else {
			mutate_message(field.bytes, seed, depth - 1, &inner);
			protobuf_add_bytes(out, field.number, buffer_text(&inner));
		}
		buffer_free(&inner);
	}
	buffer_add_text(out, rest);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
	if (size && *data == '{') return LLVMFuzzerMutate(data, size, most);
	struct buffer out = {0};
	mutate_message(text_make((const char *)data, size), &seed, 2, &out);
	size_t made = out.size < most ? out.size : most;
	if (made) memcpy(data, out.data, made);
	buffer_free(&out);
	return made;
}
