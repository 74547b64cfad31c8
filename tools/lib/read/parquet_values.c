/* The values of a page: one function an encoding. */
#include "read/parquet_column.h"

#include <endian.h>

#include "base/memory.h"

enum { TEXTS_BYTES = 1 << 20 }; /* a batch of DELTA_BYTES texts ends behind this many bytes */

static size_t fixed_width(const struct parquet_node *n) {
	switch (n->physical) {
	case PHYSICAL_INT32:
	case PHYSICAL_FLOAT: return 4;
	case PHYSICAL_INT64:
	case PHYSICAL_DOUBLE: return 8;
	case PHYSICAL_INT96: return 12;
	case PHYSICAL_FIXED: return n->width;
	default: return 0;
	}
}

static uint32_t load32(const uint8_t *at) {
	uint32_t v;
	memcpy(&v, at, 4);
	return le32toh(v);
}

static uint64_t load64(const uint8_t *at) {
	uint64_t v;
	memcpy(&v, at, 8);
	return le64toh(v);
}

static void decode_fixed(enum parquet_physical physical, const uint8_t *at, size_t width, union parquet_value *out, size_t count) {
	for (size_t i = 0; i < count; i++, at += width) {
		uint32_t word;
		uint64_t long_word;
		float narrow;
		switch (physical) {
		case PHYSICAL_INT32: out[i].integer = (int32_t)load32(at); break;
		case PHYSICAL_INT64: out[i].integer = (int64_t)load64(at); break;
		case PHYSICAL_FLOAT:
			word = load32(at);
			memcpy(&narrow, &word, 4);
			out[i].real = (double)narrow;
			break;
		case PHYSICAL_DOUBLE:
			long_word = load64(at);
			memcpy(&out[i].real, &long_word, 8);
			break;
		default: out[i].bytes = text_make((const char *)at, width);
		}
	}
}

static bool plain_booleans(struct parquet_values *v, union parquet_value *out, size_t count) {
	for (size_t i = 0; i < count; i++) {
		if (v->at == v->end) return false;
		out[i].integer = *v->at >> v->bit & 1;
		v->bit = (v->bit + 1) % 8;
		v->at += v->bit == 0;
	}
	return true;
}

static bool plain_texts(struct parquet_values *v, union parquet_value *out, size_t count) {
	for (size_t i = 0; i < count; i++) {
		if (v->end - v->at < 4) return false;
		uint32_t size = load32(v->at);
		v->at += 4;
		if (size > (size_t)(v->end - v->at)) return false;
		out[i].bytes = text_make((const char *)v->at, size);
		v->at += size;
	}
	return true;
}

static bool plain(struct parquet_values *v, union parquet_value *out, size_t count) {
	if (v->node->physical == PHYSICAL_BOOLEAN) return plain_booleans(v, out, count);
	if (v->node->physical == PHYSICAL_BYTES) return plain_texts(v, out, count);
	size_t width = fixed_width(v->node);
	if ((size_t)(v->end - v->at) < width * count) return false;
	decode_fixed(v->node->physical, v->at, width, out, count);
	v->at += width * count;
	return true;
}

static bool rle_booleans(struct parquet_values *v, union parquet_value *out, size_t count) {
	if (!hybrid_read(&v->indexes, v->words, count)) return false;
	for (size_t i = 0; i < count; i++) out[i].integer = v->words[i];
	return true;
}

static bool delta_numbers(struct parquet_values *v, union parquet_value *out, size_t count) {
	if (!delta_read(&v->numbers, v->integers, count)) return false;
	bool narrow = v->node->physical == PHYSICAL_INT32;
	for (size_t i = 0; i < count; i++) out[i].integer = narrow ? (int32_t)(uint32_t)(uint64_t)v->integers[i] : v->integers[i];
	return true;
}

static bool right_width(const struct parquet_values *v, uint64_t size) {
	return v->node->physical != PHYSICAL_FIXED || size == v->node->width;
}

static bool delta_texts(struct parquet_values *v, union parquet_value *out, size_t count) {
	if (!delta_read(&v->numbers, v->integers, count)) return false;
	for (size_t i = 0; i < count; i++) {
		uint64_t size = (uint32_t)v->integers[i];
		if (size > (uint64_t)(v->end - v->at) || !right_width(v, size)) return false;
		out[i].bytes = text_make((const char *)v->at, size);
		v->at += size;
	}
	return true;
}

/* Each text is a prefix of the one before and a suffix. They can become much larger than the page, so the batch ends early when it is large. */
static size_t joined_texts(struct parquet_values *v, union parquet_value *out, size_t count) {
	struct buffer *b = &v->texts;
	size_t last = b->size - v->last, made = 0;
	if (v->last) memmove(b->data, b->data + v->last, last);
	b->size = last;
	v->last = 0;
	for (; made < count && (!made || b->size < TEXTS_BYTES); made++) {
		int64_t prefix, suffix;
		if (!delta_read(&v->prefixes, &prefix, 1) || !delta_read(&v->numbers, &suffix, 1)) return 0;
		uint64_t head = (uint32_t)prefix, tail = (uint32_t)suffix, before = b->size - v->last;
		if (head > before || tail > (uint64_t)(v->end - v->at) || !right_width(v, head + tail)) return 0;
		size_t start = b->size;
		buffer_reserve(b, head + tail);
		buffer_add(b, b->data + v->last, head);
		buffer_add(b, v->at, tail);
		v->at += tail;
		v->last = start;
		out[made].bytes = text_make(NULL, start);
	}
	/* the buffer does not move any more */
	for (size_t i = 0; i < made; i++) {
		size_t start = out[i].bytes.size, end = i + 1 < made ? out[i + 1].bytes.size : b->size;
		out[i].bytes = text_make(b->data + start, end - start);
	}
	return made;
}

