#include "token/bpe.h"

#include <stdlib.h>

#include "base/memory.h"
#include "token/bpe_merge.h"
#include "token/unicode.h"

enum {
	UNCUT = 24, /* a piece of bytes up to this size is not worth looking for cuts */
	CACHE_LINES = 1 << 15,
	KEY_SIZE = 28,
	LINE_IDS = 8,
	JOINT_BITS = 21,
	SPACE_UNIT = 0x80,
	SPACE_CODE = 0x2581,
	WAITING = 8 /* words that are merged side by side */
};

/* A word and its ids in one cache line of 64 bytes. */
struct line {
	uint64_t key[3];
	uint32_t tail;
	uint16_t size, count; /* size 0 = empty */
	int32_t ids[LINE_IDS];
};

/* A word that is not remembered, and the gap in the ids that is left for it. */
struct waiting {
	struct text word;
	size_t at;
	uint64_t key[4];
	struct line *line; /* NULL: the word is too long for it */
};

struct bpe_scratch {
	uint8_t tags[CACHE_LINES]; /* a glance at each line: those of other words need not be fetched from far memory */
	char *line_memory;
	struct line *lines; /* in it, each in one line of the processor's cache */
	struct waiting waiting[WAITING];
	struct bpe_word words[WAITING];
	size_t waiting_count;
	struct bpe_long symbols;
};

struct bpe_scratch *bpe_scratch_make(void) {
	struct bpe_scratch *s = memory_zeroed(1, sizeof *s);
	s->line_memory = memory_zeroed(CACHE_LINES + 1, sizeof *s->lines);
	s->lines = (struct line *)(s->line_memory + (64 - (uintptr_t)s->line_memory % 64) % 64);
	return s;
}

void bpe_scratch_free(struct bpe_scratch *s) {
	if (!s) return;
	free(s->line_memory);
	bpe_long_free(&s->symbols);
	free(s);
}

void bpe_add_merge(struct bpe *b, uint32_t left, uint32_t right, uint32_t into, uint32_t rank) {
	b->merges = memory_grow(b->merges, &b->merge_capacity, b->merge_count + 1, sizeof *b->merges);
	b->merges[b->merge_count++] = (struct bpe_merge){left, right, into, rank};
}

/* Symbols below BPE_UNITS are units, other code points are numbered from there on. */
static inline uint32_t next_symbol(const struct bpe *b, const char **at) {
	if (b->bytes || !(**at & 0x80)) return (unsigned char)*(*at)++;
	uint32_t code = unicode_next(at);
	return code == SPACE_CODE ? SPACE_UNIT : BPE_UNITS + code;
}

static inline int32_t symbol_id(const struct bpe *b, uint32_t symbol) {
	return symbol < BPE_UNITS ? b->unit_ids[symbol] : b->char_ids[symbol - BPE_UNITS];
}

/* Joints. A merge joins the last symbol of its left token to the first symbol of its right one; whatever is joined at
 * some time was neighbours at such a joint. So between two symbols that are no joint of any merge nothing is ever joined,
 * and the text can be cut there. Symbols that are no units share a table of hashes: a wrong "joint" only costs time. */
static uint8_t joint_bit(uint32_t left, uint32_t right, size_t *at) {
	uint64_t hash = ((uint64_t)left << 32 | right) * BPE_FACTOR;
	hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9u >> (64 - JOINT_BITS);
	*at = hash >> 3;
	return (uint8_t)(1 << (hash & 7));
}

static bool is_joint(const struct bpe *b, uint32_t left, uint32_t right) {
	size_t at;
	if ((left | right) < BPE_UNITS) return b->unit_joints[left * BPE_UNITS + right];
	uint8_t bit = joint_bit(left, right, &at);
	return b->joints[at] & bit;
}

static void set_joint(struct bpe *b, uint32_t left, uint32_t right) {
	size_t at;
	if ((left | right) < BPE_UNITS) {
		b->unit_joints[left * BPE_UNITS + right] = true;
		return;
	}
	uint8_t bit = joint_bit(left, right, &at);
	b->joints[at] |= bit;
}

static uint32_t last_symbol(const struct bpe *b, struct text token) {
	const char *at = token.data + token.size - 1;
	while (!b->bytes && at > token.data && (*at & 0xC0) == 0x80) at--;
	return next_symbol(b, &at);
}

