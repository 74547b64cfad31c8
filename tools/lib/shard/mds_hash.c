#include "shard/mds_hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

static void put_hex(char *out, const unsigned char *bytes, size_t size) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < size; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = 0;
}

static size_t put_big_endian(unsigned char *out, uint64_t value, size_t size) {
	for (size_t i = 0; i < size; i++) out[i] = (unsigned char)(value >> (8 * (size - 1 - i)));
	return size;
}

bool mds_hash(const char *algorithm, struct text bytes, char out[MDS_HASH_ROOM]) {
	unsigned char hash[EVP_MAX_MD_SIZE];
	size_t size = 0;
	if (!strcmp(algorithm, "xxh64")) {
		size = put_big_endian(hash, XXH64(bytes.data, bytes.size, 0), 8);
	} else if (!strcmp(algorithm, "xxh32")) {
		size = put_big_endian(hash, XXH32(bytes.data, bytes.size, 0), 4);
	} else if (!strcmp(algorithm, "xxh3_64")) {
		size = put_big_endian(hash, XXH3_64bits(bytes.data, bytes.size), 8);
	} else if (!strcmp(algorithm, "xxh128") || !strcmp(algorithm, "xxh3_128")) {
		XXH128_hash_t both = XXH3_128bits(bytes.data, bytes.size);
		size = put_big_endian(hash, both.high64, 8);
		size += put_big_endian(hash + 8, both.low64, 8);
	} else {
		char name[32]; /* Python writes sha3_256, OpenSSL sha3-256 */
		size_t length = strlen(algorithm);
		if (length >= sizeof name) return false;
		for (size_t i = 0; i <= length; i++) name[i] = algorithm[i] == '_' ? '-' : algorithm[i];
		const EVP_MD *digest = EVP_get_digestbyname(name);
		unsigned got = 0;
		if (!digest || !EVP_Digest(bytes.data, bytes.size, hash, &got, digest, NULL)) return false;
		size = got;
	}
	put_hex(out, hash, size);
	return true;
}
