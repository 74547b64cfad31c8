/* split: the pre-tokenizer patterns of the known model families, by hand. PCRE2 gives the same pieces at a fraction of the speed, and with the
 * machine's Unicode tables instead of the original library's. */
#ifndef SPECTRUM_TOKEN_SPLIT_H
#define SPECTRUM_TOKEN_SPLIT_H

#include "base/text.h"

enum split_pattern {
	SPLIT_OTHER, /* none of these */
	SPLIT_GPT2,
	SPLIT_QWEN2,  /* Qwen 2 and 3: digits one by one */
	SPLIT_LLAMA3, /* Llama 3, cl100k: digits in threes */
};

/* Which of the known patterns this regular expression is, letter by letter. */
enum split_pattern split_recognise(struct text pattern);

/* The end of the piece that starts at `at` (< end) in valid UTF-8; `classes` is unicode_classes_make(). Every byte belongs to a piece. */
const char *split_next(enum split_pattern pattern, const uint8_t *classes, const char *at, const char *end);

#endif
