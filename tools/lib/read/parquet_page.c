/* Pages: their headers, checksums and bytes; the dictionary; the levels. */
#include <zlib.h>

#include "base/memory.h"
#include "read/parquet_codec.h"
#include "read/parquet_column.h"

enum { READ_AHEAD = 256 << 10, HEADER_START = 1 << 10, HEADER_LIMIT = 16 << 20, DICTIONARY_LIMIT = 256 << 20 };
enum { PAGE_DATA, PAGE_INDEX, PAGE_DICTIONARY, PAGE_DATA_V2 };

struct page_header {
	int64_t type, plain_size, size;
	bool has_crc;
	uint32_t crc;
	int64_t entries, encoding, definition_encoding, repetition_encoding;
	int64_t definition_size, repetition_size; /* v2 */
	bool plain;                               /* v2: the values are not compressed */
};

static void read_data_header(struct thrift *t, struct page_header *h) {
	struct thrift_field f = {0};
	while (thrift_next(t, &f)) {
		if (f.id == 1) h->entries = thrift_integer(t, f);
		else if (f.id == 2) h->encoding = thrift_integer(t, f);
		else if (f.id == 3 && h->type == PAGE_DATA) h->definition_encoding = thrift_integer(t, f);
		else if (f.id == 4 && h->type == PAGE_DATA) h->repetition_encoding = thrift_integer(t, f);
		else thrift_skip(t, f);
	}
}

static void read_data_header_v2(struct thrift *t, struct page_header *h) {
	struct thrift_field f = {0};
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1: h->entries = thrift_integer(t, f); break;
		case 4: h->encoding = thrift_integer(t, f); break;
		case 5: h->definition_size = thrift_integer(t, f); break;
		case 6: h->repetition_size = thrift_integer(t, f); break;
		case 7: h->plain = !thrift_bool(t, f); break;
		default: thrift_skip(t, f);
		}
	}
}

static void read_header(struct thrift *t, struct page_header *h) {
	struct thrift_field f = {0};
	*h = (struct page_header){.type = -1, .plain_size = -1, .size = -1, .entries = -1, .encoding = -1};
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1: h->type = thrift_integer(t, f); break;
		case 2: h->plain_size = thrift_integer(t, f); break;
		case 3: h->size = thrift_integer(t, f); break;
		case 4:
			h->crc = (uint32_t)thrift_integer(t, f);
			h->has_crc = true;
			break;
		case 5:
		case 7:
			if (thrift_struct(t, f)) read_data_header(t, h);
			break;
		case 8:
			if (thrift_struct(t, f)) read_data_header_v2(t, h);
			break;
		default: thrift_skip(t, f);
		}
	}
}

/* At least `size` bytes from c->at on in the window, which the caller has checked to lie before the limit. */
static bool load_window(struct parquet_column *c, uint64_t size, struct error *e) {
	uint64_t have_from = c->window_at, have_to = c->window_at + c->window.size;
	if (c->at >= have_from && c->at + size <= have_to) return true;
	size_t kept = 0;
	if (c->at >= have_from && c->at < have_to) {
		kept = (size_t)(have_to - c->at);
		memmove(c->window.data, c->window.data + (c->at - have_from), kept);
	}
	uint64_t ahead = c->chunk_end > c->at ? c->chunk_end - c->at : 0;
	if (ahead > READ_AHEAD) ahead = READ_AHEAD;
	if (ahead < size) ahead = size;
	c->window.size = kept;
	c->window_at = c->at;
	char *to = buffer_reserve(&c->window, (size_t)ahead - kept);
	if (!parquet_file_load(c->file, c->at + kept, to, (size_t)ahead - kept, e)) return false;
	c->window.size = (size_t)ahead;
	return true;
}

static const uint8_t *window_bytes(const struct parquet_column *c) { return (const uint8_t *)c->window.data + (c->at - c->window_at); }

