#include "token/tokenizer.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/stream.h"
#include "token/backend.h"

struct tokenizer {
	struct tokenizer_model opened;
	char hash[2 * SHA256_DIGEST_LENGTH + 1];
};

struct tokenizer_scratch {
	const struct tokenizer_backend *backend;
	void *of_backend;
};

void token_ids_add(struct token_ids *list, int32_t id) {
	if (list->count == list->capacity) list->ids = memory_grow(list->ids, &list->capacity, list->count + 1, sizeof *list->ids);
	list->ids[list->count++] = id;
}

void token_ids_free(struct token_ids *list) {
	free(list->ids);
	*list = (struct token_ids){0};
}

static void hash_bytes(struct text bytes, char out[2 * SHA256_DIGEST_LENGTH + 1]) {
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)(bytes.data ? bytes.data : ""), bytes.size, digest);
	for (size_t i = 0; i < sizeof digest; i++) snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* JSON begins with a brace; a SentencePiece model is a protocol buffer whose first field is a piece (0x0A). */
static bool looks_like_json(struct text bytes) {
	size_t at = 0;
	bytes = text_unmarked(bytes);
	while (at < bytes.size && strchr(" \t\r\n", bytes.data[at]) && bytes.data[at]) at++;
	return at < bytes.size && bytes.data[at] == '{';
}

struct tokenizer *tokenizer_open(const char *path, struct error *e) {
	struct buffer bytes = {0};
	if (path_is_folder(path)) {
		error_set(e, STATUS_USAGE, "%s is a folder; name the file in it, tokenizer.json or a .model", path);
		return NULL;
	}
	if (!input_load(path, 1u << 30, &bytes, e)) {
		buffer_free(&bytes);
		return NULL;
	}
	struct text file = buffer_text(&bytes);
	struct tokenizer *t = memory_zeroed(1, sizeof *t);
	hash_bytes(file, t->hash);
	bool good = looks_like_json(file) ? hf_backend_open(file, path, t->hash, &t->opened, e)
					  : sentencepiece_backend_open(file, path, t->hash, &t->opened, e);
	buffer_free(&bytes);
	if (good) return t;
	free(t);
	return NULL;
}

void tokenizer_close(struct tokenizer *t) {
	if (!t) return;
	t->opened.backend->close(t->opened.model);
	free(t);
}

struct tokenizer_scratch *tokenizer_scratch_make(const struct tokenizer *t) {
	struct tokenizer_scratch *s = memory_zeroed(1, sizeof *s);
	s->backend = t->opened.backend;
	s->of_backend = s->backend->scratch_make ? s->backend->scratch_make(t->opened.model) : NULL;
	return s;
}

void tokenizer_scratch_free(struct tokenizer_scratch *s) {
	if (!s) return;
	if (s->backend->scratch_free) s->backend->scratch_free(s->of_backend);
	free(s);
}

bool tokenizer_encode(const struct tokenizer *t, struct tokenizer_scratch *s, struct text text, struct token_ids *out, struct error *e) {
	return text.size == 0 || t->opened.backend->encode(t->opened.model, s->of_backend, text, out, e);
}

bool tokenizer_encode_specials(
	const struct tokenizer *t, struct tokenizer_scratch *s, struct text text, struct token_ids *out, struct error *e) {
	const struct tokenizer_backend *b = t->opened.backend;
	bool (*encode)(const void *, void *, struct text, struct token_ids *, struct error *) =
		b->encode_specials ? b->encode_specials : b->encode;
	return text.size == 0 || encode(t->opened.model, s->of_backend, text, out, e);
}

int32_t tokenizer_special(const struct tokenizer *t, struct text name) { return t->opened.backend->special(t->opened.model, name); }

void tokenizer_decode(const struct tokenizer *t, const int32_t *ids, size_t count, bool specials, struct buffer *out) {
	t->opened.backend->decode(t->opened.model, ids, count, specials, out);
}

bool tokenizer_is_special(const struct tokenizer *t, int32_t id) { return t->opened.backend->is_special(t->opened.model, id); }

size_t tokenizer_size(const struct tokenizer *t) { return t->opened.backend->size(t->opened.model); }

const char *tokenizer_hash(const struct tokenizer *t) { return t->hash; }

const char *tokenizer_kind(const struct tokenizer *t) { return t->opened.backend->kind(t->opened.model); }
