/* hf_pretokenize: the pre-tokenizers of the file, one after the other. */

#include "base/memory.h"
#include "token/hf.h"

/* A part of a piece that a pattern matched, or that lies between matches. */
struct hf_match {
	size_t start, end;
	bool matched;
};

static void add_match(struct hf_scratch *s, size_t *count, size_t start, size_t end, bool matched) {
	s->matches = memory_grow(s->matches, &s->match_capacity, *count + 1, sizeof *s->matches);
	s->matches[(*count)++] = (struct hf_match){start, end, matched};
}

static bool find_pattern(struct hf_scratch *s, const struct hf_pretokenizer *p, struct text piece, size_t *count, struct error *e) {
	struct hf_search search = {0};
	size_t start, end, from = 0;
	int found;
	while ((found = hf_search_next(&search, s, &p->pattern, piece, &start, &end, e)) > 0) {
		if (start > from) add_match(s, count, from, start, p->invert);
		add_match(s, count, start, end, !p->invert);
		from = end;
	}
	if (from < piece.size) add_match(s, count, from, piece.size, p->invert);
	return found == 0;
}

/* Code points of a class, one by one. */
static void find_class(const struct hf *h, struct hf_scratch *s, uint8_t class, struct text piece, size_t *count) {
	const char *at = piece.data, *end = at + piece.size;
	size_t from = 0;
	while (at < end) {
		size_t here = (size_t)(at - piece.data);
		if (!(h->classes[unicode_next(&at)] & class)) continue;
		if (here > from) add_match(s, count, from, here, false);
		from = (size_t)(at - piece.data);
		add_match(s, count, here, from, true);
	}
	if (from < piece.size) add_match(s, count, from, piece.size, false);
}

/* \w+|[^\w\s]+: runs of one kind, of which white space is what did not match. */
static void find_words(const struct hf *h, struct hf_scratch *s, struct text piece, size_t *count) {
	const char *at = piece.data, *end = at + piece.size;
	size_t from = 0;
	int last = -1;
	while (at < end) {
		size_t here = (size_t)(at - piece.data);
		uint8_t class = h->classes[unicode_next(&at)];
		int kind = class & UNICODE_WORD ? 2 : class & UNICODE_SPACE ? 0 : 1;
		if (last >= 0 && kind != last) {
			add_match(s, count, from, here, last == 0);
			from = here;
		}
		last = kind;
	}
	add_match(s, count, from, piece.size, last == 0);
}

static void add_piece(struct hf_pieces *to, struct text piece) {
	if (!piece.size) return;
	buffer_add_text(&to->text, piece);
	to->ends = memory_grow(to->ends, &to->capacity, to->count + 1, sizeof *to->ends);
	to->ends[to->count++] = to->text.size;
}

static void add_part(struct hf_pieces *to, struct text piece, struct hf_match part) {
	if (!to->count && part.start && part.end > part.start) to->start = false;
	add_piece(to, text_make(piece.data + part.start, part.end - part.start));
}

/* Makes pieces of the matches as the behavior says. Merging is with the neighbour in the order of reading, from the left or from the right. */
static void add_matches(struct hf_pieces *to, struct text piece, struct hf_match *m, size_t count, enum hf_behavior behavior) {
	bool previous = false;
	size_t left = 0;
	if (behavior == HF_MERGED_WITH_NEXT) { /* from the right: what is kept gathers at the end of the list */
		size_t first = count;
		for (size_t i = count; i-- > 0;) {
			struct hf_match here = m[i];
			if (here.matched && !previous && first < count) m[first].start = here.start;
			else m[--first] = here;
			previous = here.matched;
		}
		for (size_t i = first; i < count; i++) add_part(to, piece, m[i]);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct hf_match here = m[i];
		bool merge = behavior == HF_CONTIGUOUS ? here.matched == previous
						       : behavior == HF_MERGED_WITH_PREVIOUS && here.matched && !previous;
		previous = here.matched;
		if (merge && left) m[left - 1].end = here.end;
		else if (behavior != HF_REMOVED || !here.matched) m[left++] = here;
	}
	for (size_t i = 0; i < left; i++) add_part(to, piece, m[i]);
}

static void split_known(const struct hf *h, enum split_pattern known, struct text piece, struct hf_pieces *to) {
	const char *at = piece.data, *end = at + piece.size;
	while (at < end) {
		const char *stop = split_next(known, h->classes, at, end);
		add_piece(to, text_make(at, (size_t)(stop - at)));
		at = stop;
	}
}

