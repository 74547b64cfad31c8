/* hf_model: the BPE of the file, and its added tokens. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "token/hf.h"

/* A token as the BPE keeps it: with ByteLevel as bytes. False when it has characters that ByteLevel never makes; then no text has it. */
static bool model_form(const struct hf *h, struct text token, struct buffer *scratch, struct text *out) {
	*out = token;
	if (!h->bytes) return true;
	buffer_clear(scratch);
	if (!hf_bytes_from_letters(token, scratch)) return false;
	*out = buffer_text(scratch);
	return true;
}

/* The id of a token of the model by its name, or -1. */
static int32_t token_id(const struct hf *h, struct text token) {
	struct buffer scratch = {0};
	struct text form;
	const struct map_entry *unmade = map_find(&h->unmade, token);
	int32_t id = unmade ? (int32_t)unmade->value : -1;
	if (!unmade && model_form(h, token, &scratch, &form)) id = vocabulary_find(&h->bpe.vocabulary, form);
	buffer_free(&scratch);
	return id;
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

/* The vocabulary and the merges are megabytes of short strings. They are walked here without json_walk's look ahead; the text was checked. */
static const char *pass_blanks(const char *at) {
	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t' || *at == ',' || *at == ':') at++;
	return at;
}

static const char *pass_string(const char *at, struct json_value *out) {
	const char *from = at++;
	*out = (struct json_value){.type = JSON_STRING};
	for (; *at != '"'; at++)
		if (*at == '\\') {
			out->escaped = true;
			at++;
		}
	out->raw = text_make(from, (size_t)(++at - from));
	return at;
}

static const char *pass_number(const char *at, struct text *out) {
	const char *from = at;
	while (*at >= '0' && *at <= '9') at++;
	*out = text_make(from, (size_t)(at - from));
	return at;
}

static bool load_vocabulary(struct hf *h, struct json_value vocabulary, struct error *e) {
	struct buffer scratch = {0}, bytes = {0};
	struct json_value key;
	struct text number;
	bool good = true;
	for (const char *at = pass_blanks(vocabulary.raw.data + 1); good && *at != '}'; at = pass_blanks(at)) {
		uint32_t id;
		struct text form;
		at = pass_number(pass_blanks(pass_string(at, &key)), &number);
		buffer_clear(&scratch);
		struct text token = json_string(key, &scratch, NULL);
		if (!utf8_valid(token)) {
			good = error_set(e, STATUS_DATA, "model: the token with id %.*s is not UTF-8", TEXT_ARGS(number));
			break;
		}
		bool found = model_form(h, token, &bytes, &form);
		good = parse_id(number, &id) && (*at == ',' || *at == '}' || at != pass_blanks(at)) &&
		       vocabulary_add(&h->bpe.vocabulary, form, id, found);
		if (good && !found) map_put(&h->unmade, token, NULL)->value = id;
		if (!good) number.size = strcspn(number.data, ",} \t\r\n"); /* all of what stands there */
		if (!good)
			error_set(e, STATUS_DATA, "model: the id %.*s of token '%.*s' is taken, above %d or no whole number",
				TEXT_ARGS(number), TEXT_ARGS(token), VOCABULARY_LIMIT - 1);
	}
	buffer_free(&scratch);
	buffer_free(&bytes);
	return good;
}

/* Merges on their way in. A pair stands in `bytes` as left and right without a gap, so the token that it becomes is there, too. */
struct merge_batch {
	struct buffer bytes;
	struct {
		size_t left, right, end;
		struct text raw;
	} pairs[VOCABULARY_BATCH / 3];
	size_t count;
	uint32_t rank; /* of the next */
};

static bool merge_error(uint32_t rank, struct text raw, const char *problem, struct error *e) {
	return error_set(e, STATUS_DATA, "model: merge %u, %.*s, %s", rank, TEXT_ARGS(raw), problem);
}

static bool flush_merges(struct hf *h, struct merge_batch *batch, struct error *e) {
	struct text tokens[VOCABULARY_BATCH];
	int32_t ids[VOCABULARY_BATCH];
	const char *bytes = batch->bytes.data;
	for (size_t i = 0; i < batch->count; i++) {
		size_t left = batch->pairs[i].left, right = batch->pairs[i].right, end = batch->pairs[i].end;
		tokens[3 * i] = text_make(bytes + left, right - left);
		tokens[3 * i + 1] = text_make(bytes + right, end - right);
		tokens[3 * i + 2] = text_make(bytes + left, end - left);
	}
	vocabulary_find_all(&h->bpe.vocabulary, tokens, 3 * batch->count, ids);
	for (size_t i = 0; i < batch->count; i++) {
		const int32_t *id = ids + 3 * i;
		uint32_t rank = batch->rank++;
		if (id[0] < 0 || id[1] < 0 || id[2] < 0)
			return merge_error(rank, batch->pairs[i].raw, "is of tokens that the vocabulary lacks", e);
		bpe_add_merge(&h->bpe, (uint32_t)id[0], (uint32_t)id[1], (uint32_t)id[2], rank);
	}
	batch->count = 0;
	buffer_clear(&batch->bytes);
	return true;
}

static bool add_form(const struct hf *h, struct text token, struct buffer *out) {
	if (h->bytes) return utf8_valid(token) && hf_bytes_from_letters(token, out);
	buffer_add_text(out, token);
	return true;
}

/* "left right" in older files, ["left", "right"] in newer ones. Gives where the list goes on, or NULL. */
static const char *pass_merge(const char *at, struct buffer *scratch, struct text *left, struct text *right) {
	struct json_value sides[2];
	buffer_clear(scratch);
	if (*at == '"') {
		at = pass_string(at, sides);
		struct text both = json_string(sides[0], scratch, NULL);
		const char *space = memchr(both.data, ' ', both.size);
		if (!space) return NULL;
		*left = text_make(both.data, (size_t)(space - both.data));
		*right = text_make(space + 1, both.size - left->size - 1);
		return right->size && memchr(right->data, ' ', right->size) ? NULL : at;
	}
	if (*at != '[') return NULL;
	at++;
	for (int i = 0; i < 2; i++) {
		at = pass_blanks(at);
		if (*at != '"') return NULL;
		at = pass_string(at, &sides[i]);
	}
	at = pass_blanks(at);
	if (*at != ']') return NULL;
	if (sides[0].escaped || sides[1].escaped)
		buffer_reserve(scratch, sides[0].raw.size + sides[1].raw.size); /* the first string must not move */
	*left = json_string(sides[0], scratch, NULL);
	*right = json_string(sides[1], scratch, NULL);
	return at + 1;
}

/* Adds the merge that starts at `*at` and moves behind it. */
static bool add_merge(struct hf *h, const char **at, struct merge_batch *batch, struct buffer *scratch, struct error *e) {
	struct text left, right;
	uint32_t rank = batch->rank + (uint32_t)batch->count;
	if (rank >= BPE_RANKS) return error_set(e, STATUS_DATA, "model: more than %d merges", BPE_RANKS);
	const char *behind = pass_merge(*at, scratch, &left, &right);
	if (!behind) return error_set(e, STATUS_DATA, "model: merge %u should be two tokens", rank);
	struct text raw = text_make(*at, (size_t)(behind - *at));
	*at = behind;
	size_t from = batch->bytes.size, middle = from;
	bool good = add_form(h, left, &batch->bytes);
	if (good) middle = batch->bytes.size;
	if (!good || !add_form(h, right, &batch->bytes)) return merge_error(rank, raw, "has letters that ByteLevel does not make", e);
	batch->pairs[batch->count].left = from;
	batch->pairs[batch->count].right = middle;
	batch->pairs[batch->count].end = batch->bytes.size;
	batch->pairs[batch->count].raw = raw;
	return ++batch->count < VOCABULARY_BATCH / 3 || flush_merges(h, batch, e);
}

static bool load_merges(struct hf *h, struct json_value merges, struct error *e) {
	struct merge_batch batch = {0};
	struct buffer scratch = {0};
	bool good = true;
	for (const char *at = pass_blanks(merges.raw.data + 1); good && *at != ']'; at = pass_blanks(at)) {
		struct json_value version;
		if (text_starts(text_make(at, (size_t)(merges.raw.data + merges.raw.size - at)), text_of("\"#version")))
			at = pass_string(at, &version);
		else good = add_merge(h, &at, &batch, &scratch, e);
	}
	good = good && flush_merges(h, &batch, e);
	buffer_free(&batch.bytes);
	buffer_free(&scratch);
	return good;
}

enum { TYPE, VOCAB, MERGES, UNKNOWN, DROPOUT, PREFIX, SUFFIX, FUSE, FALLBACK, IGNORE };
static const char *const part_names[HF_MODEL_PARTS] = {"type", "vocab", "merges", "unk_token", "dropout", "continuing_subword_prefix",
	"end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges"};

void hf_find_model(struct json_walk *file, struct json_value parts[HF_MODEL_PARTS]) {
	struct json_value key, value;
	struct buffer scratch = {0};
	struct json_walk walk = {file->at + 1, file->end};
	for (int i = 0; i < HF_MODEL_PARTS; i++) parts[i] = (struct json_value){0};
	while (json_walk_member(&walk, &key)) {
		buffer_clear(&scratch);
		struct text name = json_string(key, &scratch, NULL);
		json_walk_value(&walk, &value);
		for (int i = 0; i < HF_MODEL_PARTS; i++)
			if (text_is(name, part_names[i])) parts[i] = value;
	}
	buffer_free(&scratch);
	file->at = walk.at + 1;
}

static bool is_null(struct json_value v) { return v.type == JSON_NONE || v.type == JSON_NULL; }

static bool part_bool(const struct json_value parts[HF_MODEL_PARTS], int part, bool *out, struct error *e) {
	*out = parts[part].type == JSON_TRUE;
	if (*out || parts[part].type == JSON_FALSE || is_null(parts[part])) return true;
	return error_set(e, STATUS_DATA, "model: '%s' should be true or false", part_names[part]);
}

/* Of the model's settings those that change ids in ways we do not do. */
static bool check_settings(struct hf *h, const struct json_value parts[HF_MODEL_PARTS], struct error *e) {
	struct bpe *b = &h->bpe;
	struct json_value dropout = parts[DROPOUT];
	if (!is_null(dropout) && !(dropout.type == JSON_NUMBER && strtod(dropout.raw.data, NULL) == 0))
		return error_set(e, STATUS_DATA, "model: 'dropout' is not supported: set it to null");
	for (int i = PREFIX; i <= SUFFIX; i++)
		if (!is_null(parts[i]) && !(parts[i].type == JSON_STRING && parts[i].raw.size == 2))
			return error_set(e, STATUS_DATA, "model: '%s' is not supported", part_names[i]);
	if (!part_bool(parts, FUSE, &b->fuse_unknown, e) || !part_bool(parts, FALLBACK, &b->byte_fallback, e) ||
		!part_bool(parts, IGNORE, &b->ignore_merges, e))
		return false;
	return !(b->byte_fallback && h->bytes) ||
	       error_set(e, STATUS_DATA, "model: 'byte_fallback' with the pre-tokenizer ByteLevel is not supported");
}

static bool find_unknown(struct hf *h, struct json_value unknown, struct error *e) {
	h->bpe.unknown = -1;
	if (is_null(unknown)) return true;
	if (unknown.type != JSON_STRING) return error_set(e, STATUS_DATA, "model: 'unk_token' should be a string");
	struct text token = hf_text(h, unknown);
	h->bpe.unknown = token_id(h, token);
	return h->bpe.unknown >= 0 || error_set(e, STATUS_DATA, "model: the unk_token '%.*s' is not in the vocabulary", TEXT_ARGS(token));
}

bool hf_load_model(struct hf *h, const struct json_value parts[HF_MODEL_PARTS], struct error *e) {
	if (parts[TYPE].type == JSON_STRING && !text_is(parts[TYPE].raw, "\"BPE\""))
		return error_set(e, STATUS_DATA, "the model %.*s is not supported, only BPE", TEXT_ARGS(parts[TYPE].raw));
	if (parts[VOCAB].type != JSON_OBJECT || parts[MERGES].type != JSON_ARRAY)
		return error_set(e, STATUS_DATA, "model: there should be an object 'vocab' and a list 'merges'");
	h->bpe.bytes = h->bytes;
	if (!check_settings(h, parts, e) || !load_vocabulary(h, parts[VOCAB], e) || !load_merges(h, parts[MERGES], e) ||
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
	a.id = token_id(h, a.content);
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
	uint32_t next = (uint32_t)(h->bpe.vocabulary.used + h->unmade.count);
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