/* The next header; c->at is then behind it. A header has no length in front: when its bytes are cut, more are read. */
static bool next_header(struct parquet_column *c, struct page_header *h, struct error *e) {
	for (uint64_t size = HEADER_START; c->at < c->limit; size *= 8) {
		uint64_t left = c->limit - c->at;
		if (size > left) size = left;
		if (!load_window(c, size, e)) return false;
		const uint8_t *start = window_bytes(c), *end = start + size;
		struct thrift t = {.at = start, .end = end};
		read_header(&t, h);
		if (t.cut && size < left && size < HEADER_LIMIT) continue;
		if (t.bad) break;
		c->at += (uint64_t)(t.at - start);
		if (h->size < 0 || h->plain_size < 0 || (uint64_t)h->size > c->limit - c->at) break;
		return true;
	}
	return error_set(e, STATUS_DATA, "a page header is damaged or missing");
}

static bool check_crc(const struct parquet_column *c, const struct page_header *h, struct error *e) {
	if (!h->has_crc) return true;
	uint32_t crc = (uint32_t)crc32_z(0, window_bytes(c), (size_t)h->size);
	return crc == h->crc ||
	       error_set(e, STATUS_DATA, "a page's checksum is wrong (%08x, should be %08x); fetch the file again", crc, h->crc);
}

/* The page's bytes behind the first `skip`, decompressed into `out` or where they stand in the window. */
static bool plain_bytes(
	struct parquet_column *c, const struct page_header *h, uint64_t skip, struct buffer *out, struct text *bytes, struct error *e) {
	struct text packed = text_make((const char *)window_bytes(c) + skip, (size_t)((uint64_t)h->size - skip));
	uint64_t size = (uint64_t)h->plain_size - skip;
	if (c->codec == CODEC_NONE || h->plain) {
		*bytes = packed;
		return packed.size == size || error_set(e, STATUS_DATA, "a page that is not compressed has two different sizes");
	}
	*bytes = (struct text){0};
	if (!size) return true;
	if (!parquet_decompress(c->codec, packed, size, out, e)) return false;
	*bytes = buffer_text(out);
	return true;
}

static bool load_dictionary(struct parquet_column *c, const struct page_header *h, struct error *e) {
	struct text bytes;
	if (c->has_dictionary) return error_set(e, STATUS_DATA, "two dictionaries in one column chunk");
	if (h->plain_size > DICTIONARY_LIMIT) return error_set(e, STATUS_DATA, "a dictionary of more than %d MiB", DICTIONARY_LIMIT >> 20);
	if (h->encoding != ENCODING_PLAIN && h->encoding != ENCODING_PLAIN_DICTIONARY)
		return error_set(e, STATUS_DATA, "a dictionary in an encoding that is not read (number %lld)", (long long)h->encoding);
	if (!plain_bytes(c, h, 0, &c->dictionary_page, &bytes, e)) return false;
	if (bytes.size && bytes.data != c->dictionary_page.data) { /* the window moves on, the dictionary stays */
		buffer_clear(&c->dictionary_page);
		buffer_add_text(&c->dictionary_page, bytes);
		bytes = buffer_text(&c->dictionary_page);
	}
	/* every value but a boolean takes at least a byte, and booleans have no dictionaries */
	if (h->entries < 0 || (uint64_t)h->entries > bytes.size)
		return error_set(e, STATUS_DATA, "a dictionary has fewer values than its head says");
	size_t count = (size_t)h->entries;
	c->dictionary = memory_resize(c->dictionary, count, sizeof *c->dictionary);
	if (!parquet_values_start(&c->values, ENCODING_PLAIN, bytes, count, e)) return false;
	for (size_t done = 0; done < count;) {
		size_t got = parquet_values_read(&c->values, c->batch, count - done, e);
		if (!got) return false;
		for (size_t i = 0; i < got; i++) {
			struct cell *cell = &c->dictionary[done + i];
			if (!parquet_cell(c->node, &c->batch[i], &c->scratch, c->replaced, cell))
				return error_set(e, STATUS_DATA, "a decimal is too long");
			if (cell->text.data && cell->text.data == c->scratch.data)
				cell->text = arena_copy(&c->dictionary_texts, cell->text);
		}
		done += got;
	}
	c->dictionary_count = count;
	c->has_dictionary = true;
	return true;
}

