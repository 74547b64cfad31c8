/* train: the default tokeniser (design: "The default tokeniser").
 *
 * Its model is lossless: decode(encode(x)) = x for any UTF-8 text. SentencePiece writes a space as U+2581 inside and so cannot tell it
 * from a U+2581 of the data; the model therefore carries a rule that escapes that character (and the escape character, U+10FFFD) on
 * the way in and one that undoes it on the way out. Any program that reads SentencePiece models follows these rules. */
#ifndef SPECTRUM_TRAIN_H
#define SPECTRUM_TRAIN_H

#include "format/format.h"

/* Distinct texts of sequences, of which only a keyed sub-sample of at most `limit` bytes is kept: which ones does not depend on the order in which
 * they come or on how often. */
struct train_sample;
struct train_sample *train_sample_make(uint64_t seed, size_t limit);
void train_sample_free(struct train_sample *s);

/* Takes in the texts of a stream of sequences ("-" = standard input). */
bool train_sample_read(struct train_sample *s, const char *path, struct error *e);

size_t train_sample_used(const struct train_sample *s);
/* Distinct texts met, as far as they are remembered: a text that was thrown out counts again when it comes again. */
size_t train_sample_seen(const struct train_sample *s);
size_t train_sample_bytes(const struct train_sample *s);

/* The bytes of a .model file of at most `vocabulary` pieces. */
bool train_model(struct train_sample *s, const struct family *family, size_t vocabulary, struct buffer *model, struct error *e);

#endif
