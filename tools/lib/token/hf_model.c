/* hf_model: the BPE of the file, and its added tokens. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "token/hf.h"

/* A token as the BPE keeps it: with ByteLevel as bytes. False when it has characters that ByteLevel never makes; then it is never found. */
static bool model_form(const struct hf *h, struct text token, struct buffer *scratch, struct text *out) {
	*out = token;
	if (!h->bytes) return true;
	buffer_clear(scratch);
	if (!hf_bytes_from_letters(token, scratch)) return false;
	*out = buffer_text(scratch);
	return true;
}

static bool parse_id(struct text number, uint32_t *out) {
	uint32_t value = 0;
	for (size_t i = 0; i < number.size; i++) {
		unsigned digit = (unsigned)(number.data[i] - '0');
		if (digit > 9 || value >= VOCABULARY_LIMIT) return false;
		value = value * 10 + digit;
	}
	*out = value;
	return number.size && value < VOCABULARY_LIMIT;
}

static bool load_vocabulary(struct hf *h, struct json_value vocabulary, struct error *e) {
	struct buffer scratch = {0}, bytes = {0};
	struct json_walk walk = json_walk_start(vocabulary);
	struct json_value key, value;
	bool good = true;
	while (good && json_walk_next(&walk, &key, &value)) {
		uint32_t id;
		struct text form;
		buffer_clear(&scratch);
		struct text token = json_string(key, &scratch, NULL);
		bool found = model_form(h, token, &bytes, &form);
		good = value.type == JSON_NUMBER && parse_id(value.raw, &id) && vocabulary_add(&h->bpe.vocabulary, form, id, found);
		if (!good)
			error_set(e, STATUS_DATA, "model: the id %.*s of token '%.*s' is taken, above %d or no number",
				TEXT_ARGS(value.raw), TEXT_ARGS(token), VOCABULARY_LIMIT - 1);
	}
	buffer_free(&scratch);
	buffer_free(&bytes);
	return good;
}

/* One merge: "left right" in older files, ["left", "right"] in newer ones. */
static bool merge_parts(struct json_value merge, struct buffer *scratch, struct text *left, struct text *right) {
	struct json_value sides[2], more;
	buffer_clear(scratch);
	if (merge.type == JSON_STRING) {
		struct text both = json_string(merge, scratch, NULL);
		const char *space = memchr(both.data, ' ', both.size);
		if (!space) return false;
		*left = text_make(both.data, (size_t)(space - both.data));
		*right = text_make(space + 1, both.size - left->size - 1);
		return !right->size || !memchr(right->data, ' ', right->size);
	}
	if (merge.type != JSON_ARRAY) return false;
	struct json_walk walk = json_walk_start(merge);
	for (int i = 0; i < 2; i++)
		if (!json_walk_next(&walk, NULL, &sides[i]) || sides[i].type != JSON_STRING) return false;
	if (json_walk_next(&walk, NULL, &more)) return false;
	buffer_reserve(scratch, merge.raw.size); /* so that the second string does not move the first */
	*left = json_string(sides[0], scratch, NULL);
	*right = json_string(sides[1], scratch, NULL);
	return true;
}

struct merge_scratch {
	struct buffer json, left, right, joined;
};

static bool add_merge(struct hf *h, struct text left, struct text right, uint32_t rank, struct merge_scratch *s) {
	if (!model_form(h, left, &s->left, &left) || !model_form(h, right, &s->right, &right)) return false;
	int32_t left_id = vocabulary_find(&h->bpe.vocabulary, left), right_id = vocabulary_find(&h->bpe.vocabulary, right);
	buffer_clear(&s->joined);
	buffer_add_text(&s->joined, left);
	buffer_add_text(&s->joined, right);
	int32_t into = vocabulary_find(&h->bpe.vocabulary, buffer_text(&s->joined));
	if (left_id < 0 || right_id < 0 || into < 0) return false;
	bpe_add_merge(&h->bpe, (uint32_t)left_id, (uint32_t)right_id, (uint32_t)into, rank);
	return true;
}

