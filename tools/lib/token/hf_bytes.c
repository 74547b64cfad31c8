/* hf_bytes: the alphabet of GPT-2's byte level. Bytes that are printable in Latin-1 stand for themselves, the others are U+0100, U+0101, … in order. */
#include "token/hf.h"

static bool is_itself(unsigned byte) { return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD); }

/* Of the 68 bytes that do not stand for themselves: 0x00–0x20, 0x7F–0xA0, 0xAD. */
static int byte_of(uint32_t letter) {
	if (letter < 0x100) return is_itself(letter) ? (int)letter : -1;
	uint32_t n = letter - 0x100;
	if (n <= 0x20) return (int)n;
	if (n <= 0x20 + 34) return (int)(n - 0x21 + 0x7F);
	return n == 0x20 + 35 ? 0xAD : -1;
}

static uint32_t letter_of(unsigned char byte) {
	if (is_itself(byte)) return byte;
	if (byte <= 0x20) return 0x100u + byte;
	return byte == 0xAD ? 0x100 + 0x20 + 35 : 0x100u + 0x21 + byte - 0x7F;
}

bool hf_bytes_from_letters(struct text letters, struct buffer *out) {
	const char *at = letters.data, *end = at + letters.size;
	size_t before = out->size;
	char *to = buffer_reserve(out, letters.size + 1);
	while (at < end) {
		int byte = byte_of(unicode_next(&at));
		if (byte < 0) {
			out->size = before;
			return false;
		}
		*to++ = (char)byte;
		out->size++;
	}
	return true;
}

void hf_bytes_to_letters(struct text bytes, struct buffer *out) {
	for (size_t i = 0; i < bytes.size; i++) out->size += utf8_write(letter_of((unsigned char)bytes.data[i]), buffer_reserve(out, 4));
}
