#include "token/unicode.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/memory.h"

uint8_t *unicode_classes_make(void) {
	uint8_t *classes = memory_zeroed(UNICODE_CODES, 1);
	for (size_t i = 0; i < unicode_class_ranges_count; i++) {
		const struct unicode_range *r = &unicode_class_ranges[i];
		memset(classes + r->first, r->value, r->last - r->first + 1);
	}
	return classes;
}

static uint32_t lower(uint32_t code) {
	size_t low = 0, high = unicode_lower_runs_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct unicode_run *r = &unicode_lower_runs[middle];
		if (code < r->first) high = middle;
		else if (code > r->last) low = middle + 1;
		else return (code - r->first) % r->step ? code : (uint32_t)((int32_t)code + r->distance);
	}
	return code;
}

static void add_code(struct buffer *b, uint32_t code) { b->size += utf8_write(code, buffer_reserve(b, 4)); }

void unicode_add_lower(struct buffer *b, uint32_t code) {
	if (code == 0x130) buffer_add_string(b, "i\xCC\x87"); /* the only one that becomes two code points */
	else add_code(b, lower(code));
}

/* utf8proc knows a later Unicode than the library's normalizer. Normal forms of assigned characters never change, so it is enough to treat what
 * came later as the library does: as code points that nothing happens to. These, and all that are normal wherever they stand, are `plain`: text of
 * plain code points is normal, and a plain code point is a border that no change crosses. */
struct unicode_normalizer {
	utf8proc_option_t options;
	bool compose;
	uint8_t plain[UNICODE_CODES / 8];
	uint8_t known[UNICODE_CODES / 8];
};

static bool bit(const uint8_t *bits, uint32_t i) { return bits[i >> 3] >> (i & 7) & 1; }
static void set_bit(uint8_t *bits, uint32_t i) { bits[i >> 3] = (uint8_t)(bits[i >> 3] | 1 << (i & 7)); }
static void clear_bit(uint8_t *bits, uint32_t i) { bits[i >> 3] = (uint8_t)(bits[i >> 3] & ~(1 << (i & 7))); }

enum { DECOMPOSED = 32 }; /* the longest decomposition has 18 code points */

static size_t decompose(const struct unicode_normalizer *n, uint32_t code, utf8proc_int32_t out[DECOMPOSED]) {
	int boundary = 0;
	utf8proc_ssize_t size = utf8proc_decompose_char((utf8proc_int32_t)code, out, DECOMPOSED, n->options, &boundary);
	if (size > 0 && size <= DECOMPOSED) return (size_t)size;
	out[0] = (utf8proc_int32_t)code;
	return 1;
}