static bool load_merges(struct hf *h, struct json_value merges, struct error *e) {
	struct merge_scratch s = {0};
	struct json_walk walk = json_walk_start(merges);
	struct json_value merge;
	uint32_t rank = 0;
	bool good = true;
	while (good && json_walk_next(&walk, NULL, &merge)) {
		struct text left, right;
		if (merge.type == JSON_STRING && text_starts(merge.raw, text_of("\"#version"))) continue;
		good = merge_parts(merge, &s.json, &left, &right);
		if (!good) {
			error_set(e, STATUS_DATA, "model: merge %u should be two tokens: %.*s", rank, TEXT_ARGS(merge.raw));
			break;
		}
		good = rank < UINT32_MAX - 1 && add_merge(h, left, right, rank, &s);
		if (!good)
			error_set(e, STATUS_DATA, "model: merge %u, %.*s, is of tokens that the vocabulary lacks", rank,
				TEXT_ARGS(merge.raw));
		rank++;
	}
	buffer_free(&s.json);
	buffer_free(&s.left);
	buffer_free(&s.right);
	buffer_free(&s.joined);
	return good;
}

/* Of the model's settings those that change ids in ways we do not do. */
static bool check_settings(struct hf *h, struct json_value model, struct error *e) {
	static const char *const affixes[] = {"continuing_subword_prefix", "end_of_word_suffix"};
	struct json_value dropout = json_member(model, "dropout");
	if (dropout.type != JSON_NONE && dropout.type != JSON_NULL && !(dropout.type == JSON_NUMBER && strtod(dropout.raw.data, NULL) == 0))
		return error_set(e, STATUS_DATA, "model: 'dropout' is not supported: set it to null");
	for (int i = 0; i < 2; i++) {
		struct json_value affix = json_member(model, affixes[i]);
		if (affix.type != JSON_NONE && affix.type != JSON_NULL && !(affix.type == JSON_STRING && affix.raw.size == 2))
			return error_set(e, STATUS_DATA, "model: '%s' is not supported", affixes[i]);
	}
	struct bpe *b = &h->bpe;
	if (!hf_member_bool(model, "model", "fuse_unk", false, &b->fuse_unknown, e) ||
		!hf_member_bool(model, "model", "byte_fallback", false, &b->byte_fallback, e) ||
		!hf_member_bool(model, "model", "ignore_merges", false, &b->ignore_merges, e))
		return false;
	return !(b->byte_fallback && h->bytes) ||
	       error_set(e, STATUS_DATA, "model: 'byte_fallback' with the pre-tokenizer ByteLevel is not supported");
}

static bool find_unknown(struct hf *h, struct json_value unknown, struct error *e) {
	struct buffer scratch = {0};
	struct text form;
	h->bpe.unknown = -1;
	if (unknown.type == JSON_NONE || unknown.type == JSON_NULL) return true;
	if (unknown.type != JSON_STRING) return error_set(e, STATUS_DATA, "model: 'unk_token' should be a string");
	struct text token = hf_text(h, unknown);
	if (model_form(h, token, &scratch, &form)) h->bpe.unknown = vocabulary_find(&h->bpe.vocabulary, form);
	buffer_free(&scratch);
	return h->bpe.unknown >= 0 || error_set(e, STATUS_DATA, "model: the unk_token '%.*s' is not in the vocabulary", TEXT_ARGS(token));
}

bool hf_load_model(struct hf *h, struct json_value model, struct error *e) {
	enum { TYPE, VOCAB, MERGES, UNKNOWN, PARTS };
	static const char *const names[PARTS] = {"type", "vocab", "merges", "unk_token"};
	struct json_value parts[PARTS];
	if (model.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "there is no 'model'");
	for (int i = 0; i < PARTS; i++) parts[i] = json_member(model, names[i]);
	if (parts[TYPE].type == JSON_STRING && !text_is(parts[TYPE].raw, "\"BPE\""))
		return error_set(e, STATUS_DATA, "the model %.*s is not supported, only BPE", TEXT_ARGS(parts[TYPE].raw));
	if (parts[VOCAB].type != JSON_OBJECT || parts[MERGES].type != JSON_ARRAY)
		return error_set(e, STATUS_DATA, "model: there should be an object 'vocab' and a list 'merges'");
	h->bpe.bytes = h->bytes;
	if (!check_settings(h, model, e) || !load_vocabulary(h, parts[VOCAB], e) || !load_merges(h, parts[MERGES], e) ||
		!find_unknown(h, parts[UNKNOWN], e))
		return false;
	for (unsigned byte = 0; byte < 256; byte++) {
		char name[8];
		snprintf(name, sizeof name, "<0x%02X>", byte);
		h->bpe.byte_tokens[byte] = vocabulary_find(&h->bpe.vocabulary, text_of(name));
	}
	bpe_finish(&h->bpe);
	return true;
}

