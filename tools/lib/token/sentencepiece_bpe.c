#include "token/sentencepiece_bpe.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "token/bpe.h"
#include "token/protobuf.h"
#include "token/sentencepiece_rules.h"
#include "token/unicode.h"

/* Field numbers of sentencepiece_model.proto beyond those of protobuf.h. */
enum { PIECE_TEXT = 1, PIECE_SCORE = 2, PIECE_TYPE = 3 };
enum { TRAINER_SPACE_SUFFIX = 24, TRAINER_BYTE_FALLBACK = 35 };
enum { NORMALIZER_DUMMY_PREFIX = 3, NORMALIZER_REMOVE_EXTRA = 4, NORMALIZER_ESCAPE = 5 };
enum piece_type { NORMAL = 1, UNKNOWN = 2, CONTROL = 3, USER_DEFINED = 4, UNUSED = 5, BYTE = 6 };

#define SPACE "\xE2\x96\x81"

/* Bytes of a piece. Where user-defined symbols may begin, and of pieces for merges, every length is looked up; longer ones are left to the library. */
enum { LONGEST_PIECE = 256 };

struct piece {
	struct text text; /* of the file */
	float score;
	enum piece_type type;
	uint32_t rank;
};

struct sentencepiece_bpe {
	struct bpe bpe;
	bool dummy_prefix, remove_extra, escape;
	bool has_rules;
	struct sentencepiece_rules rules;
	bool plain[256];        /* ASCII but spaces that no rule starts with */
	struct vocabulary user; /* user-defined symbols, by id */
	size_t user_longest;
	bool user_starts[256];
};

struct sentencepiece_bpe_scratch {
	struct bpe_scratch *bpe;
	struct buffer normal;
};

/* Everything the file says, while it is read. */
struct reading {
	struct piece *pieces;
	size_t count, capacity;
	bool bpe, suffix, fallback, wrong_rules, odd;
};

/* Whether it is this field. One of another kind is left to the library. */
static bool is_field(struct reading *r, const struct protobuf_field *field, uint32_t number, enum protobuf_wire wire) {
	if (field->number != number) return false;
	r->odd |= field->wire != wire;
	return field->wire == wire;
}

static bool read_piece(struct text message, struct reading *r) {
	struct piece piece = {.type = NORMAL};
	struct protobuf_field field;
	while (protobuf_next(&message, &field)) {
		if (is_field(r, &field, PIECE_TEXT, PROTOBUF_BYTES)) piece.text = field.bytes;
		if (is_field(r, &field, PIECE_TYPE, PROTOBUF_VARINT)) {
			if (field.value < NORMAL || field.value > BYTE) return false;
			piece.type = (enum piece_type)field.value;
		}
		if (!is_field(r, &field, PIECE_SCORE, PROTOBUF_FIXED32)) continue;
		uint32_t bits = (uint32_t)field.value;
		memcpy(&piece.score, &bits, sizeof piece.score);
	}
	r->pieces = memory_grow(r->pieces, &r->capacity, r->count + 1, sizeof *r->pieces);
	r->pieces[r->count++] = piece;
	return !message.size && piece.text.size && piece.text.size <= LONGEST_PIECE && utf8_valid(piece.text) && piece.score == piece.score;
}

static void read_trainer(struct text message, struct reading *r) {
	struct protobuf_field field;
	while (protobuf_next(&message, &field)) {
		if (is_field(r, &field, TRAINER_TYPE, PROTOBUF_VARINT)) r->bpe = field.value == TRAINER_TYPE_BPE;
		if (is_field(r, &field, TRAINER_SPACE_SUFFIX, PROTOBUF_VARINT)) r->suffix = field.value;
		if (is_field(r, &field, TRAINER_BYTE_FALLBACK, PROTOBUF_VARINT)) r->fallback = field.value;
	}
	r->odd |= message.size > 0;
}

static void read_normalizer(struct sentencepiece_bpe *m, struct text message, struct reading *r) {
	struct protobuf_field field;
	while (protobuf_next(&message, &field)) {
		if (is_field(r, &field, NORMALIZER_CHARSMAP, PROTOBUF_BYTES)) {
			sentencepiece_rules_free(&m->rules);
			m->has_rules = field.bytes.size && sentencepiece_rules_open(&m->rules, field.bytes);
			r->wrong_rules = field.bytes.size && !m->has_rules;
		}
		if (is_field(r, &field, NORMALIZER_DUMMY_PREFIX, PROTOBUF_VARINT)) m->dummy_prefix = field.value;
		if (is_field(r, &field, NORMALIZER_REMOVE_EXTRA, PROTOBUF_VARINT)) m->remove_extra = field.value;
		if (is_field(r, &field, NORMALIZER_ESCAPE, PROTOBUF_VARINT)) m->escape = field.value;
	}
	r->odd |= message.size > 0;
}

