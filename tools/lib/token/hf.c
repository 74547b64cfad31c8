/* hf: the backend for Hugging Face tokenizer.json files. */
#include "token/hf.h"

#include <stdlib.h>

#include "base/memory.h"

static void hf_close(void *model) {
	struct hf *h = model;
	if (!h) return;
	for (int form = UNICODE_NFC; form <= UNICODE_NFKD; form++) unicode_normalizer_free(h->forms[form]);
	bpe_free(&h->bpe);
	map_free(&h->added_by_content);
	map_free(&h->unmade);
	hf_trie_free(&h->raw);
	hf_trie_free(&h->normal);
	free(h->classes);
	free(h->normalizers);
	free(h->pretokenizers);
	free(h->decoders);
	free(h->regexes);
	free(h->added);
	free(h->added_by_id);
	arena_free(&h->arena);
	free(h);
}

struct hf_scratch *hf_scratch_make(const struct hf *h) {
	struct hf_scratch *s = memory_zeroed(1, sizeof *s);
	s->bpe = bpe_scratch_make();
	s->regexes = memory_zeroed(h->regex_count, sizeof *s->regexes);
	s->regex_count = h->regex_count;
	for (size_t i = 0; i < h->regex_count; i++)
		s->regexes[i] = regex_compile(h->regexes[i], NULL); /* it compiled when the file was read */
	return s;
}

void hf_scratch_free(struct hf_scratch *s) {
	if (!s) return;
	bpe_scratch_free(s->bpe);
	for (size_t i = 0; i < s->regex_count; i++) regex_free(s->regexes[i]);
	free(s->regexes);
	buffer_free(&s->valid);
	buffer_free(&s->normal);
	buffer_free(&s->other);
	buffer_free(&s->piece);
	buffer_free(&s->pieces.text);
	buffer_free(&s->spare.text);
	free(s->pieces.ends);
	free(s->spare.ends);
	free(s->matches);
	free(s);
}

static void *scratch_make(const void *model) { return hf_scratch_make(model); }
static void scratch_free(void *scratch) { hf_scratch_free(scratch); }

/* Between the added tokens of the raw text. */
static bool encode_piece(
	const struct hf *h, struct hf_scratch *s, struct text piece, bool first, bool specials, struct token_ids *out, struct error *e) {
	struct text normal;
	bool start;
	if (!piece.size) return true;
	if (!hf_normalize(h, s, piece, &normal, &start, e)) return false;
	first &= start;
	if (!h->normal.count) return !normal.size || hf_pretokenize(h, s, normal, first, out, e);
	size_t at = 0, done = 0, from, stop;
	int32_t token;
	while ((token = hf_added_next(h, &h->normal, normal, done, specials, &at, &from, &stop)) >= 0) {
		if (from > done && !hf_pretokenize(h, s, text_make(normal.data + done, from - done), first && done == 0, out, e))
			return false;
		if (stop > from) token_ids_add(out, h->added[token].id);
		done = stop;
	}
	if (done == normal.size) return true;
	return hf_pretokenize(h, s, text_make(normal.data + done, normal.size - done), first && done == 0, out, e);
}

static bool encode_text(const struct hf *h, struct hf_scratch *s, struct text text, bool specials, struct token_ids *out, struct error *e) {
	if (!h->raw.count) return encode_piece(h, s, text, true, specials, out, e);
	size_t at = 0, done = 0, from, stop;
	int32_t token;
	while ((token = hf_added_next(h, &h->raw, text, done, specials, &at, &from, &stop)) >= 0) {
		if (from > done && !encode_piece(h, s, text_make(text.data + done, from - done), done == 0, specials, out, e)) return false;
		if (stop > from) token_ids_add(out, h->added[token].id);
		done = stop;
	}
	return encode_piece(h, s, text_make(text.data + done, text.size - done), done == 0, specials, out, e);
}

/* What is not UTF-8 becomes U+FFFD first, as the library's own conversion would do it. */
static struct text valid_text(struct hf_scratch *s, struct text text) {
	if (utf8_valid(text)) return text;
	buffer_clear(&s->valid);
	buffer_add_repaired(&s->valid, text);
	return buffer_text(&s->valid);
}

static bool encode(const struct hf *h, struct hf_scratch *s, struct text text, bool specials, struct token_ids *out, struct error *e) {
	size_t before = out->count;
	if (text.size > HF_TEXT_LIMIT)
		return error_set(e, STATUS_DATA, "a text of %zu bytes is more than the tokeniser takes (1 GiB)", text.size);
	if (encode_text(h, s, valid_text(s, text), specials, out, e)) return true;
	out->count = before;
	return false;
}

static bool hf_encode(const void *model, void *scratch, struct text text, struct token_ids *out, struct error *e) {
	return encode(model, scratch, text, false, out, e);
}

static bool hf_encode_specials(const void *model, void *scratch, struct text text, struct token_ids *out, struct error *e) {
	return encode(model, scratch, text, true, out, e);
}

static int32_t hf_special(const void *model, struct text name) {
	const struct hf *h = model;
	const struct map_entry *entry = map_find(&h->added_by_content, name);
	return entry ? h->added[entry->value - 1].id : -1;
}

static bool hf_is_special(const void *model, int32_t id) {
	const struct hf *h = model;
	if (id < 0 || (size_t)id >= h->size || h->added_by_id[id] < 0) return false;
	return h->added[h->added_by_id[id]].special;
}

static size_t hf_size(const void *model) { return ((const struct hf *)model)->size; }
static const char *hf_kind(const void *model) {
	(void)model;
	return "hf-bpe";
}

static const struct tokenizer_backend hf_backend = {
	.close = hf_close,
	.scratch_make = scratch_make,
	.scratch_free = scratch_free,
	.encode = hf_encode,
	.encode_specials = hf_encode_specials,
	.special = hf_special,
	.is_special = hf_is_special,
	.decode = hf_decode,
	.size = hf_size,
	.kind = hf_kind,
};

bool hf_backend_open(struct text file, const char *name, const char *hash, struct tokenizer_model *out, struct error *e) {
	struct json_value json;
	(void)hash;
	if (!json_check(file, &json, e)) return error_within(e, "%s", name);
	struct hf *h = memory_zeroed(1, sizeof *h);
	h->classes = unicode_classes_make();
	if (!hf_load(h, json, e)) {
		hf_close(h);
		return error_within(e, "%s", name);
	}
	*out = (struct tokenizer_model){&hf_backend, h};
	return true;
}