static bool split_streams(struct parquet_values *v, struct text bytes) {
	size_t width = fixed_width(v->node), count = width ? bytes.size / width : 0;
	if (!width || bytes.size % width) return false;
	buffer_clear(&v->texts);
	char *to = buffer_reserve(&v->texts, bytes.size);
	for (size_t k = 0; k < width; k++)
		for (size_t i = 0; i < count; i++) to[i * width + k] = bytes.data[k * count + i];
	v->at = (const uint8_t *)to;
	v->end = v->at + bytes.size;
	return true;
}

static bool start_rle_booleans(struct parquet_values *v) {
	v->indexes = hybrid_start(v->at, v->at, 1);
	if (v->at == v->end) return true;
	if (v->node->physical != PHYSICAL_BOOLEAN || v->end - v->at < 4) return false;
	uint32_t size = load32(v->at);
	v->at += 4;
	if (size > (size_t)(v->end - v->at)) return false;
	v->indexes = hybrid_start(v->at, v->at + size, 1);
	return true;
}

static bool start_dictionary(struct parquet_values *v) {
	if (v->at == v->end) { /* a page of nulls may have no bytes */
		v->indexes = hybrid_start(v->at, v->end, 1);
		return true;
	}
	unsigned width = *v->at++;
	v->indexes = hybrid_start(v->at, v->end, width);
	return width <= 32;
}

/* The lengths stand before the bytes: the end of the first is where the second start. */
static bool start_delta(struct parquet_values *v, struct delta *d, uint64_t entries, bool all) {
	if (v->at == v->end) { /* no bytes: no values */
		*d = (struct delta){0};
		return true;
	}
	if (!delta_start(d, v->at, v->end)) return false;
	if (!all) return true;
	struct delta skim = *d;
	if (skim.left > entries || !delta_finish(&skim)) return false;
	v->at = skim.at;
	return true;
}

static bool start(struct parquet_values *v, struct text bytes, uint64_t entries) {
	enum parquet_physical p = v->node->physical;
	bool whole = p == PHYSICAL_INT32 || p == PHYSICAL_INT64, texts = p == PHYSICAL_BYTES || p == PHYSICAL_FIXED;
	switch (v->encoding) {
	case ENCODING_PLAIN: return true;
	case ENCODING_PLAIN_DICTIONARY:
	case ENCODING_RLE_DICTIONARY: return start_dictionary(v);
	case ENCODING_RLE: return start_rle_booleans(v);
	case ENCODING_DELTA_BINARY: return whole && start_delta(v, &v->numbers, entries, false);
	case ENCODING_DELTA_LENGTH: return texts && start_delta(v, &v->numbers, entries, true);
	case ENCODING_DELTA_BYTES:
		buffer_clear(&v->texts);
		v->last = 0;
		return texts && start_delta(v, &v->prefixes, entries, true) && start_delta(v, &v->numbers, entries, true);
	case ENCODING_BYTE_STREAM_SPLIT: return split_streams(v, bytes);
	default: return false;
	}
}

bool parquet_values_start(struct parquet_values *v, int64_t encoding, struct text bytes, uint64_t entries, struct error *e) {
	static uint8_t nothing;
	if (encoding < 0 || encoding > ENCODING_BYTE_STREAM_SPLIT || encoding == 1 || encoding == ENCODING_BIT_PACKED)
		return error_set(e, STATUS_DATA, "values in an encoding that is not read (number %lld)", (long long)encoding);
	v->encoding = encoding;
	v->at = bytes.size ? (const uint8_t *)bytes.data : &nothing;
	v->end = v->at + bytes.size;
	v->bit = 0;
	if (!v->integers) {
		v->integers = memory_zeroed(PARQUET_BATCH, sizeof *v->integers);
		v->words = memory_zeroed(PARQUET_BATCH, sizeof *v->words);
	}
	return start(v, bytes, entries) || error_set(e, STATUS_DATA, "a page's values are damaged");
}

size_t parquet_values_read(struct parquet_values *v, union parquet_value *out, size_t count, struct error *e) {
	bool good = false;
	if (count > PARQUET_BATCH) count = PARQUET_BATCH;
	switch (v->encoding) {
	case ENCODING_PLAIN:
	case ENCODING_BYTE_STREAM_SPLIT: good = plain(v, out, count); break;
	case ENCODING_PLAIN_DICTIONARY:
	case ENCODING_RLE_DICTIONARY: good = hybrid_read(&v->indexes, v->words, count); break;
	case ENCODING_RLE: good = rle_booleans(v, out, count); break;
	case ENCODING_DELTA_BINARY: good = delta_numbers(v, out, count); break;
	case ENCODING_DELTA_LENGTH: good = delta_texts(v, out, count); break;
	case ENCODING_DELTA_BYTES:
		count = joined_texts(v, out, count);
		good = count > 0;
		break;
	}
	if (good) return count;
	error_set(e, STATUS_DATA, "a page's values are damaged or fewer than its head says");
	return 0;
}