static bool read_model(struct sentencepiece_bpe *m, struct text file, struct reading *r) {
	struct protobuf_field field;
	m->dummy_prefix = m->remove_extra = m->escape = true;
	while (protobuf_next(&file, &field)) {
		if (field.number == MODEL_PIECES && !read_piece(field.bytes, r)) return false;
		if (field.number == MODEL_TRAINER) read_trainer(field.bytes, r);
		if (field.number == MODEL_NORMALIZER) read_normalizer(m, field.bytes, r);
	}
	return !file.size && r->bpe && !r->suffix && !r->wrong_rules && !r->odd && r->count < VOCABULARY_LIMIT;
}

static size_t code_points(struct text t) {
	const char *at = t.data;
	size_t count = 0;
	while (at < t.data + t.size) unicode_next(&at), count++;
	return count;
}

/* Whether a control symbol, the unknown piece or a byte has the text of a piece that is found in texts: the library takes one for the other. */
static bool is_ambiguous(const struct sentencepiece_bpe *m, const struct reading *r) {
	for (size_t id = 0; id < r->count; id++) {
		const struct piece *p = &r->pieces[id];
		if (p->type == NORMAL || p->type == USER_DEFINED) continue;
		if (vocabulary_find(&m->bpe.vocabulary, p->text) >= 0 || vocabulary_find(&m->user, p->text) >= 0) return true;
	}
	return false;
}

/* Control symbols and the like are never found in text, but the library would take a single character for one. */
static bool add_pieces(struct sentencepiece_bpe *m, const struct reading *r) {
	m->bpe.unknown = -1;
	for (size_t id = 0; id < r->count; id++) {
		const struct piece *p = &r->pieces[id];
		if (p->type == UNUSED || (p->type != NORMAL && p->type != USER_DEFINED && code_points(p->text) < 2)) return false;
		if (p->type == UNKNOWN) m->bpe.unknown = (int32_t)id;
		if (p->type == NORMAL && !vocabulary_add(&m->bpe.vocabulary, p->text, (uint32_t)id, true)) return false;
		if (p->type != USER_DEFINED) continue;
		/* the library ends a symbol at a NUL */
		if (m->remove_extra || m->has_rules || memchr(p->text.data, 0, p->text.size)) return false;
		if (!vocabulary_add(&m->user, p->text, (uint32_t)id, true)) return false;
		m->user_starts[(unsigned char)p->text.data[0]] = true;
		if (p->text.size > m->user_longest) m->user_longest = p->text.size;
	}
	return m->bpe.unknown >= 0 && !is_ambiguous(m, r);
}

static bool add_byte_tokens(struct sentencepiece_bpe *m, const struct reading *r) {
	for (int i = 0; i < 256; i++) m->bpe.byte_tokens[i] = -1;
	m->bpe.byte_fallback = r->fallback;
	m->bpe.fuse_unknown = true;
	for (size_t id = 0; id < r->count; id++) {
		unsigned byte;
		char name[8];
		const struct piece *p = &r->pieces[id];
		if (p->type != BYTE || p->text.size != 6) continue;
		memcpy(name, p->text.data, 6);
		name[6] = 0;
		if (sscanf(name, "<0x%2X>", &byte) == 1) m->bpe.byte_tokens[byte] = (int32_t)id;
	}
	for (int i = 0; r->fallback && i < 256; i++)
		if (m->bpe.byte_tokens[i] < 0) return false;
	return true;
}

static int by_score(const void *a, const void *b) {
	const struct piece *const *x = a, *const *y = b;
	return ((*x)->score < (*y)->score) - ((*x)->score > (*y)->score);
}

/* The library joins the neighbours whose joint piece has the highest score. Equal scores, equal ranks. */
static void rank_pieces(struct reading *r) {
	struct piece **order = memory_allocate(r->count * sizeof *order);
	for (size_t i = 0; i < r->count; i++) order[i] = &r->pieces[i];
	qsort(order, r->count, sizeof *order, by_score);
	for (size_t i = 0; i < r->count; i++)
		order[i]->rank = i && order[i]->score == order[i - 1]->score ? order[i - 1]->rank : (uint32_t)i;
	free(order);
}

/* A piece is made of any two others that it consists of. False when it has a character that is no piece: the library still joins it. */
static bool add_merges(struct sentencepiece_bpe *m, const struct reading *r) {
	const struct vocabulary *v = &m->bpe.vocabulary;
	for (size_t id = 0; id < r->count; id++) {
		const struct piece *p = &r->pieces[id];
		const char *end = p->text.data + p->text.size, *at = p->text.data;
		if (p->type != NORMAL || code_points(p->text) < 2) continue;
		while (at < end) {
			const char *from = at;
			unicode_next(&at);
			if (vocabulary_find(v, text_make(from, (size_t)(at - from))) < 0) return false;
			if (at == end) break;
			int32_t left = vocabulary_find(v, text_make(p->text.data, (size_t)(at - p->text.data)));
			int32_t right = vocabulary_find(v, text_make(at, (size_t)(end - at)));
			if (left >= 0 && right >= 0) bpe_add_merge(&m->bpe, (uint32_t)left, (uint32_t)right, (uint32_t)id, p->rank);
		}
	}
	return true;
}

