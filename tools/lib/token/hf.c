/* Hugging Face tokenizer.json files behind the tokeniser interface. */
#include "token/backend.h"

bool hf_backend_open(struct text file, const char *name, const char *hash, struct tokenizer_model *out, struct error *e) {
	(void)file, (void)hash, (void)out;
	return error_set(e, STATUS_DATA, "%s: tokenizer.json files are not supported yet; give a SentencePiece .model", name);
}
