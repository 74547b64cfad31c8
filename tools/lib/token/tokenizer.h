/* tokenizer: text ↔ ids, one interface over SentencePiece .model files and Hugging Face tokenizer.json files. */
#ifndef SPECTRUM_TOKENIZER_H
#define SPECTRUM_TOKENIZER_H

#include "base/buffer.h"
#include "base/error.h"

struct tokenizer;

struct token_ids { /* a growing list; zero-initialise, free with token_ids_free */
	int32_t *ids;
	size_t count, capacity;
};
void token_ids_add(struct token_ids *list, int32_t id);
void token_ids_free(struct token_ids *list);

/* Opens a .model (SentencePiece) or tokenizer.json by its content. NULL and `*e` on failure. Read-only afterwards: threads may share it, each with a
 * scratch of its own. */
struct tokenizer *tokenizer_open(const char *path, struct error *e);
void tokenizer_close(struct tokenizer *t);

struct tokenizer_scratch; /* working memory of one thread */
struct tokenizer_scratch *tokenizer_scratch_make(const struct tokenizer *t);
void tokenizer_scratch_free(struct tokenizer_scratch *s);

/* Adds the ids of `text`, in which strings that look like special tokens are plain text. No BOS, no EOS. */
bool tokenizer_encode(const struct tokenizer *t, struct tokenizer_scratch *s, struct text text, struct token_ids *out, struct error *e);

/* The same, but strings in the text that are special tokens become them, as the reference library does it: only for --reference-specials. */
bool tokenizer_encode_specials(
	const struct tokenizer *t, struct tokenizer_scratch *s, struct text text, struct token_ids *out, struct error *e);

/* The id of a special (control) token by its exact name, or -1. */
int32_t tokenizer_special(const struct tokenizer *t, struct text name);

/* Adds the text of the ids. Special tokens are added by their name when `specials`, else left out. Ids out of range add U+FFFD. */
void tokenizer_decode(const struct tokenizer *t, const int32_t *ids, size_t count, bool specials, struct buffer *out);

/* Whether id is a special token. */
bool tokenizer_is_special(const struct tokenizer *t, int32_t id);

size_t tokenizer_size(const struct tokenizer *t);      /* ids are 0 … size − 1 */
const char *tokenizer_hash(const struct tokenizer *t); /* SHA-256 of the file, 64 hexadecimal digits */
const char *tokenizer_kind(const struct tokenizer *t); /* "sentencepiece-bpe", "sentencepiece-unigram", "hf-bpe" */

#endif
