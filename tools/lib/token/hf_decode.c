/* hf_decode: ids to text, through the decoders of the file. Tokens travel as a list of strings, as in the library, because a decoder may look at each token. */
#include <stdlib.h>

#include "base/memory.h"
#include "token/hf.h"

struct strings {
	struct buffer text;
	size_t *ends;
	size_t count, capacity;
};

static void end_string(struct strings *s) {
	s->ends = memory_grow(s->ends, &s->capacity, s->count + 1, sizeof *s->ends);
	s->ends[s->count++] = s->text.size;
}

static void add_string(struct strings *s, struct text t) {
	buffer_add_text(&s->text, t);
	end_string(s);
}

static struct text string_at(const struct strings *s, size_t i) {
	size_t from = i ? s->ends[i - 1] : 0;
	return s->text.data ? text_make(s->text.data + from, s->ends[i] - from) : text_of("");
}

static void decode_byte_level(const struct strings *in, struct strings *out) {
	struct buffer bytes = {0};
	for (size_t i = 0; i < in->count; i++)
		if (!hf_bytes_from_letters(string_at(in, i), &bytes)) buffer_add_text(&bytes, string_at(in, i));
	buffer_add_repaired(&out->text, buffer_text(&bytes));
	end_string(out);
	buffer_free(&bytes);
}

/* The byte of a token like <0x0A>, or -1. The library's number parser takes a plus sign, too. */
static int byte_token(struct text t) {
	if (t.size != 6 || memcmp(t.data, "<0x", 3) || t.data[5] != '>') return -1;
	int high = t.data[3] == '+' ? 0 : text_digit(t.data[3]), low = text_digit(t.data[4]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static void flush_bytes(struct buffer *bytes, struct strings *out) {
	if (!bytes->size) return;
	if (utf8_valid(buffer_text(bytes))) add_string(out, buffer_text(bytes));
	else
		for (size_t i = 0; i < bytes->size; i++) add_string(out, text_of("\xEF\xBF\xBD"));
	buffer_clear(bytes);
}

static void decode_byte_fallback(const struct strings *in, struct strings *out) {
	struct buffer bytes = {0};
	for (size_t i = 0; i < in->count; i++) {
		struct text token = string_at(in, i);
		int byte = byte_token(token);
		if (byte >= 0) {
			buffer_add_char(&bytes, (char)byte);
			continue;
		}
		flush_bytes(&bytes, out);
		add_string(out, token);
	}
	flush_bytes(&bytes, out);
	buffer_free(&bytes);
}

static void replace_all(struct strings *out, struct text token, struct text what, struct text with) {
	for (size_t at = 0; at < token.size;) {
		const char *found = what.size ? memmem(token.data + at, token.size - at, what.data, what.size) : NULL;
		size_t here = found ? (size_t)(found - token.data) : token.size;
		buffer_add(&out->text, token.data + at, here - at);
		if (found) buffer_add_text(&out->text, with);
		at = here + (found ? what.size : 0);
	}
	end_string(out);
}

static void strip_token(struct strings *out, struct text token, const struct hf_decoder *d) {
	size_t left = d->start, right = d->stop;
	while (left-- && d->content.size && text_starts(token, d->content))
		token = text_make(token.data + d->content.size, token.size - d->content.size);
	while (right-- && d->content.size && text_ends(token, d->content)) token.size -= d->content.size;
	add_string(out, token);
}

static void apply(const struct hf_decoder *d, const struct strings *in, struct strings *out) {
	buffer_clear(&out->text);
	out->count = 0;
	if (d->kind == HF_DECODE_BYTE_LEVEL) {
		decode_byte_level(in, out);
	} else if (d->kind == HF_DECODE_BYTE_FALLBACK) {
		decode_byte_fallback(in, out);
	} else if (d->kind == HF_DECODE_FUSE) {
		add_string(out, buffer_text(&in->text));
	} else {
		for (size_t i = 0; i < in->count; i++) {
			struct text token = string_at(in, i);
			if (d->kind == HF_DECODE_STRIP) strip_token(out, token, d);
			else if (d->kind == HF_DECODE_REPLACE) replace_all(out, token, d->pattern.text, d->content);
			else replace_all(out, token, d->content, text_of(i == 0 && d->drop_first ? "" : " "));
		}
	}
}

static bool is_special_name(const struct hf *h, struct text name) {
	const struct map_entry *entry = map_find(&h->added_by_content, name);
	return entry && h->added[entry->value - 1].special;
}

/* Adds the token's string as the decoders get it. */
static void add_token(const struct hf *h, int32_t id, bool specials, struct strings *out) {
	bool in_range = id >= 0 && (size_t)id < h->size;
	int32_t added = in_range ? h->added_by_id[id] : -1;
	if (added >= 0) {
		if (specials || !is_special_name(h, h->added[added].normal)) add_string(out, h->added[added].normal);
	} else if (!in_range || !vocabulary_has(&h->bpe.vocabulary, id)) {
		add_string(out, text_of("\xEF\xBF\xBD"));
	} else if (h->bytes) {
		hf_bytes_to_letters(vocabulary_text(&h->bpe.vocabulary, id), &out->text);
		end_string(out);
	} else {
		add_string(out, vocabulary_text(&h->bpe.vocabulary, id));
	}
}

void hf_decode(const void *model, const int32_t *ids, size_t count, bool specials, struct buffer *out) {
	const struct hf *h = model;
	struct strings a = {0}, b = {0}, *from = &a, *to = &b;
	for (size_t i = 0; i < count; i++) add_token(h, ids[i], specials, from);
	for (size_t i = 0; i < h->decoder_count; i++) {
		apply(&h->decoders[i], from, to);
		struct strings *swap = from;
		from = to;
		to = swap;
	}
	for (size_t i = 0; i < from->count; i++) {
		if (i && !h->has_decoder) buffer_add_char(out, ' ');
		buffer_add_text(out, string_at(from, i));
	}
	buffer_free(&a.text);
	buffer_free(&b.text);
	free(a.ends);
	free(b.ends);
}
