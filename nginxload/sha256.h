/* SHA-256 (FIPS 180-4), so that what a server sends can be compared with what sha256sum says. */
#ifndef GM_NGINXLOAD_SHA256_H
#define GM_NGINXLOAD_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_HEX = 2 * SHA256_BYTES + 1 };

struct sha256 {
    uint32_t state[8];
    uint64_t bytes; /* so far */
    uint8_t block[64];
};

void sha256_start(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *data, size_t bytes);
void sha256_end(struct sha256 *sha, uint8_t digest[SHA256_BYTES]);

/* 64 hexadecimal digits. Returns `hex`. */
const char *sha256_hex(const uint8_t digest[SHA256_BYTES], char hex[SHA256_HEX]);

/* Reads them back; false if `hex` is anything else. */
bool sha256_parse(const char *hex, uint8_t digest[SHA256_BYTES]);

#endif