/* The form in which the token is looked for and decoded. */
static bool normal_form(struct hf *h, struct hf_scratch *s, struct hf_added *a, struct error *e) {
	bool start;
	struct text form = a->content;
	a->normal = a->content;
	if (!a->normalized) return true;
	if (!hf_normalize(h, s, a->content, &form, &start, e)) return false;
	a->normal = arena_copy(&h->arena, form);
	return form.size || error_set(e, STATUS_DATA, "added token '%.*s': the normalizer leaves nothing of it", TEXT_ARGS(a->content));
}

static bool load_token(struct hf *h, struct hf_scratch *s, struct json_value token, uint32_t *next, struct error *e) {
	struct hf_added a = {0};
	if (token.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "added_tokens: every one should be an object");
	if (!hf_member_text(h, token, "added_tokens", "content", &a.content, e) ||
		!hf_member_bool(token, "added_tokens", "single_word", false, &a.single_word, e) ||
		!hf_member_bool(token, "added_tokens", "lstrip", false, &a.left_strip, e) ||
		!hf_member_bool(token, "added_tokens", "rstrip", false, &a.right_strip, e) ||
		!hf_member_bool(token, "added_tokens", "normalized", false, &a.normalized, e) ||
		!hf_member_bool(token, "added_tokens", "special", false, &a.special, e))
		return false;
	if (!a.content.size) return true; /* as the library does */
	if (!normal_form(h, s, &a, e)) return false;
	bool is_new;
	struct map_entry *entry = map_put(&h->added_by_content, a.content, &is_new);
	if (!is_new) {
		struct hf_added *old = &h->added[entry->value - 1];
		a.id = old->id;
		a.special |= old->special;
		*old = a;
		return true;
	}
	struct buffer scratch = {0};
	struct text form;
	a.id = model_form(h, a.content, &scratch, &form) ? vocabulary_find(&h->bpe.vocabulary, form) : -1;
	buffer_free(&scratch);
	if (a.id < 0) a.id = (int32_t)(*next)++; /* the library, too, numbers them itself */
	if (a.id >= VOCABULARY_LIMIT) return error_set(e, STATUS_DATA, "added_tokens: too many");
	h->added = memory_grow(h->added, &h->added_capacity, h->added_count + 1, sizeof *h->added);
	h->added[h->added_count++] = a;
	entry->value = h->added_count;
	return true;
}

static bool load_tokens(struct hf *h, struct json_value list, struct error *e) {
	struct hf_scratch *s = hf_scratch_make(h);
	struct json_walk walk = json_walk_start(list);
	struct json_value token;
	uint32_t next = (uint32_t)h->bpe.vocabulary.used;
	bool good = true;
	while (good && json_walk_next(&walk, NULL, &token)) good = load_token(h, s, token, &next, e);
	hf_scratch_free(s);
	return good;
}

bool hf_load_added(struct hf *h, struct json_value list, struct error *e) {
	if (list.type != JSON_NONE && list.type != JSON_NULL && list.type != JSON_ARRAY)
		return error_set(e, STATUS_DATA, "'added_tokens' should be a list");
	if (list.type == JSON_ARRAY && !load_tokens(h, list, e)) return false;
	h->size = h->bpe.vocabulary.count;
	for (size_t i = 0; i < h->added_count; i++)
		if ((size_t)h->added[i].id >= h->size) h->size = (size_t)h->added[i].id + 1;
	h->added_by_id = memory_allocate((h->size + 1) * sizeof *h->added_by_id);
	memset(h->added_by_id, 0xFF, (h->size + 1) * sizeof *h->added_by_id);
	for (size_t i = 0; i < h->added_count; i++) h->added_by_id[h->added[i].id] = (int32_t)i;
	return hf_trie_build(h, e);
}