static void metaspace(
	const struct hf *h, struct hf_scratch *s, const struct hf_pretokenizer *p, struct text piece, bool start, struct hf_pieces *to) {
	struct buffer *b = &s->piece;
	struct text mark = p->replacement;
	buffer_clear(b);
	for (size_t i = 0; i < piece.size; i++)
		if (piece.data[i] == ' ') buffer_add_text(b, mark);
		else buffer_add_char(b, piece.data[i]);
	struct text text = buffer_text(b);
	struct buffer front = {0};
	if (p->scheme != HF_NEVER && (p->scheme == HF_ALWAYS || start) && !text_starts(text, mark)) {
		buffer_add_text(&front, mark);
		buffer_add_text(&front, text);
		text = buffer_text(&front);
	}
	size_t count = 0;
	struct hf_pretokenizer by_mark = {.pattern = {.text = mark}};
	struct error none;
	if (p->split) {
		find_pattern(s, &by_mark, text, &count, &none);
		add_matches(to, text, s->matches, count, HF_MERGED_WITH_NEXT);
	} else {
		add_piece(to, text);
	}
	buffer_free(&front);
	(void)h;
}

static void byte_level(const struct hf *h, struct hf_scratch *s, const struct hf_pretokenizer *p, struct text piece, struct hf_pieces *to) {
	if (p->prefix_space && piece.data[0] != ' ') {
		buffer_clear(&s->piece);
		buffer_add_char(&s->piece, ' ');
		buffer_add_text(&s->piece, piece);
		piece = buffer_text(&s->piece);
	}
	if (p->known) split_known(h, p->known, piece, to);
	else add_piece(to, piece);
}

static bool apply(const struct hf *h, struct hf_scratch *s, const struct hf_pretokenizer *p, struct text piece, bool start,
	struct hf_pieces *to, struct error *e) {
	size_t count = 0;
	enum hf_behavior behavior = HF_REMOVED;
	switch (p->kind) {
	case HF_BYTE_LEVEL: byte_level(h, s, p, piece, to); return true;
	case HF_METASPACE: metaspace(h, s, p, piece, start, to); return true;
	case HF_DIGITS:
		find_class(h, s, UNICODE_NUMERIC, piece, &count);
		behavior = p->individual ? HF_ISOLATED : HF_CONTIGUOUS;
		break;
	case HF_WHITESPACE: find_words(h, s, piece, &count); break;
	case HF_WHITESPACE_SPLIT: find_class(h, s, UNICODE_SPACE, piece, &count); break;
	case HF_SPLIT:
		if (p->known) {
			split_known(h, p->known, piece, to);
			return true;
		}
		if (!find_pattern(s, p, piece, &count, e)) return false;
		behavior = p->behavior;
	}
	add_matches(to, piece, s->matches, count, behavior);
	return true;
}

/* The common case, in place: one known pattern, then bytes. */
static enum split_pattern only_pattern(const struct hf *h) {
	const struct hf_pretokenizer *p = h->pretokenizers;
	if (h->pretokenizer_count == 1 && p->kind == HF_BYTE_LEVEL && !p->prefix_space) return p->known;
	if (h->pretokenizer_count == 2 && p->kind == HF_SPLIT && p[1].kind == HF_BYTE_LEVEL && !p[1].prefix_space && !p[1].known)
		return p->known;
	return SPLIT_OTHER;
}

static void encode_known(const struct hf *h, struct hf_scratch *s, enum split_pattern known, struct text text, struct token_ids *out) {
	const char *at = text.data, *end = at + text.size;
	while (at < end) {
		const char *stop = split_next(known, h->classes, at, end);
		bpe_encode(&h->bpe, s->bpe, text_make(at, (size_t)(stop - at)), end, out);
		at = stop;
	}
	bpe_flush(&h->bpe, s->bpe, out);
}

bool hf_pretokenize(const struct hf *h, struct hf_scratch *s, struct text text, bool start, struct token_ids *out, struct error *e) {
	enum split_pattern known = only_pattern(h);
	if (known) {
		encode_known(h, s, known, text, out);
		return true;
	}
	if (!h->pretokenizer_count) {
		bpe_encode(&h->bpe, s->bpe, text, text.data + text.size, out);
		bpe_flush(&h->bpe, s->bpe, out);
		return true;
	}
	struct hf_pieces *from = &s->pieces, *to = &s->spare;
	buffer_clear(&from->text);
	from->count = 0;
	from->start = start;
	add_piece(from, text);
	for (size_t i = 0; i < h->pretokenizer_count; i++) {
		buffer_clear(&to->text);
		to->count = 0;
		to->start = from->start;
		size_t at = 0;
		for (size_t k = 0; k < from->count; k++) {
			struct text piece = text_make(from->text.data + at, from->ends[k] - at);
			if (!apply(h, s, &h->pretokenizers[i], piece, from->start && k == 0, to, e)) return false;
			if (!to->count) to->start = false;
			at = from->ends[k];
		}
		struct hf_pieces *swap = from;
		from = to;
		to = swap;
	}
	size_t at = 0;
	for (size_t k = 0; k < from->count; k++) {
		bpe_encode(&h->bpe, s->bpe, text_make(from->text.data + at, from->ends[k] - at), from->text.data + from->text.size, out);
		at = from->ends[k];
	}
	bpe_flush(&h->bpe, s->bpe, out);
	return true;
}
