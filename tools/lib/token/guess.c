/* Which family and variant a tokeniser file is of. */
#include <cjson/cJSON.h>

#include "base/stream.h"
#include "token/row_encoder.h"

static bool fits(const struct family *f, const struct tokenizer *t) {
	for (size_t i = 0; i < family_detect_count(f); i++)
		if (tokenizer_special(t, family_detect(f, i)) < 0) return false;
	return true;
}

struct family *family_guess(const struct tokenizer *t, struct error *e) {
	struct buffer names = {0};
	struct family *best = NULL;
	size_t count = family_names(&names);
	const char *name = names.data;
	bool good = true;
	for (size_t i = 0; i < count && good; i++, name += strlen(name) + 1) {
		struct family *f = family_open(name, e);
		good = f != NULL;
		if (f && fits(f, t) && (!best || family_detect_count(f) > family_detect_count(best))) {
			family_close(best);
			best = f;
		} else {
			family_close(f);
		}
	}
	if (good && !count)
		good = error_set(e, STATUS_OUTSIDE,
			"no files of formats (tools/formats) are to be found; SPECTRUM_FORMATS=DIR tells where they lie");
	if (good && !best)
		error_set(e, STATUS_USAGE,
			"the tokeniser is of no known model family: none of the %zu files of formats fits it; name one with --family",
			count);
	if (!good) {
		family_close(best);
		best = NULL;
	}
	buffer_free(&names);
	return best;
}

/* eos_token is a text, or an object whose "content" is one. */
static const char *eos_token(const cJSON *root) {
	const cJSON *eos = cJSON_GetObjectItemCaseSensitive(root, "eos_token");
	if (cJSON_IsObject(eos)) eos = cJSON_GetObjectItemCaseSensitive(eos, "content");
	return cJSON_IsString(eos) ? eos->valuestring : NULL;
}

const char *variant_guess(const struct family *f, const char *tokenizer_path) {
	struct buffer path = {0}, bytes = {0};
	const char *slash = strrchr(tokenizer_path, '/'), *variant = NULL;
	if (slash) buffer_add(&path, tokenizer_path, (size_t)(slash - tokenizer_path) + 1);
	buffer_add_string(&path, "tokenizer_config.json");
	if (input_load(buffer_string(&path), 1 << 26, &bytes, NULL)) {
		cJSON *root = cJSON_Parse(buffer_string(&bytes));
		const char *eos = eos_token(root);
		if (eos) variant = family_variant_of(f, text_of(eos));
		cJSON_Delete(root);
	}
	buffer_free(&path);
	buffer_free(&bytes);
	return variant ? variant : "base";
}
