/* mds_hash: the hash algorithms that index.json may name. */
#ifndef SPECTRUM_MDS_HASH_H
#define SPECTRUM_MDS_HASH_H

#include "base/text.h"

enum { MDS_HASH_ROOM = 129 }; /* hexadecimal digits of the longest one and a NUL */

/* The hash of `bytes` by the algorithm of this name ("sha1", "xxh64", "md5", …), in hexadecimal digits as Python's hashlib and xxhash print
 * it. False when there is no such algorithm. */
bool mds_hash(const char *algorithm, struct text bytes, char out[MDS_HASH_ROOM]);

#endif
