/* sentencepiece: a C interface of the C++ library SentencePiece. No exception crosses it. Internal to tools/lib/token: the
 * tokeniser backend and train.h stand on it. Every function that can fail writes a line to `why` (room for SENTENCEPIECE_WHY bytes). */
#ifndef SPECTRUM_SENTENCEPIECE_H
#define SPECTRUM_SENTENCEPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SENTENCEPIECE_WHY 512

struct sentencepiece_model; /* a model; read-only, threads may share it */
struct sentencepiece_work;  /* working memory of one thread */

/* A model from the bytes of a .model file; NULL on failure. */
struct sentencepiece_model *sentencepiece_open(const char *bytes, size_t size, char *why);
void sentencepiece_close(struct sentencepiece_model *s);

struct sentencepiece_work *sentencepiece_work_make(void);
void sentencepiece_work_free(struct sentencepiece_work *w);

/* The ids of a text, valid until `w` is used again. Control symbols are never made from text. */
bool sentencepiece_encode(const struct sentencepiece_model *s, struct sentencepiece_work *w, const char *text, size_t size, const int **ids,
	size_t *count, char *why);

/* The text of ids, all within 0 … size − 1; valid until `w` is used again. Control symbols give nothing. */
bool sentencepiece_decode(const struct sentencepiece_model *s, struct sentencepiece_work *w, const int32_t *ids, size_t count,
	const char **text, size_t *size, char *why);

int32_t sentencepiece_size(const struct sentencepiece_model *s);
/* The id of a piece, or -1. */
int32_t sentencepiece_id(const struct sentencepiece_model *s, const char *piece, size_t size);
/* The piece of an id within 0 … size − 1, as the model writes it (spaces are U+2581); valid as long as the model. */
const char *sentencepiece_piece(const struct sentencepiece_model *s, int32_t id, size_t *size);
bool sentencepiece_is_control(const struct sentencepiece_model *s, int32_t id);

/* An option of the library's trainer, named as its command line names them ("vocab_size"). */
struct sentencepiece_option {
	const char *name, *value;
};

/* Gives the next text to train on, valid until the next call; false at the end. */
typedef bool sentencepiece_next(void *state, const char **text, size_t *size);

/* Trains a model; *model is malloc'ed. */
bool sentencepiece_train(const struct sentencepiece_option *options, size_t count, sentencepiece_next *next, void *state, char **model,
	size_t *size, char *why);

#ifdef __cplusplus
}
#endif

#endif