struct sentencepiece_bpe *sentencepiece_bpe_open(struct text file) {
	struct sentencepiece_bpe *m = memory_zeroed(1, sizeof *m);
	struct reading r = {0};
	bool good = read_model(m, file, &r) && add_pieces(m, &r) && add_byte_tokens(m, &r);
	if (good) {
		rank_pieces(&r);
		good = add_merges(m, &r);
	}
	for (int c = 0; c < 0x80; c++) m->plain[c] = c != ' ' && !(m->has_rules && m->rules.starts[c]);
	free(r.pieces);
	if (good) {
		bpe_finish(&m->bpe);
		return m;
	}
	sentencepiece_bpe_close(m);
	return NULL;
}

void sentencepiece_bpe_close(struct sentencepiece_bpe *m) {
	if (!m) return;
	bpe_free(&m->bpe);
	vocabulary_free(&m->user);
	sentencepiece_rules_free(&m->rules);
	free(m);
}

struct sentencepiece_bpe_scratch *sentencepiece_bpe_scratch_make(void) {
	struct sentencepiece_bpe_scratch *s = memory_zeroed(1, sizeof *s);
	s->bpe = bpe_scratch_make();
	return s;
}

void sentencepiece_bpe_scratch_free(struct sentencepiece_bpe_scratch *s) {
	if (!s) return;
	bpe_scratch_free(s->bpe);
	buffer_free(&s->normal);
	free(s);
}

/* What the rules make of the text at `at`: a replacement, or one character as it is, or U+FFFD for a byte that is not UTF-8. */
static const char *next_part(const struct sentencepiece_bpe *m, const char *at, const char *end, struct text *part) {
	const char *from = at;
	size_t size = m->has_rules && m->rules.starts[(unsigned char)*at] ? sentencepiece_rules_find(&m->rules, at, end, part) : 0;
	if (size) return at + size;
	*part = text_of("\xEF\xBF\xBD");
	if (utf8_next(&at, end) == UTF8_BAD) return from + 1;
	*part = text_make(from, (size_t)(at - from));
	return at;
}

static void add_part(const struct sentencepiece_bpe *m, struct text part, struct buffer *out) {
	for (size_t i = 0; i < part.size; i++)
		if (part.data[i] == ' ' && m->escape) buffer_add_string(out, SPACE);
		else buffer_add_char(out, part.data[i]);
}

static const char *plain_run(const struct sentencepiece_bpe *m, const char *at, const char *end) {
	while (at < end && m->plain[(unsigned char)*at]) at++;
	return at;
}

static void normalize(const struct sentencepiece_bpe *m, struct text text, struct buffer *out) {
	const char *at = text.data, *end = at + text.size, *behind;
	struct text part, space = text_of(m->escape ? SPACE : " ");
	for (; m->remove_extra && at < end; at = behind) {
		behind = next_part(m, at, end, &part);
		if (!text_is(part, " ")) break;
	}
	if (at == end) return;
	if (m->dummy_prefix) buffer_add_text(out, space);
	bool after_space = m->remove_extra;
	while (at < end) {
		behind = plain_run(m, at, end);
		if (behind > at) {
			buffer_add(out, at, (size_t)(behind - at));
			at = behind;
			after_space = false;
			continue;
		}
		at = next_part(m, at, end, &part);
		while (after_space && part.size && *part.data == ' ') part = text_make(part.data + 1, part.size - 1);
		if (!part.size) continue;
		add_part(m, part, out);
		after_space = m->remove_extra && part.data[part.size - 1] == ' ';
	}
	while (m->remove_extra && text_ends(buffer_text(out), space)) out->size -= space.size;
}

/* The longest user-defined symbol at `at`, or -1. */
static int32_t user_symbol(const struct sentencepiece_bpe *m, const char *at, const char *end, size_t *size) {
	size_t most = (size_t)(end - at) < m->user_longest ? (size_t)(end - at) : m->user_longest;
	for (*size = most; *size; --*size) {
		int32_t id = vocabulary_find(&m->user, text_make(at, *size));
		if (id >= 0) return id;
	}
	return -1;
}

void sentencepiece_bpe_encode(
	const struct sentencepiece_bpe *m, struct sentencepiece_bpe_scratch *s, struct text text, struct token_ids *out) {
	buffer_clear(&s->normal);
	if (!text.size) return;
	normalize(m, text, &s->normal);
	const char *at = s->normal.data, *end = at + s->normal.size, *from = at;
	while (m->user_longest && at < end) {
		size_t size;
		int32_t id = m->user_starts[(unsigned char)*at] ? user_symbol(m, at, end, &size) : -1;
		if (id < 0) {
			unicode_next(&at);
			continue;
		}
		bpe_encode(&m->bpe, s->bpe, text_make(from, (size_t)(at - from)), end, out);
		token_ids_add(out, id);
		from = at += size;
	}
	bpe_encode(&m->bpe, s->bpe, text_make(from, (size_t)(end - from)), end, out);
	bpe_flush(&m->bpe, s->bpe, out);
}
