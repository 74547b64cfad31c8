/* parquet_codec: the compressions of Parquet's pages. */
#ifndef SPECTRUM_PARQUET_CODEC_H
#define SPECTRUM_PARQUET_CODEC_H

#include "base/buffer.h"
#include "base/error.h"

/* Numbers of the format; 3 is LZO, which nobody writes. LZ4_HADOOP is the older framing, deprecated in favour of LZ4_RAW. */
enum parquet_codec { CODEC_NONE, CODEC_SNAPPY, CODEC_GZIP, CODEC_BROTLI = 4, CODEC_LZ4_HADOOP, CODEC_ZSTD, CODEC_LZ4_RAW };

/* Sets `out` to the decompressed bytes, which must be exactly `size`. `size` is believed only as far as `in` could give it (limits of each
 * codec; 1 GiB). The error does not name the file. */
bool parquet_decompress(int64_t codec, struct text in, uint64_t size, struct buffer *out, struct error *e);

#endif
