#include "base/text.h"

int text_compare(struct text a, struct text b) {
	size_t shorter = a.size < b.size ? a.size : b.size;
	int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
	if (order) return order;
	return a.size < b.size ? -1 : a.size > b.size;
}

int text_digit(char c) {
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

int text_among(const char *words, const char *word) {
	int index = 0;
	for (const char *at = words; *at; index++) {
		size_t size = strcspn(at, " ");
		if (text_is(text_make(at, size), word)) return index;
		at += size + (at[size] == ' ');
	}
	return -1;
}

uint32_t utf8_next(const char **at, const char *end) {
	const unsigned char *p = (const unsigned char *)*at;
	uint32_t lead = *p;
	*at += 1;
	if (lead < 0x80) return lead;
	if (lead < 0xC2 || lead > 0xF4) return UTF8_BAD;
	size_t more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
	uint32_t code = lead & (0x3Fu >> more);
	for (size_t i = 1; i <= more; i++) {
		if (*at == end) return UTF8_BAD;
		uint32_t byte = p[i];
		uint32_t low = 0x80, high = 0xBF;
		if (i == 1) {
			if (lead == 0xE0) low = 0xA0;
			if (lead == 0xED) high = 0x9F;
			if (lead == 0xF0) low = 0x90;
			if (lead == 0xF4) high = 0x8F;
		}
		if (byte < low || byte > high) return UTF8_BAD;
		code = code << 6 | (byte & 0x3F);
		*at += 1;
	}
	return code;
}

size_t utf8_write(uint32_t code, char out[4]) {
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

/* Behind the leading part of whole words (8 bytes) that is ASCII. */
static const char *skip_ascii(const char *at, const char *end) {
	for (uint64_t word; end - at >= 8; at += 8) {
		memcpy(&word, at, 8);
		if (word & 0x8080808080808080u) break;
	}
	return at;
}

bool text_ascii(struct text t) {
	const char *end = t.data + t.size;
	for (const char *at = t.size ? skip_ascii(t.data, end) : end; at < end; at++)
		if ((unsigned char)*at >= 0x80) return false;
	return true;
}

bool utf8_valid(struct text t) {
	const char *end = t.data + t.size;
	for (const char *at = t.size ? skip_ascii(t.data, end) : end; at < end; at = skip_ascii(at, end)) {
		if ((unsigned char)*at < 0x80) at++;
		else if (utf8_next(&at, end) == UTF8_BAD) return false;
	}
	return true;
}

bool unicode_is_space(uint32_t code) {
	if (code < 0x80) return code == ' ' || (code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x1F);
	return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
	       code == 0x202F || code == 0x205F || code == 0x3000;
}

struct text text_trim(struct text t) {
	const char *start = t.data, *end = t.data + t.size;
	while (start < end) {
		const char *next = start;
		if (!unicode_is_space(utf8_next(&next, end))) break;
		start = next;
	}
	while (end > start) {
		const char *last = end - 1;
		while (last > start && end - last < 4 && ((unsigned char)*last & 0xC0) == 0x80) last--;
		const char *next = last;
		if (!unicode_is_space(utf8_next(&next, end)) || next != end) break;
		end = last;
	}
	return text_make(start, (size_t)(end - start));
}
