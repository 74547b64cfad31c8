/* backend: what tokenizer.c asks of a kind of tokeniser file. Internal to tools/lib/token; programs use tokenizer.h. */
#ifndef SPECTRUM_TOKEN_BACKEND_H
#define SPECTRUM_TOKEN_BACKEND_H

#include "token/tokenizer.h"

/* The functions of one kind. `model` is what the kind's open function made: read-only, shared by threads. Each thread has a `scratch` of its
 * own, made by scratch_make; both are the kind's private types. */
struct tokenizer_backend {
	void (*close)(void *model);

	/* May be NULL when the kind needs no scratch; then encode gets NULL. */
	void *(*scratch_make)(const void *model);
	void (*scratch_free)(void *scratch);

	/* As tokenizer_encode: special tokens are never made from text. On failure nothing was added. */
	bool (*encode)(const void *model, void *scratch, struct text text, struct token_ids *out, struct error *e);

	/* The same, but strings that are special tokens become them, as the reference library does it (--reference-specials); NULL when the
	 * kind's library never does. No BOS, no EOS. */
	bool (*encode_specials)(const void *model, void *scratch, struct text text, struct token_ids *out, struct error *e);

	int32_t (*special)(const void *model, struct text name);
	bool (*is_special)(const void *model, int32_t id);
	void (*decode)(const void *model, const int32_t *ids, size_t count, bool specials, struct buffer *out);
	size_t (*size)(const void *model);
	const char *(*kind)(const void *model);
};

/* An opened file. */
struct tokenizer_model {
	const struct tokenizer_backend *backend;
	void *model;
};

/* Each opens the bytes of a whole file, which are freed afterwards: copy what must stay. `name` is for messages. False and `*e` on failure.
 * `hash` is the file's SHA-256 (64 hexadecimal digits), for a compiled cache beside other files. */
bool sentencepiece_backend_open(struct text file, const char *name, const char *hash, struct tokenizer_model *out, struct error *e);
bool hf_backend_open(struct text file, const char *name, const char *hash, struct tokenizer_model *out, struct error *e);

#endif
