/* SentencePiece .model files behind the tokeniser interface. */
#include <stdlib.h>

#include "base/memory.h"
#include "token/backend.h"
#include "token/protobuf.h"
#include "token/sentencepiece.h"
#include "token/sentencepiece_bpe.h"
#include "token/sentencepiece_rules.h"
#include "token/vocabulary.h"

struct model {
	struct sentencepiece_model *library;
	struct sentencepiece_bpe *fast; /* encodes with the library's ids; NULL when only the library can */
	const char *kind;
};

struct work {
	struct sentencepiece_work *library;
	struct sentencepiece_bpe_scratch *fast;
};

static void model_close(void *model) {
	struct model *m = model;
	sentencepiece_close(m->library);
	sentencepiece_bpe_close(m->fast);
	free(m);
}

static void *scratch_make(const void *model) {
	const struct model *m = model;
	struct work *w = memory_zeroed(1, sizeof *w);
	if (m->fast) w->fast = sentencepiece_bpe_scratch_make();
	else w->library = sentencepiece_work_make();
	return w;
}

static void scratch_free(void *scratch) {
	struct work *w = scratch;
	if (w->library) sentencepiece_work_free(w->library);
	sentencepiece_bpe_scratch_free(w->fast);
	free(w);
}

static bool encode(const void *model, void *scratch, struct text text, struct token_ids *out, struct error *e) {
	const struct model *m = model;
	struct work *w = scratch;
	if (m->fast) {
		sentencepiece_bpe_encode(m->fast, w->fast, text, out);
		return true;
	}
	char why[SENTENCEPIECE_WHY] = "";
	const int *ids;
	size_t count;
	if (!w->library || !sentencepiece_encode(m->library, w->library, text.data ? text.data : "", text.size, &ids, &count, why))
		return error_set(e, STATUS_DATA, "SentencePiece cannot encode a text: %s", w->library ? why : "out of memory");
	for (size_t i = 0; i < count; i++) token_ids_add(out, ids[i]);
	return true;
}

static int32_t special(const void *model, struct text name) {
	const struct model *m = model;
	int32_t id = sentencepiece_id(m->library, name.data ? name.data : "", name.size);
	return id >= 0 && sentencepiece_is_control(m->library, id) ? id : -1;
}

static size_t size(const void *model) { return (size_t)sentencepiece_size(((const struct model *)model)->library); }

static bool in_range(const struct model *m, int32_t id) { return id >= 0 && (size_t)id < size(m); }

static bool is_special(const void *model, int32_t id) {
	const struct model *m = model;
	return in_range(m, id) && sentencepiece_is_control(m->library, id);
}

/* Runs of ordinary ids go to the library, which joins bytes to characters. */
static void decode(const void *model, const int32_t *ids, size_t count, bool specials, struct buffer *out) {
	const struct model *m = model;
	struct sentencepiece_work *work = sentencepiece_work_make();
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && in_range(m, ids[end]) && !sentencepiece_is_control(m->library, ids[end]);) end++;
		const char *text;
		size_t length;
		if (end > i) {
			if (work && sentencepiece_decode(m->library, work, ids + i, end - i, &text, &length, NULL))
				buffer_add(out, text, length);
			continue;
		}
		if (!in_range(m, ids[i])) {
			buffer_add_string(out, "\xEF\xBF\xBD");
		} else if (specials) {
			text = sentencepiece_piece(m->library, ids[i], &length);
			buffer_add(out, text, length);
		}
		end = i + 1;
	}
	sentencepiece_work_free(work);
}

static const char *kind(const void *model) { return ((const struct model *)model)->kind; }

/* Unigram is the model type of files that do not say it. */
static const char *kind_of(struct text file) {
	uint64_t type = TRAINER_TYPE_UNIGRAM;
	struct protobuf_field field, inner;
	while (protobuf_next(&file, &field)) {
		struct text trainer = field.number == MODEL_TRAINER ? field.bytes : text_make(NULL, 0);
		while (protobuf_next(&trainer, &inner))
			if (inner.number == TRAINER_TYPE) type = inner.value;
	}
	return type == TRAINER_TYPE_BPE ? "sentencepiece-bpe" : type == TRAINER_TYPE_UNIGRAM ? "sentencepiece-unigram" : "sentencepiece";
}

static const struct tokenizer_backend backend = {
	.close = model_close,
	.scratch_make = scratch_make,
	.scratch_free = scratch_free,
	.encode = encode,
	.special = special,
	.is_special = is_special,
	.decode = decode,
	.size = size,
	.kind = kind,
};

static bool good_rules(struct text normalizer) {
	struct protobuf_field field;
	bool good = true;
	while (good && protobuf_next(&normalizer, &field)) {
		if (field.number != NORMALIZER_CHARSMAP || !field.bytes.size) continue;
		struct sentencepiece_rules rules;
		good = sentencepiece_rules_open(&rules, field.bytes);
		sentencepiece_rules_free(&rules);
	}
	return good && !normalizer.size;
}

/* What the library takes on trust, or would spend any amount of memory on. */
static const char *fault_of(struct text file) {
	struct protobuf_field field;
	size_t pieces = 0;
	while (protobuf_next(&file, &field)) {
		if (field.number == MODEL_PIECES && (!field.bytes.size || ++pieces >= VOCABULARY_LIMIT))
			return "a piece is empty, or one too many";
		if ((field.number == MODEL_NORMALIZER || field.number == MODEL_DENORMALIZER) && !good_rules(field.bytes))
			return "its rules of normalisation are broken";
	}
	return file.size ? "it is cut off or damaged" : NULL;
}

bool sentencepiece_backend_open(struct text file, const char *name, const char *hash, struct tokenizer_model *out, struct error *e) {
	(void)hash;
	char why[SENTENCEPIECE_WHY] = "";
	const char *fault = fault_of(file);
	struct sentencepiece_model *library = fault ? NULL : sentencepiece_open(file.data, file.size, why);
	if (!library) return error_set(e, STATUS_DATA, "%s: not a SentencePiece model: %s", name, fault ? fault : why);
	struct model *m = memory_zeroed(1, sizeof *m);
	m->library = library;
	m->kind = kind_of(file);
	m->fast = sentencepiece_bpe_open(file);
	out->backend = &backend;
	out->model = m;
	return true;
}
