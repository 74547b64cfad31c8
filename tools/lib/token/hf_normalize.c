/* hf_normalize: the normalizers of the file, one after the other, and the search for patterns. */
#include "token/hf.h"

/* The library's find_iter: an empty match right behind the last match does not count. */
static int next_regex(struct hf_search *search, struct regex *re, struct text text, size_t *start, size_t *end, struct error *e) {
	while (search->at <= text.size) {
		int found = regex_find(re, text, search->at, e);
		if (found <= 0) return found;
		struct text match = regex_group(re, 0);
		*start = (size_t)(match.data - text.data);
		*end = *start + match.size;
		if (match.size || !search->matched || search->last != *end) {
			search->at = search->last = *end;
			search->matched = true;
			return 1;
		}
		const char *at = text.data + search->at;
		if (search->at < text.size) unicode_next(&at);
		search->at = search->at < text.size ? (size_t)(at - text.data) : text.size + 1;
	}
	return 0;
}

int hf_search_next(struct hf_search *search, const struct hf_scratch *s, const struct hf_pattern *pattern, struct text text, size_t *start,
	size_t *end, struct error *e) {
	if (pattern->regex) return next_regex(search, s->regexes[pattern->number], text, start, end, e);
	if (!pattern->text.size || search->at >= text.size) return 0;
	const char *found = memmem(text.data + search->at, text.size - search->at, pattern->text.data, pattern->text.size);
	if (!found) return 0;
	*start = (size_t)(found - text.data);
	*end = search->at = *start + pattern->text.size;
	return 1;
}

/* One byte by a short text: what files with U+2581 for spaces do to every text. */
static void replace_byte(char byte, struct text with, struct text text, struct buffer *out) {
	char *to = buffer_reserve(out, text.size * (with.size + 1));
	char *start = to;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] != byte) {
			*to++ = text.data[i];
			continue;
		}
		for (size_t k = 0; k < with.size; k++) *to++ = with.data[k];
	}
	out->size += (size_t)(to - start);
}

/* What takes the place of a longer match, or nothing in its place, no longer begins where the text did. */
static bool keeps_start(struct text match, struct text content) {
	const char *at = match.data;
	unicode_next(&at);
	return content.size && at == match.data + match.size;
}

static bool too_long(struct error *e) { return error_set(e, STATUS_DATA, "the tokeniser's normalizers make more than 1 GiB of a text"); }

static bool replace(
	const struct hf_scratch *s, const struct hf_normalizer *n, struct text text, struct buffer *out, bool *begins, struct error *e) {
	struct hf_search search = {0};
	size_t start, end, from = 0;
	int found;
	if (!n->pattern.regex && n->pattern.text.size == 1 && n->content.size <= 4 && n->content.size) {
		replace_byte(*n->pattern.text.data, n->content, text, out);
		return true;
	}
	while ((found = hf_search_next(&search, s, &n->pattern, text, &start, &end, e)) > 0) {
		if (!start && !keeps_start(text_make(text.data, end), n->content)) *begins = false;
		buffer_add(out, text.data + from, start - from);
		buffer_add_text(out, n->content);
		if (out->size > HF_TEXT_LIMIT) return too_long(e);
		from = end;
	}
	buffer_add(out, text.data + from, text.size - from);
	return found == 0;
}

static bool is_space(const struct hf *h, const char *at) { return h->classes[unicode_next(&at)] & UNICODE_SPACE; }

static struct text strip(const struct hf *h, const struct hf_normalizer *n, struct text text) {
	const char *at = text.data, *end = at + text.size;
	while (n->left && at < end && is_space(h, at)) unicode_next(&at);
	while (n->right && end > at) {
		const char *last = end - 1;
		while ((*last & 0xC0) == 0x80) last--;
		if (!is_space(h, last)) break;
		end = last;
	}
	return text_make(at, (size_t)(end - at));
}

static void lowercase(struct text text, struct buffer *out) {
	const char *at = text.data, *end = at + text.size;
	while (at < end) unicode_add_lower(out, unicode_next(&at));
}

bool hf_normalize(const struct hf *h, struct hf_scratch *s, struct text text, struct text *out, bool *start, struct error *e) {
	struct buffer *target = &s->normal, *other = &s->other;
	*start = true;
	for (size_t i = 0; i < h->normalizer_count; i++) {
		const struct hf_normalizer *n = &h->normalizers[i];
		if (n->kind == HF_STRIP) {
			struct text rest = strip(h, n, text);
			if (rest.data != text.data) *start = false;
			text = rest;
			continue;
		}
		if (!text.size || (n->kind == HF_FORM && unicode_is_normal(n->form, text))) continue;
		buffer_clear(target);
		if (n->kind == HF_FORM) unicode_normalize(n->form, text, target);
		else if (n->kind == HF_LOWERCASE) lowercase(text, target);
		else if (n->kind == HF_PREPEND) {
			buffer_add_text(target, n->content);
			buffer_add_text(target, text);
		} else if (!replace(s, n, text, target, start, e)) return false;
		text = buffer_text(target);
		if (text.size > HF_TEXT_LIMIT) return too_long(e);
		struct buffer *swap = target;
		target = other;
		other = swap;
	}
	*out = text;
	return true;
}