static void find_joints(struct bpe *b) {
	b->unit_joints = memory_zeroed(BPE_UNITS * BPE_UNITS, sizeof *b->unit_joints);
	b->joints = memory_zeroed(1 << (JOINT_BITS - 3), 1);
	for (size_t i = 0; i < b->merge_count; i++) {
		struct text left = vocabulary_text(&b->vocabulary, (int32_t)b->merges[i].left);
		struct text right = vocabulary_text(&b->vocabulary, (int32_t)b->merges[i].right);
		if (left.size && right.size) set_joint(b, last_symbol(b, left), next_symbol(b, &right.data));
	}
	/* Units without an id may become anything: never cut beside them. */
	for (uint32_t unit = 0; unit < BPE_UNITS; unit++)
		for (uint32_t other = 0; b->unit_ids[unit] < 0 && other < BPE_UNITS; other++) {
			set_joint(b, unit, other);
			set_joint(b, other, unit);
		}
}

static void find_symbols(struct bpe *b) {
	for (int c = 0; c < BPE_UNITS; c++) {
		char byte = (char)c;
		b->unit_ids[c] = b->bytes ? vocabulary_find(&b->vocabulary, text_make(&byte, 1)) : -1;
	}
	if (b->bytes) return;
	b->char_ids = memory_allocate(UNICODE_CODES * sizeof *b->char_ids);
	memset(b->char_ids, 0xFF, UNICODE_CODES * sizeof *b->char_ids);
	for (size_t id = 0; id < b->vocabulary.count; id++) {
		if (!vocabulary_has(&b->vocabulary, (int32_t)id)) continue;
		struct text token = vocabulary_text(&b->vocabulary, (int32_t)id);
		if (!token.size || token.size > 4) continue;
		const char *at = token.data;
		uint32_t code = unicode_next(&at);
		if (at == token.data + token.size) b->char_ids[code] = vocabulary_find(&b->vocabulary, token);
	}
	memcpy(b->unit_ids, b->char_ids, 0x80 * sizeof *b->unit_ids);
	b->unit_ids[SPACE_UNIT] = b->char_ids[SPACE_CODE];
}

static void fill_first(struct bpe *b) {
	b->first = memory_allocate(BPE_UNITS * BPE_UNITS * sizeof *b->first);
	for (size_t i = 0; i < BPE_UNITS * BPE_UNITS; i++) {
		int32_t left = b->unit_ids[i / BPE_UNITS], right = b->unit_ids[i % BPE_UNITS];
		b->first[i] = left < 0 || right < 0 ? BPE_NO_MERGE : bpe_table_find(&b->table, (uint32_t)left, (uint32_t)right);
	}
}

void bpe_finish(struct bpe *b) {
	bpe_table_fill(&b->table, b->merges, b->merge_count, b->vocabulary.count);
	find_symbols(b);
	find_joints(b);
	fill_first(b);
	free(b->merges);
	b->merges = NULL;
}

void bpe_free(struct bpe *b) {
	vocabulary_free(&b->vocabulary);
	free(b->char_ids);
	free(b->merges);
	bpe_table_free(&b->table);
	free(b->first);
	free(b->unit_joints);
	free(b->joints);
	*b = (struct bpe){0};
}

/* A word on its way into a bpe_word or a bpe_long. */
struct symbols {
	uint32_t *ids;
	uint64_t *keys; /* of each symbol and the next one */
	size_t count;
	uint32_t symbol; /* the last one; BPE_UNITS or above when it is no unit */
};

/* Adds a symbol and the merge of the one before with it. */
static inline void add_symbol(const struct bpe *b, struct symbols *s, uint32_t id, uint32_t symbol) {
	size_t i = s->count++;
	s->ids[i] = id;
	s->keys[i] = BPE_NO_MERGE;
	if (i) {
		bool units = (s->symbol | symbol) < BPE_UNITS;
		uint64_t merge = units ? b->first[s->symbol * BPE_UNITS + symbol] : bpe_table_find(&b->table, s->ids[i - 1], id);
		s->keys[i - 1] = bpe_key(merge, i);
	}
	s->symbol = symbol;
}

/* A symbol without an id. False when it is to be held as unknown. */
static bool add_bytes(const struct bpe *b, struct symbols *s, const char *from, size_t size) {
	if (!b->byte_fallback) return false;
	for (size_t i = 0; i < size; i++)
		if (b->byte_tokens[(unsigned char)from[i]] < 0) return false;
	for (size_t i = 0; i < size; i++) add_symbol(b, s, (uint32_t)b->byte_tokens[(unsigned char)from[i]], BPE_UNITS);
	return true;
}

/* Adds units of one byte, the bulk of most texts, up to what is none; there is one before them. */
static const char *add_units(const struct bpe *b, struct symbols *s, const char *at, const char *end) {
	const unsigned limit = b->bytes ? 0x100 : 0x80;
	size_t i = s->count;
	unsigned last = s->symbol;
	for (; at < end; at++, i++) {
		unsigned unit = (unsigned char)*at;
		if (unit >= limit || b->unit_ids[unit] < 0) break;
		s->ids[i] = (uint32_t)b->unit_ids[unit];
		s->keys[i - 1] = bpe_key(b->first[last * BPE_UNITS + unit], i);
		last = unit;
	}
	s->keys[i - 1] = BPE_NO_MERGE;
	s->count = i;
	s->symbol = last;
	return at;
}

