#include "token/bpe.h"

#include <stdlib.h>

#include "base/memory.h"
#include "token/unicode.h"

enum {
	SHORT_WORD = 48, /* symbols that are merged in small arrays */
	UNCUT = 24,      /* a piece of bytes up to this size is not worth looking for cuts */
	CACHE_LINES = 1 << 14,
	KEY_SIZE = 28,
	LINE_IDS = 8,
	JOINT_BITS = 21,
	UNITS = 256, /* symbols of the table for first pairs */
	RECENT_BITS = 14
};

/* A word and its ids in one cache line of 64 bytes. */
struct line {
	uint64_t key[3];
	uint32_t tail;
	uint16_t size, count; /* size 0 = empty */
	int32_t ids[LINE_IDS];
};

enum whole { WHOLE_UNKNOWN, WHOLE_YES, WHOLE_NO };

struct bpe_scratch {
	char *line_memory;
	struct line *lines;      /* in it, each in one line of the processor's cache */
	struct bpe_slot *recent; /* pairs looked up lately, those without a merge, too: the big table is far from the processor */
	uint8_t *whole;          /* by id: do the merges make this token of its own string? */
	uint32_t *ids, *previous, *next;
	struct bpe_first *pairs; /* of each symbol and the next one: the merge */
	size_t symbol_capacity;
	uint64_t *heap;
	size_t heap_capacity;
};

struct bpe_scratch *bpe_scratch_make(const struct bpe *b) {
	struct bpe_scratch *s = memory_zeroed(1, sizeof *s);
	s->line_memory = memory_zeroed(CACHE_LINES + 1, sizeof *s->lines);
	s->lines = (struct line *)(s->line_memory + (64 - (uintptr_t)s->line_memory % 64) % 64);
	s->recent = memory_allocate(sizeof *s->recent << RECENT_BITS);
	memset(s->recent, 0xFF, sizeof *s->recent << RECENT_BITS);
	s->whole = memory_zeroed(b->vocabulary.count, 1);
	return s;
}

void bpe_scratch_free(struct bpe_scratch *s) {
	if (!s) return;
	free(s->line_memory);
	free(s->recent);
	free(s->whole);
	free(s->ids);
	free(s->previous);
	free(s->next);
	free(s->pairs);
	free(s->heap);
	free(s);
}

