/* parquet_bits: the integer encodings of Parquet as streams: the hybrid of run lengths and bit packing, and delta binary packing. They hold pointers into a page and
 * no memory; asking for values that are not there fails. */
#ifndef SPECTRUM_PARQUET_BITS_H
#define SPECTRUM_PARQUET_BITS_H

#include "base/text.h"

/* RLE / bit-packed hybrid, least significant bit first; or, with `big`, BIT_PACKED: only packed, most significant bit first. */
struct hybrid {
	const uint8_t *at, *end;
	unsigned width; /* of a value, 0 to 32 bits; with 0 all values are 0 and nothing is read */
	bool big;
	uint64_t repeated, packed; /* values left of the present run */
	uint32_t value;            /* of the repeated run */
	const uint8_t *run;        /* of the packed run */
	uint64_t bit;              /* where the next packed value starts in `run` */
};

struct hybrid hybrid_start(const uint8_t *at, const uint8_t *end, unsigned width);
struct hybrid hybrid_start_big(const uint8_t *at, const uint8_t *end, unsigned width);

/* Exactly `count` values; false when there are fewer. */
bool hybrid_read(struct hybrid *h, uint32_t *out, size_t count);

/* DELTA_BINARY_PACKED. Sums wrap around at 64 bits; of INT32 the low 32 bits are meant. */
struct delta {
	const uint8_t *at, *end; /* behind the bytes read so far: after the last value, behind the whole stream */
	uint64_t left;           /* values not yet given */
	uint64_t value;
	bool first;             /* the first value, which is in the head, has yet to be given */
	uint64_t per_miniblock; /* values */
	uint64_t miniblocks;    /* in a block */
	uint64_t miniblock;     /* index of the present one in its block */
	const uint8_t *widths;  /* of the block's miniblocks */
	uint64_t minimum;
	unsigned width;
	uint64_t pending; /* values left in the present miniblock */
	const uint8_t *run;
	uint64_t bit;
};

bool delta_start(struct delta *d, const uint8_t *at, const uint8_t *end);
bool delta_read(struct delta *d, int64_t *out, size_t count);

/* Passes over all values that are left, so that `at` is behind the stream. */
bool delta_finish(struct delta *d);

#endif