/* Turns a word into symbols; there is room for one a byte. An unknown run is held back until a known symbol comes, as the library
 * does: byte tokens overtake it. */
static void load_symbols(const struct bpe *b, struct text word, struct symbols *s) {
	const char *at = word.data, *end = word.data + word.size;
	bool held = false;
	for (;;) {
		if (s->count && s->symbol < BPE_UNITS && !held) at = add_units(b, s, at, end);
		if (at == end) break;
		const char *from = at;
		uint32_t symbol = next_symbol(b, &at);
		int32_t id = symbol_id(b, symbol);
		if (id >= 0) {
			if (held) add_symbol(b, s, (uint32_t)b->unknown, BPE_UNITS);
			held = false;
			add_symbol(b, s, (uint32_t)id, symbol);
			continue;
		}
		if (add_bytes(b, s, from, (size_t)(at - from)) || b->unknown < 0) continue;
		if (held && !b->fuse_unknown) add_symbol(b, s, (uint32_t)b->unknown, BPE_UNITS);
		held = true;
	}
	if (held) add_symbol(b, s, (uint32_t)b->unknown, BPE_UNITS);
}

static void make_room(struct token_ids *out, size_t more) {
	if (out->capacity - out->count < more) out->ids = memory_grow(out->ids, &out->capacity, out->count + more, sizeof *out->ids);
}

/* A word that is too long to wait. */
static void encode_long(const struct bpe *b, struct bpe_scratch *s, struct text word, struct token_ids *out) {
	make_room(out, word.size);
	if (b->ignore_merges) {
		int32_t id = vocabulary_find(&b->vocabulary, word);
		if (id >= 0) {
			out->ids[out->count++] = id;
			return;
		}
	}
	bpe_long_reserve(&s->symbols, word.size);
	struct symbols symbols = {.ids = s->symbols.ids, .keys = s->symbols.keys};
	load_symbols(b, word, &symbols);
	size_t count = bpe_long_merge(&b->table, &s->symbols, symbols.count);
	memcpy(out->ids + out->count, s->symbols.ids, count * sizeof *out->ids);
	out->count += count;
}

static void load_waiting(const struct bpe *b, struct bpe_scratch *s) {
	struct text texts[WAITING];
	int32_t tokens[VOCABULARY_BATCH];
	for (size_t i = 0; i < s->waiting_count; i++) {
		texts[i] = s->waiting[i].word;
		tokens[i] = -1;
	}
	if (b->ignore_merges) vocabulary_find_all(&b->vocabulary, texts, s->waiting_count, tokens);
	for (size_t i = 0; i < s->waiting_count; i++) {
		struct bpe_word *w = &s->words[i];
		struct symbols symbols = {.ids = w->ids + 1, .keys = w->keys + 1};
		if (tokens[i] >= 0) add_symbol(b, &symbols, (uint32_t)tokens[i], BPE_UNITS);
		else load_symbols(b, texts[i], &symbols);
		bpe_word_start(w, symbols.count, (uint32_t)b->vocabulary.count);
	}
}

static void keep_word(const struct waiting *w, const int32_t *ids, size_t count) {
	struct line *line = w->line;
	if (!line || count > LINE_IDS) return;
	memcpy(line->key, w->key, sizeof line->key);
	line->tail = (uint32_t)w->key[3];
	line->size = (uint16_t)w->word.size;
	line->count = (uint16_t)count;
	memcpy(line->ids, ids, sizeof line->ids);
}

void bpe_flush(const struct bpe *b, struct bpe_scratch *s, struct token_ids *out) {
	size_t count = s->waiting_count;
	if (!count) return;
	load_waiting(b, s);
	bpe_words_merge(&b->table, s->words, count);
	size_t to = s->waiting[0].at;
	for (size_t i = 0; i < count; i++) {
		const struct waiting *w = &s->waiting[i];
		int32_t *ids = out->ids + to;
		size_t made = bpe_word_take(&s->words[i], (uint32_t *)ids);
		keep_word(w, ids, made);
		to += made;
		size_t end = i + 1 < count ? s->waiting[i + 1].at : out->count;
		for (size_t from = w->at + w->word.size; from < end; from++) out->ids[to++] = out->ids[from];
	}
	out->count = to;
	s->waiting_count = 0;
}