static uint64_t pair_hash(uint32_t left, uint32_t right) {
	uint64_t hash = ((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15u;
	return (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9u;
}

static bool in_filter(const struct bpe *b, uint64_t hash) {
	size_t bit = (size_t)(hash >> (b->slot_shift - 2)); /* four bits for each slot */
	return b->filter[bit >> 6] >> (bit & 63) & 1;
}

/* The slot of a pair, or the empty one where it would go. */
static struct bpe_slot *pair_slot(const struct bpe *b, uint32_t left, uint32_t right, uint64_t hash) {
	size_t mask = ((size_t)1 << (64 - b->slot_shift)) - 1;
	for (size_t i = (size_t)(hash >> b->slot_shift);; i = (i + 1) & mask) {
		struct bpe_slot *slot = &b->slots[i];
		if (slot->rank == UINT32_MAX || (slot->left == left && slot->right == right)) return slot;
	}
}

static const struct bpe_first no_merge = {UINT32_MAX, 0};

static struct bpe_first pair_merge(const struct bpe *b, uint32_t left, uint32_t right) {
	uint64_t hash = pair_hash(left, right);
	if (!in_filter(b, hash)) return no_merge;
	const struct bpe_slot *slot = pair_slot(b, left, right, hash);
	return (struct bpe_first){slot->rank, slot->into};
}

static struct bpe_first recent_merge(const struct bpe *b, struct bpe_scratch *s, uint32_t left, uint32_t right) {
	struct bpe_slot *slot = &s->recent[pair_hash(left, right) >> (64 - RECENT_BITS)];
	if (slot->left != left || slot->right != right) {
		struct bpe_first found = pair_merge(b, left, right);
		*slot = (struct bpe_slot){left, right, found.rank, found.into};
	}
	return (struct bpe_first){slot->rank, slot->into};
}

void bpe_add_merge(struct bpe *b, uint32_t left, uint32_t right, uint32_t into, uint32_t rank) {
	b->merges = memory_grow(b->merges, &b->merge_capacity, b->merge_count + 1, sizeof *b->merges);
	b->merges[b->merge_count++] = (struct bpe_merge){left, right, into, rank};
}

/* Joints. A merge joins the last symbol of its left token to the first symbol of its right one; whatever is joined at
 * some time was neighbours at such a joint. So between two symbols that are no joint of any merge nothing is ever joined,
 * and the text can be cut there. Code points beyond ASCII share a table of hashes: a wrong "joint" only costs time. */
static size_t joint_bit(bool bytes, uint32_t left, uint32_t right) {
	if (bytes || (left | right) < 0x80) return (size_t)left << 8 | right;
	return (size_t)(pair_hash(left, right) >> (64 - JOINT_BITS)) + (1 << 16);
}

static bool is_joint(const struct bpe *b, uint32_t left, uint32_t right) {
	size_t at = joint_bit(b->bytes, left, right);
	return b->joints[at >> 3] >> (at & 7) & 1;
}

static void set_joint(struct bpe *b, uint32_t left, uint32_t right) {
	size_t at = joint_bit(b->bytes, left, right);
	b->joints[at >> 3] = (uint8_t)(b->joints[at >> 3] | 1 << (at & 7));
}

static uint32_t first_symbol(const struct bpe *b, struct text token) {
	const char *at = token.data;
	return b->bytes ? (unsigned char)*at : unicode_next(&at);
}

static uint32_t last_symbol(const struct bpe *b, struct text token) {
	const char *at = token.data + token.size - 1;
	if (b->bytes) return (unsigned char)*at;
	while (at > token.data && (*at & 0xC0) == 0x80) at--;
	return unicode_next(&at);
}

static void find_joints(struct bpe *b) {
	b->joints = memory_zeroed(((1 << 16) + (1 << JOINT_BITS)) / 8, 1);
	for (size_t i = 0; i < b->merge_count; i++) {
		struct text left = vocabulary_text(&b->vocabulary, (int32_t)b->merges[i].left);
		struct text right = vocabulary_text(&b->vocabulary, (int32_t)b->merges[i].right);
		if (left.size && right.size) set_joint(b, last_symbol(b, left), first_symbol(b, right));
	}
	/* Symbols without an id may become anything: never cut beside them. */
	for (uint32_t c = 0; c < (b->bytes ? 256 : 128); c++) {
		if (b->bytes ? b->byte_symbols[c] >= 0 : b->char_symbols[c] >= 0) continue;
		for (uint32_t other = 0; other < 256; other++) {
			if (!b->bytes && other >= 128) break;
			set_joint(b, c, other);
			set_joint(b, other, c);
		}
	}
}

static void find_symbols(struct bpe *b) {
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;
		b->byte_symbols[c] = b->bytes ? vocabulary_find(&b->vocabulary, text_make(&byte, 1)) : -1;
	}
	if (b->bytes) return;
	b->char_symbols = memory_allocate(UNICODE_CODES * sizeof *b->char_symbols);
	memset(b->char_symbols, 0xFF, UNICODE_CODES * sizeof *b->char_symbols);
	for (size_t id = 0; id < b->vocabulary.count; id++) {
		if (!vocabulary_has(&b->vocabulary, (int32_t)id)) continue;
		struct text token = vocabulary_text(&b->vocabulary, (int32_t)id);
		if (!token.size || token.size > 4) continue;
		const char *at = token.data;
		uint32_t code = unicode_next(&at);
		if (at == token.data + token.size) b->char_symbols[code] = vocabulary_find(&b->vocabulary, token);
	}
}

/* Symbols with a place in the table of first pairs: all bytes; of code points ASCII and U+2581, which stands for a space. */
static unsigned unit_of(const struct bpe *b, uint32_t symbol) {
	if (b->bytes || symbol < 0x80) return symbol;
	return symbol == 0x2581 ? 0x80 : UNITS;
}

static void fill_first(struct bpe *b) {
	int32_t ids[UNITS];
	for (uint32_t unit = 0; unit < UNITS; unit++) {
		if (b->bytes) ids[unit] = b->byte_symbols[unit];
		else ids[unit] = unit < 0x80 ? b->char_symbols[unit] : unit == 0x80 ? b->char_symbols[0x2581] : -1;
	}
	b->first = memory_allocate(UNITS * UNITS * sizeof *b->first);
	for (size_t i = 0; i < UNITS * UNITS; i++) {
		int32_t left = ids[i / UNITS], right = ids[i % UNITS];
		b->first[i] = left < 0 || right < 0 ? no_merge : pair_merge(b, (uint32_t)left, (uint32_t)right);
	}
}

static void fill_slots(struct bpe *b) {
	unsigned bits = 6;
	while (((size_t)1 << bits) < b->merge_count + b->merge_count / 2) bits++;
	b->slot_shift = 64 - bits;
	size_t count = (size_t)1 << bits;
	b->slots = memory_allocate(count * sizeof *b->slots);
	memset(b->slots, 0xFF, count * sizeof *b->slots);
	b->filter = memory_zeroed(count / 16, sizeof *b->filter);
	for (size_t i = 0; i < b->merge_count; i++) {
		const struct bpe_merge *m = &b->merges[i], *ahead = m + (i + 12 < b->merge_count ? 12 : 0);
		__builtin_prefetch(&b->slots[pair_hash(ahead->left, ahead->right) >> b->slot_shift], 1);
		uint64_t hash = pair_hash(m->left, m->right);
		size_t bit = (size_t)(hash >> (b->slot_shift - 2));
		b->filter[bit >> 6] |= UINT64_C(1) << (bit & 63);
		*pair_slot(b, m->left, m->right, hash) = (struct bpe_slot){m->left, m->right, m->rank, m->into};
	}
}

void bpe_finish(struct bpe *b) {
	fill_slots(b);
	find_symbols(b);
	find_joints(b);
	fill_first(b);
	free(b->merges);
	b->merges = NULL;
}

void bpe_free(struct bpe *b) {
	vocabulary_free(&b->vocabulary);
	free(b->char_symbols);
	free(b->merges);
	free(b->slots);
	free(b->filter);
	free(b->first);
	free(b->joints);
	*b = (struct bpe){0};
}

/* Adds a symbol and the merge of it with the one before. */
struct symbols {
	uint32_t *ids;
	struct bpe_first *pairs;
	size_t count;
	unsigned unit; /* of the last symbol; UNITS when it has none */
};

static void add_symbol(const struct bpe *b, struct symbols *s, uint32_t id, unsigned unit) {
	size_t i = s->count++;
	s->ids[i] = id;
	s->pairs[i] = no_merge;
	if (i) s->pairs[i - 1] = (s->unit | unit) < UNITS ? b->first[s->unit * UNITS + unit] : pair_merge(b, s->ids[i - 1], id);
	s->unit = unit;
}

/* A symbol without an id. False when it is to be held as unknown. */
static bool add_bytes(const struct bpe *b, struct symbols *s, const char *from, size_t size) {
	if (!b->byte_fallback) return false;
	for (size_t i = 0; i < size; i++)
		if (b->byte_tokens[(unsigned char)from[i]] < 0) return false;
	for (size_t i = 0; i < size; i++) add_symbol(b, s, (uint32_t)b->byte_tokens[(unsigned char)from[i]], UNITS);
	return true;
}

/* Turns a word into symbols; there is room for one a byte. An unknown run is held back until a known symbol comes, as the library
 * does: byte tokens overtake it. */
static void load_symbols(const struct bpe *b, struct text word, struct symbols *s) {
	const char *at = word.data, *end = word.data + word.size;
	bool held = false;
	while (at < end) {
		const char *from = at;
		uint32_t symbol = b->bytes ? (unsigned char)*at++ : unicode_next(&at);
		int32_t id = b->bytes ? b->byte_symbols[symbol] : b->char_symbols[symbol];
		if (id >= 0) {
			if (held) add_symbol(b, s, (uint32_t)b->unknown, UNITS);
			held = false;
			add_symbol(b, s, (uint32_t)id, unit_of(b, symbol));
			continue;
		}
		if (add_bytes(b, s, from, (size_t)(at - from)) || b->unknown < 0) continue;
		if (held && !b->fuse_unknown) add_symbol(b, s, (uint32_t)b->unknown, UNITS);
		held = true;
	}
	if (held) add_symbol(b, s, (uint32_t)b->unknown, UNITS);
}

static size_t merge_short(const struct bpe *b, struct bpe_scratch *s, size_t count) {
	uint32_t *ids = s->ids;
	struct bpe_first *pairs = s->pairs;
	while (count > 1) {
		uint64_t best = UINT64_MAX; /* rank and place in one number: no branch to guess wrong */
		for (size_t i = 0; i + 1 < count; i++) {
			uint64_t here = (uint64_t)pairs[i].rank << 32 | i;
			best = here < best ? here : best;
		}
		size_t at = (uint32_t)best;
		if (best >> 32 == UINT32_MAX) break;
		ids[at] = pairs[at].into;
		count--;
		for (size_t i = at + 1; i < count; i++) {
			ids[i] = ids[i + 1];
			pairs[i - 1] = pairs[i];
		}
		if (at + 1 < count) pairs[at] = recent_merge(b, s, ids[at], ids[at + 1]);
		if (at > 0) pairs[at - 1] = recent_merge(b, s, ids[at - 1], ids[at]);
	}
	return count;
}

/* A heap of rank << 32 | position, smallest first. */
static void heap_push(struct bpe_scratch *s, size_t *count, uint64_t value) {
	s->heap = memory_grow(s->heap, &s->heap_capacity, *count + 1, sizeof *s->heap);
	size_t i = (*count)++;
	while (i > 0 && s->heap[(i - 1) / 4] > value) {
		s->heap[i] = s->heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	s->heap[i] = value;
}

static void heap_sink(uint64_t *heap, size_t count, size_t i, uint64_t value) {
	for (;;) {
		size_t child = 4 * i + 1, last = child + 4 < count ? child + 4 : count, least = child;
		if (child >= count) break;
		for (size_t k = child + 1; k < last; k++)
			if (heap[k] < heap[least]) least = k;
		if (heap[least] >= value) break;
		heap[i] = heap[least];
		i = least;
	}
	heap[i] = value;
}

static void pair_refresh(const struct bpe *b, struct bpe_scratch *s, size_t *heap_count, size_t count, uint32_t at) {
	s->pairs[at] = s->next[at] < count ? recent_merge(b, s, s->ids[at], s->ids[s->next[at]]) : no_merge;
	if (s->pairs[at].rank != UINT32_MAX) heap_push(s, heap_count, (uint64_t)s->pairs[at].rank << 32 | at);
}

static size_t heap_fill(struct bpe_scratch *s, size_t count) {
	size_t heap_count = 0;
	for (size_t i = 0; i < count; i++) {
		s->previous[i] = (uint32_t)i - 1;
		s->next[i] = (uint32_t)i + 1;
		if (s->pairs[i].rank == UINT32_MAX) continue;
		s->heap = memory_grow(s->heap, &s->heap_capacity, heap_count + 1, sizeof *s->heap);
		s->heap[heap_count++] = (uint64_t)s->pairs[i].rank << 32 | i;
	}
	for (size_t i = heap_count / 4 + 1; i-- > 0;)
		if (i < heap_count) heap_sink(s->heap, heap_count, i, s->heap[i]);
	return heap_count;
}

static size_t merge_long(const struct bpe *b, struct bpe_scratch *s, size_t count) {
	size_t heap_count = heap_fill(s, count), left = 0;
	while (heap_count) {
		uint64_t top = s->heap[0];
		uint64_t last = s->heap[--heap_count];
		if (heap_count) heap_sink(s->heap, heap_count, 0, last);
		uint32_t at = (uint32_t)top;
		if (s->pairs[at].rank != (uint32_t)(top >> 32)) continue; /* out of date */
		uint32_t gone = s->next[at];
		s->ids[at] = s->pairs[at].into;
		s->pairs[gone] = no_merge;
		s->next[at] = s->next[gone];
		if (s->next[at] < count) s->previous[s->next[at]] = at;
		pair_refresh(b, s, &heap_count, count, at);
		if (at > 0) pair_refresh(b, s, &heap_count, count, s->previous[at]);
	}
	for (size_t i = 0; i < count; i = s->next[i]) s->ids[left++] = s->ids[i];
	return left;
}

/* What the merges make of a word, in s->ids. */
static size_t merge_word(const struct bpe *b, struct bpe_scratch *s, struct text word) {
	size_t capacity = s->symbol_capacity;
	s->ids = memory_grow(s->ids, &s->symbol_capacity, word.size + SHORT_WORD, sizeof *s->ids);
	if (s->symbol_capacity != capacity) {
		s->previous = memory_resize(s->previous, s->symbol_capacity, sizeof *s->previous);
		s->next = memory_resize(s->next, s->symbol_capacity, sizeof *s->next);
		s->pairs = memory_resize(s->pairs, s->symbol_capacity, sizeof *s->pairs);
	}
	struct symbols symbols = {.ids = s->ids, .pairs = s->pairs};
	load_symbols(b, word, &symbols);
	return symbols.count <= SHORT_WORD ? merge_short(b, s, symbols.count) : merge_long(b, s, symbols.count);
}

static void make_room(struct token_ids *out, size_t more) {
	if (out->capacity - out->count < more) out->ids = memory_grow(out->ids, &out->capacity, out->count + more, sizeof *out->ids);
}

static void add_ids(struct token_ids *out, const uint32_t *ids, size_t count) {
	if (!count) return;
	make_room(out, count);
	memcpy(out->ids + out->count, ids, count * sizeof *ids);
	out->count += count;
}

/* The ids of a word without the cache: they are added to `out`. */
static void encode_word(const struct bpe *b, struct bpe_scratch *s, struct text word, struct token_ids *out) {
	int32_t id = vocabulary_find(&b->vocabulary, word);
	if (id >= 0 && (b->ignore_merges || s->whole[id] == WHOLE_YES)) {
		make_room(out, 1);
		out->ids[out->count++] = id;
		return;
	}
	size_t count = merge_word(b, s, word);
	if (id >= 0) s->whole[id] = count == 1 && s->ids[0] == (uint32_t)id ? WHOLE_YES : WHOLE_NO;
	add_ids(out, s->ids, count);
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
	uint64_t key[4] = {0};
	for (size_t i = 0, left = word.size; left; i++) {
		key[i] = load_bytes(word.data + 8 * i, left, readable);
		left -= left < 8 ? left : 8;
	}
	uint64_t hash = fold(key[0] ^ 0xA0761D6478BD642Fu ^ word.size, key[1] ^ 0xE7037ED1A0B428DBu);
	if (word.size > 16) hash ^= fold(key[2] ^ 0x8EBC6AF09C88C6E3u, key[3] ^ 0x589965CC75374CC3u);
	struct line *line = &s->lines[hash & (CACHE_LINES - 1)];
	if (line->size == word.size && line->key[0] == key[0] && line->key[1] == key[1] && line->key[2] == key[2] &&
		line->tail == (uint32_t)key[3]) {
		make_room(out, LINE_IDS);
		memcpy(out->ids + out->count, line->ids, sizeof line->ids);
		out->count += line->count;
		return;
	}
	size_t before = out->count;
	encode_word(b, s, word, out);
	size_t count = out->count - before;
	if (count > LINE_IDS) return;
	memcpy(line->key, key, sizeof line->key);
	line->tail = (uint32_t)key[3];
	line->size = (uint16_t)word.size;
	line->count = (uint16_t)count;
	if (count) memcpy(line->ids, out->ids + before, count * sizeof *out->ids);
}

static void encode_any(const struct bpe *b, struct bpe_scratch *s, struct text word, const char *readable, struct token_ids *out) {
	if (word.size <= KEY_SIZE) encode_cached(b, s, word, readable, out);
	else encode_word(b, s, word, out);
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
	if ((left | right) < 0x80) return true;
	return b->char_symbols[left] >= 0 && b->char_symbols[right] >= 0;
}

static void encode_cut(const struct bpe *b, struct bpe_scratch *s, struct text piece, const char *readable, struct token_ids *out) {
	const char *from = piece.data, *at = from, *end = from + piece.size;
	uint32_t left = unicode_next(&at);
	while (at < end) {
		const char *here = at;
		uint32_t right = unicode_next(&at);
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
