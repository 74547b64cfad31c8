#include "read/parquet_bits.h"

#include <endian.h>

static uint64_t load(const uint8_t *at, const uint8_t *end) {
	uint64_t word = 0;
	if (end - at >= 8) {
		memcpy(&word, at, 8);
		return le64toh(word);
	}
	for (unsigned shift = 0; at < end; at++, shift += 8) word |= (uint64_t)*at << shift;
	return word;
}

/* `width` (0 to 64) bits from bit `bit` of [run, end); beyond the end are zeros. */
static inline uint64_t bits_at(const uint8_t *run, const uint8_t *end, uint64_t bit, unsigned width) {
	if (!width) return 0;
	const uint8_t *at = run + bit / 8;
	unsigned shift = bit % 8;
	uint64_t word = load(at, end) >> shift;
	if (shift && shift + width > 64) word |= (uint64_t)(end - at > 8 ? at[8] : 0) << (64 - shift);
	return width == 64 ? word : word & (((uint64_t)1 << width) - 1);
}

static bool varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
	*value = 0;
	for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
		uint8_t b = *(*at)++;
		*value |= (uint64_t)(b & 0x7F) << shift;
		if (!(b & 0x80)) return true;
	}
	return false;
}

struct hybrid hybrid_start(const uint8_t *at, const uint8_t *end, unsigned width) {
	return (struct hybrid){.at = at, .end = end, .width = width};
}

struct hybrid hybrid_start_big(const uint8_t *at, const uint8_t *end, unsigned width) {
	struct hybrid h = {.at = end, .end = end, .width = width, .big = true, .run = at};
	if (width) h.packed = (uint64_t)(end - at) * 8 / width;
	return h;
}

/* A packed run may be cut behind its last whole value: some writers leave the padding out. */
static bool next_run(struct hybrid *h) {
	uint64_t head;
	if (h->big || !varint(&h->at, h->end, &head) || head >> 1 == 0) return false;
	uint64_t room = (uint64_t)(h->end - h->at);
	if (head & 1) {
		if (head >> 1 > UINT64_MAX / 512) return false;
		uint64_t size = (head >> 1) * h->width;
		if (size > room) size = room;
		h->run = h->at;
		h->bit = 0;
		h->packed = size * 8 / h->width;
		h->at += size;
		return h->packed > 0;
	}
	unsigned size = (h->width + 7) / 8;
	if (room < size) return false;
	h->value = (uint32_t)bits_at(h->at, h->end, 0, size * 8);
	h->at += size;
	h->repeated = head >> 1;
	return true;
}

static void unpack_big(struct hybrid *h, uint32_t *out, size_t count) {
	for (size_t i = 0; i < count; i++) {
		uint32_t value = 0;
		for (unsigned b = 0; b < h->width; b++, h->bit++) value = value << 1 | ((uint32_t)h->run[h->bit / 8] >> (7 - h->bit % 8) & 1u);
		out[i] = value;
	}
}

static void unpack(struct hybrid *h, uint32_t *out, size_t count) {
	unsigned width = h->width;
	uint64_t bit = h->bit, mask = ((uint64_t)1 << width) - 1;
	size_t i = 0;
	for (; i < count && h->end - (h->run + bit / 8) >= 8; i++, bit += width) {
		uint64_t word;
		memcpy(&word, h->run + bit / 8, 8);
		out[i] = (uint32_t)(le64toh(word) >> (bit % 8) & mask);
	}
	for (; i < count; i++, bit += width) out[i] = (uint32_t)bits_at(h->run, h->end, bit, width);
	h->bit = bit;
}

bool hybrid_read(struct hybrid *h, uint32_t *out, size_t count) {
	if (!h->width) {
		memset(out, 0, count * sizeof *out);
		return true;
	}
	while (count) {
		if (!h->repeated && !h->packed && !next_run(h)) return false;
		uint64_t left = h->repeated ? h->repeated : h->packed;
		size_t take = left < count ? (size_t)left : count;
		if (h->repeated) {
			for (size_t i = 0; i < take; i++) out[i] = h->value;
			h->repeated -= take;
		} else {
			if (h->big) unpack_big(h, out, take);
			else unpack(h, out, take);
			h->packed -= take;
		}
		out += take;
		count -= take;
	}
	return true;
}

static uint64_t unzigzag(uint64_t v) { return v >> 1 ^ (0 - (v & 1)); }

bool delta_start(struct delta *d, const uint8_t *at, const uint8_t *end) {
	uint64_t block, count, first;
	*d = (struct delta){.at = at, .end = end, .first = true};
	if (!varint(&d->at, end, &block) || !varint(&d->at, end, &d->miniblocks) || !varint(&d->at, end, &count) ||
		!varint(&d->at, end, &first))
		return false;
	if (!block || block > 1 << 24 || !d->miniblocks || d->miniblocks > block || block % d->miniblocks) return false;
	d->per_miniblock = block / d->miniblocks;
	if (d->per_miniblock % 8) return false;
	d->left = count;
	d->value = unzigzag(first);
	d->miniblock = d->miniblocks;
	return true;
}

/* The last miniblock may be cut behind its last value. */
static bool next_miniblock(struct delta *d) {
	if (d->miniblock == d->miniblocks) {
		uint64_t minimum;
		if (!varint(&d->at, d->end, &minimum) || (uint64_t)(d->end - d->at) < d->miniblocks) return false;
		d->minimum = unzigzag(minimum);
		d->widths = d->at;
		d->at += d->miniblocks;
		d->miniblock = 0;
	}
	d->width = d->widths[d->miniblock++];
	if (d->width > 64) return false;
	uint64_t size = d->per_miniblock / 8 * d->width, room = (uint64_t)(d->end - d->at);
	uint64_t values = d->left < d->per_miniblock ? d->left : d->per_miniblock;
	if (size > room && (values * d->width + 7) / 8 > room) return false;
	d->run = d->at;
	d->bit = 0;
	d->at += size > room ? room : size;
	d->pending = d->per_miniblock;
	return true;
}

bool delta_read(struct delta *d, int64_t *out, size_t count) {
	if (count > d->left) return false;
	if (count && d->first) {
		*out++ = (int64_t)d->value;
		count--;
		d->left--;
		d->first = false;
	}
	while (count) {
		if (!d->pending && !next_miniblock(d)) return false;
		size_t take = d->pending < count ? (size_t)d->pending : count;
		for (size_t i = 0; i < take; i++, d->bit += d->width) {
			d->value += d->minimum + bits_at(d->run, d->end, d->bit, d->width);
			out[i] = (int64_t)d->value;
		}
		out += take;
		count -= take;
		d->pending -= take;
		d->left -= take;
	}
	return true;
}

bool delta_finish(struct delta *d) {
	int64_t scratch[256];
	while (d->left) {
		size_t take = d->left < 256 ? (size_t)d->left : 256;
		if (!delta_read(d, scratch, take)) return false;
	}
	return true;
}