static unsigned bits_for(uint8_t level) { return level ? 32 - (unsigned)__builtin_clz(level) : 0; }

/* The levels of a v1 page stand before its values, with their length in front (RLE) or as long as they must be (BIT_PACKED). */
static bool take_levels(struct text *bytes, uint8_t most, int64_t encoding, uint64_t entries, struct hybrid *levels) {
	const uint8_t *at = (const uint8_t *)bytes->data;
	unsigned width = bits_for(most);
	uint64_t size, head = 0;
	*levels = hybrid_start(at, at, 0);
	if (!width) return true;
	if (encoding == ENCODING_BIT_PACKED) {
		size = (entries * width + 7) / 8;
	} else {
		if (encoding != ENCODING_RLE || bytes->size < 4) return false;
		head = 4;
		size = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
	}
	if (size > bytes->size - head) return false;
	*levels = head ? hybrid_start(at + head, at + head + size, width) : hybrid_start_big(at, at + size, width);
	*bytes = text_make(bytes->data + head + size, (size_t)(bytes->size - head - size));
	return true;
}

static bool start_v1(struct parquet_column *c, const struct page_header *h, struct text *bytes, struct error *e) {
	if (!plain_bytes(c, h, 0, &c->page, bytes, e)) return false;
	uint64_t entries = (uint64_t)h->entries;
	if (take_levels(bytes, c->node->repeated, h->repetition_encoding, entries, &c->repetitions) &&
		take_levels(bytes, c->node->defined, h->definition_encoding, entries, &c->definitions))
		return true;
	return error_set(e, STATUS_DATA, "the levels of a page are damaged");
}

static bool start_v2(struct parquet_column *c, const struct page_header *h, struct text *bytes, struct error *e) {
	const uint8_t *at = window_bytes(c);
	int64_t r = h->repetition_size, d = h->definition_size, most = h->size < h->plain_size ? h->size : h->plain_size;
	if (r < 0 || d < 0 || r > most || d > most - r) return error_set(e, STATUS_DATA, "the levels of a page are damaged");
	c->repetitions = hybrid_start(at, at + r, bits_for(c->node->repeated));
	c->definitions = hybrid_start(at + r, at + r + d, bits_for(c->node->defined));
	return plain_bytes(c, h, (uint64_t)(r + d), &c->page, bytes, e);
}

static bool start_page(struct parquet_column *c, const struct page_header *h, struct error *e) {
	struct text bytes;
	if (h->entries < 0 || (uint64_t)h->entries > c->entries_left)
		return error_set(e, STATUS_DATA, "pages hold more values than the column chunk says");
	if (h->type == PAGE_DATA ? !start_v1(c, h, &bytes, e) : !start_v2(c, h, &bytes, e)) return false;
	if (parquet_from_dictionary(h->encoding) && !c->has_dictionary)
		return error_set(e, STATUS_DATA, "a page needs a dictionary that is not there");
	c->page_left = (uint64_t)h->entries;
	c->entries_left -= c->page_left;
	return parquet_values_start(&c->values, h->encoding, bytes, c->page_left, e);
}

bool parquet_page_next(struct parquet_column *c, struct error *e) {
	while (!c->page_left) {
		struct page_header h = {0};
		if (!next_header(c, &h, e) || !load_window(c, (uint64_t)h.size, e) || !check_crc(c, &h, e)) return false;
		bool good = true;
		if (h.type == PAGE_DICTIONARY) good = load_dictionary(c, &h, e);
		else if (h.type == PAGE_DATA || h.type == PAGE_DATA_V2) good = start_page(c, &h, e);
		if (!good) return false;
		c->at += (uint64_t)h.size;
	}
	return true;
}