static size_t compose(utf8proc_int32_t *codes, size_t count) {
	utf8proc_ssize_t left = utf8proc_normalize_utf32(codes, (utf8proc_ssize_t)count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
	return left < 0 ? count : (size_t)left;
}

static uint8_t combining_class(uint32_t code) { return (uint8_t)utf8proc_get_property((utf8proc_int32_t)code)->combining_class; }

static void judge(struct unicode_normalizer *n, uint32_t code, uint8_t *seconds) {
	utf8proc_int32_t parts[DECOMPOSED];
	size_t count = decompose(n, code, parts);
	if (count == 1 && parts[0] == (utf8proc_int32_t)code) {
		if (combining_class(code)) clear_bit(n->plain, code);
		return;
	}
	for (size_t i = 1; i < count; i++) set_bit(seconds, (uint32_t)parts[i]);
	if (n->compose) count = compose(parts, count);
	if (!n->compose || count != 1 || parts[0] != (utf8proc_int32_t)code) clear_bit(n->plain, code);
}

struct unicode_normalizer *unicode_normalizer_make(enum unicode_form form) {
	struct unicode_normalizer *n = memory_zeroed(1, sizeof *n);
	bool compatible = form == UNICODE_NFKC || form == UNICODE_NFKD;
	n->compose = form == UNICODE_NFC || form == UNICODE_NFKC;
	n->options = compatible ? UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE : UTF8PROC_DECOMPOSE | UTF8PROC_STABLE;
	memset(n->plain, 0xFF, sizeof n->plain);
	uint8_t *seconds = memory_zeroed(UNICODE_CODES / 8, 1);
	for (size_t i = 0; i < unicode_known_ranges_count; i++) {
		const struct unicode_range *r = &unicode_known_ranges[i];
		for (uint32_t code = r->first; code <= r->last; code++) {
			set_bit(n->known, code);
			if (code >= 0xAC00 && code <= 0xD7A3) { /* Hangul syllables, by rule */
				if (!n->compose) clear_bit(n->plain, code);
			} else {
				judge(n, code, seconds);
			}
		}
	}
	if (n->compose) { /* what may melt with the code point before it */
		for (uint32_t code = 0x1161; code <= 0x11C2; code++) set_bit(seconds, code);
		for (size_t i = 0; i < sizeof n->plain; i++) n->plain[i] = (uint8_t)(n->plain[i] & ~seconds[i]);
	}
	for (uint32_t code = 0; code < UNICODE_CODES; code++)
		if (!bit(n->known, code)) set_bit(n->plain, code);
	for (uint32_t code = 0; code < 0x80; code++) set_bit(n->plain, code); /* ASCII comes as a second only in forms of compatibility */
	free(seconds);
	return n;
}

void unicode_normalizer_free(struct unicode_normalizer *n) { free(n); }

/* The first place at or behind `at` whose code point is not plain; `*before` gets the last code point in front of it. */
static const char *find_change(const struct unicode_normalizer *n, const char *at, const char *end, const char **before) {
	*before = at;
	while (at < end) {
		if (!(*at & 0x80)) {
			*before = at++;
			continue;
		}
		const char *from = at;
		if (!bit(n->plain, unicode_next(&at))) return from;
		*before = from;
	}
	return end;
}

bool unicode_is_normal(const struct unicode_normalizer *n, struct text t) {
	const char *before, *end = t.data + t.size;
	return find_change(n, t.data, end, &before) == end;
}

/* Sorts a run of combining marks by class, equal ones staying in order. Counting keeps a megabyte of marks linear. */
static void sort_marks(utf8proc_int32_t *codes, size_t count) {
	size_t starts[257] = {0};
	utf8proc_int32_t *sorted = memory_allocate(count * sizeof *sorted);
	for (size_t i = 0; i < count; i++) starts[combining_class((uint32_t)codes[i]) + 1]++;
	for (size_t i = 1; i < 257; i++) starts[i] += starts[i - 1];
	for (size_t i = 0; i < count; i++) sorted[starts[combining_class((uint32_t)codes[i])]++] = codes[i];
	memcpy(codes, sorted, count * sizeof *codes);
	free(sorted);
}

static void order_marks(utf8proc_int32_t *codes, size_t count) {
	for (size_t i = 0; i < count;) {
		size_t from = i;
		while (i < count && combining_class((uint32_t)codes[i])) i++;
		if (i - from > 1) sort_marks(codes + from, i - from);
		if (i == from) i++;
	}
}

/* From the plain code point before a change up to the next plain one. */
static const char *normalize_run(const struct unicode_normalizer *n, const char *at, const char *end, struct buffer *out) {
	const char *from = at, *head = at;
	uint32_t first = unicode_next(&at);
	if (bit(n->known, first)) at = head;
	else buffer_add(out, from, (size_t)(at - from));
	utf8proc_int32_t *codes = NULL;
	size_t count = 0, capacity = 0;
	while (at < end) {
		const char *here = at;
		uint32_t code = unicode_next(&at);
		if (here != head && bit(n->plain, code)) {
			at = here;
			break;
		}
		codes = memory_grow(codes, &capacity, count + DECOMPOSED, sizeof *codes);
		count += decompose(n, code, codes + count);
	}
	order_marks(codes, count);
	if (n->compose && count) count = compose(codes, count);
	for (size_t i = 0; i < count; i++) add_code(out, (uint32_t)codes[i]);
	free(codes);
	return at;
}

void unicode_normalize(const struct unicode_normalizer *n, struct text t, struct buffer *out) {
	const char *at = t.data, *end = t.data + t.size, *before;
	while (at < end) {
		const char *change = find_change(n, at, end, &before);
		if (change == end) before = end;
		buffer_add(out, at, (size_t)(before - at));
		at = change == end ? end : normalize_run(n, before, end, out);
	}
}
