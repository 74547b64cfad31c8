#include "read/parquet_codec.h"

#include <brotli/decode.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

/* The block format of LZ4 is so small that it is decoded here instead of through one more library. */
static bool lz4_length(const uint8_t **at, const uint8_t *end, size_t *length) {
	if (*length < 15) return true;
	uint8_t more;
	do {
		if (*at == end) return false;
		more = *(*at)++;
		*length += more;
	} while (more == 255);
	return true;
}

static bool lz4_block(const uint8_t *at, const uint8_t *end, char *out, size_t room, size_t *made) {
	size_t n = 0;
	while (at < end) {
		uint8_t token = *at++;
		size_t literals = token >> 4, match = token & 15;
		if (!lz4_length(&at, end, &literals) || literals > (size_t)(end - at) || literals > room - n) return false;
		if (literals) memcpy(out + n, at, literals);
		at += literals;
		n += literals;
		if (at == end) break; /* the last sequence has no match */
		if (end - at < 2) return false;
		size_t distance = (size_t)(at[0] | at[1] << 8);
		at += 2;
		if (!distance || distance > n || !lz4_length(&at, end, &match)) return false;
		match += 4;
		if (match > room - n) return false;
		if (distance >= match) memcpy(out + n, out + n - distance, match);
		else
			for (size_t i = 0; i < match; i++) out[n + i] = out[n + i - distance];
		n += match;
	}
	*made = n;
	return true;
}

static uint32_t big_endian(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

/* Hadoop's framing: blocks, each behind its two sizes. */
static bool lz4_hadoop(const uint8_t *at, const uint8_t *end, char *out, size_t room, size_t *made) {
	*made = 0;
	while (end - at >= 8) {
		uint32_t plain = big_endian(at), packed = big_endian(at + 4);
		size_t got;
		at += 8;
		if (packed > (size_t)(end - at) || plain > room - *made) return false;
		if (!lz4_block(at, at + packed, out + *made, plain, &got) || got != plain) return false;
		at += packed;
		*made += got;
	}
	return at == end;
}

/* Members of gzip one behind another make one text. */
static bool gunzip(struct text in, char *out, size_t room, size_t *made) {
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data, .avail_in = (uInt)in.size, .next_out = (Bytef *)out, .avail_out = (uInt)room};
	if (inflateInit2(&z, 15 + 32) != Z_OK) return false; /* gzip or zlib */
	int state;
	while ((state = inflate(&z, Z_FINISH)) == Z_STREAM_END && z.avail_in && z.avail_out)
		if (inflateReset(&z) != Z_OK) break;
	inflateEnd(&z);
	*made = room - z.avail_out;
	return state == Z_STREAM_END;
}

/* How much `size` bytes can become at most: what keeps a few bytes from claiming a gigabyte. */
static uint64_t most(int64_t codec, uint64_t size) {
	switch (codec) {
	case CODEC_SNAPPY: return size * 32;
	case CODEC_GZIP: return size * 1040;
	case CODEC_LZ4_HADOOP:
	case CODEC_LZ4_RAW: return size * 256;
	default: return size * 65536;
	}
}

static bool run(int64_t codec, struct text in, char *out, size_t size, size_t *made) {
	const uint8_t *at = (const uint8_t *)in.data, *end = at + in.size;
	*made = size;
	switch (codec) {
	case CODEC_SNAPPY:
		return snappy_uncompressed_length(in.data, in.size, made) == SNAPPY_OK && *made == size &&
		       snappy_uncompress(in.data, in.size, out, made) == SNAPPY_OK;
	case CODEC_GZIP: return gunzip(in, out, size, made);
	case CODEC_BROTLI: return BrotliDecoderDecompress(in.size, at, made, (uint8_t *)out) == BROTLI_DECODER_RESULT_SUCCESS;
	case CODEC_ZSTD: *made = ZSTD_decompress(out, size, in.data, in.size); return !ZSTD_isError(*made);
	case CODEC_LZ4_RAW: return lz4_block(at, end, out, size, made);
	default: return (lz4_hadoop(at, end, out, size, made) && *made == size) || lz4_block(at, end, out, size, made);
	}
}

bool parquet_decompress(int64_t codec, struct text in, uint64_t size, struct buffer *out, struct error *e) {
	static const char *const names[] = {"", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"};
	if (codec < CODEC_SNAPPY || codec > CODEC_LZ4_RAW || codec == 3)
		return error_set(e, STATUS_DATA, "a page is compressed in a way that is not read (%s, number %lld)",
			codec == 3 ? names[3] : "unknown", (long long)codec);
	size_t made = 0;
	if (size > (uint64_t)1 << 30) return error_set(e, STATUS_DATA, "a page of more than 1 GiB");
	if (size > most(codec, in.size)) return error_set(e, STATUS_DATA, "a %s page claims more bytes than it can hold", names[codec]);
	buffer_clear(out);
	char *to = buffer_reserve(out, (size_t)size);
	if (!run(codec, in, to, (size_t)size, &made) || made != size)
		return error_set(e, STATUS_DATA, "a %s page is damaged", names[codec]);
	out->size = made;
	return true;
}
