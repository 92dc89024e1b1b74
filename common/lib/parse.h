/*
 * Numbers as people write them. Every parser takes the whole text or refuses it: no sign, no
 * leading or trailing space, nothing that overflows.
 */
#ifndef GM_PARSE_H
#define GM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal, 0 .. 2^64-1. */
bool parse_u64(const char *text, uint64_t *value);

/* Bytes: digits and an optional k, M, G or T (either case), powers of 1024. */
bool parse_size(const char *text, uint64_t *bytes);

/* Seconds: a decimal number and ns, us, ms, s, m or h; no unit means seconds. */
bool parse_time(const char *text, double *seconds);

/* A finite decimal number, no sign. */
bool parse_real(const char *text, double *value);

/* A comma-separated list of sizes; `LO..HI` stands for LO, 2*LO, 4*LO ... and HI itself. */
enum { SIZE_LIST_MAX = 128 };
struct size_list {
    size_t count;
    uint64_t at[SIZE_LIST_MAX];
};
bool parse_sizes(const char *text, struct size_list *sizes);

/* Shortest text of a size that parse_size() reads back: 4k, 512M, 1000. Returns `text`. */
const char *format_size(char text[32], uint64_t bytes);

#endif