/* Leaves a gap for the ids of a word, which are found together with those of others. */
static struct waiting *put_off(const struct bpe *b, struct bpe_scratch *s, struct text word, struct token_ids *out) {
	if (s->waiting_count == WAITING) bpe_flush(b, s, out);
	struct waiting *w = &s->waiting[s->waiting_count++];
	w->word = word;
	w->at = out->count;
	w->line = NULL;
	make_room(out, word.size + LINE_IDS);
	out->count += word.size;
	return w;
}

/* Up to 8 bytes, filled up with zeros. */
static uint64_t load_bytes(const char *at, size_t size, const char *readable) {
	uint64_t value = 0;
	if (size >= 8) {
		memcpy(&value, at, 8);
		return value;
	}
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (readable - at >= 8) {
		memcpy(&value, at, 8);
		return value & ((UINT64_C(1) << 8 * size) - 1);
	}
#endif
	memcpy(&value, at, size);
	return value;
}

static uint64_t fold(uint64_t a, uint64_t b) {
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static void encode_cached(const struct bpe *b, struct bpe_scratch *s, struct text word, const char *readable, struct token_ids *out) {
	uint64_t key[4] = {load_bytes(word.data, word.size, readable)};
	for (size_t i = 1; 8 * i < word.size; i++) key[i] = load_bytes(word.data + 8 * i, word.size - 8 * i, readable);
	uint64_t hash = fold(key[0] ^ 0xA0761D6478BD642Fu ^ word.size, key[1] ^ 0xE7037ED1A0B428DBu);
	if (word.size > 16) hash ^= fold(key[2] ^ 0x8EBC6AF09C88C6E3u, key[3] ^ 0x589965CC75374CC3u);
	struct line *line = &s->lines[hash & (CACHE_LINES - 1)];
	uint8_t *tag = &s->tags[hash & (CACHE_LINES - 1)];
	if (*tag == hash >> 56 && line->size == word.size && line->key[0] == key[0] && line->key[1] == key[1] && line->key[2] == key[2] &&
		line->tail == (uint32_t)key[3]) {
		make_room(out, LINE_IDS);
		memcpy(out->ids + out->count, line->ids, sizeof line->ids);
		out->count += line->count;
		return;
	}
	struct waiting *w = put_off(b, s, word, out);
	memcpy(w->key, key, sizeof key);
	w->line = line;
	*tag = (uint8_t)(hash >> 56);
}

static void encode_any(const struct bpe *b, struct bpe_scratch *s, struct text word, const char *readable, struct token_ids *out) {
	if (word.size <= KEY_SIZE) encode_cached(b, s, word, readable, out);
	else if (word.size <= BPE_SHORT) put_off(b, s, word, out);
	else encode_long(b, s, word, out);
}

static void encode_cut_bytes(const struct bpe *b, struct bpe_scratch *s, struct text piece, const char *readable, struct token_ids *out) {
	const unsigned char *text = (const unsigned char *)piece.data;
	size_t from = 0;
	for (size_t i = 1; i <= piece.size; i++) {
		if (i < piece.size && is_joint(b, text[i - 1], text[i])) continue;
		encode_any(b, s, text_make(piece.data + from, i - from), readable, out);
		from = i;
	}
}

/* A cut needs known symbols on both sides: an unknown run is fused, and byte tokens have joints of their own. */
static bool may_cut(const struct bpe *b, uint32_t left, uint32_t right) {
	if (is_joint(b, left, right)) return false;
	return (left | right) < BPE_UNITS || (symbol_id(b, left) >= 0 && symbol_id(b, right) >= 0);
}

static void encode_cut(const struct bpe *b, struct bpe_scratch *s, struct text piece, const char *readable, struct token_ids *out) {
	const char *from = piece.data, *at = from, *end = from + piece.size;
	uint32_t left = next_symbol(b, &at);
	for (;;) {
		for (; at < end && left < BPE_UNITS && !(*at & 0x80); at++) { /* most of most texts */
			if (!b->unit_joints[left * BPE_UNITS + (unsigned char)*at]) break;
			left = (unsigned char)*at;
		}
		if (at == end) break;
		const char *here = at;
		uint32_t right = next_symbol(b, &at);
		if (may_cut(b, left, right)) {
			encode_any(b, s, text_make(from, (size_t)(here - from)), readable, out);
			from = here;
		}
		left = right;
	}
	encode_any(b, s, text_make(from, (size_t)(end - from)), readable, out);
}

void bpe_encode(const struct bpe *b, struct bpe_scratch *s, struct text piece, const char *readable, struct token_ids *out) {
	if (!piece.size) return;
	if (b->ignore_merges || (b->bytes && piece.size <= UNCUT)) encode_any(b, s, piece, readable, out);
	else if (b->bytes) encode_cut_bytes(b, s, piece, readable, out);
	else encode_cut(b, s, piece, readable, out);
}
