/* sentencepiece_bpe: the BPE models of SentencePiece on our own engine, with the library's ids on every input. Internal to tools/lib/token. */
#ifndef SPECTRUM_SENTENCEPIECE_BPE_H
#define SPECTRUM_SENTENCEPIECE_BPE_H

#include "token/tokenizer.h"

struct sentencepiece_bpe;
struct sentencepiece_bpe_scratch;

/* From the bytes of a .model file that the library has read, too. NULL when it is not a BPE model or has something that only the library does: unused
 * pieces, white space as a suffix, pieces of characters that are no pieces themselves, a control symbol that is called as a piece, fields of another kind. */
struct sentencepiece_bpe *sentencepiece_bpe_open(struct text file);
void sentencepiece_bpe_close(struct sentencepiece_bpe *m);

/* One thread each. */
struct sentencepiece_bpe_scratch *sentencepiece_bpe_scratch_make(void);
void sentencepiece_bpe_scratch_free(struct sentencepiece_bpe_scratch *s);

void sentencepiece_bpe_encode(
	const struct sentencepiece_bpe *m, struct sentencepiece_bpe_scratch *s, struct text text, struct token_ids *out);

#endif
