/*
 * Ranges of whole numbers, their sums, and the tree of processes that adds them up: all in 128
 * bits, exact or refused.
 */
#ifndef GM_FORKSUM_RANGE_H
#define GM_FORKSUM_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;

/* Both ends belong to it; first <= last. */
struct range {
    u128 first, last;
};

enum { U128_TEXT = 40 }; /* 39 digits and the end */

/* Decimal, 0 .. 2^128-1, the whole text; no sign, no space. */
bool u128_parse(const char *text, u128 *value);

/* Returns the text, which starts somewhere in `buffer`. */
const char *u128_format(u128 value, char buffer[U128_TEXT]);

/* Whether the sum of the range fits 128 bits; only then may range_sum() be asked. */
bool range_fits(struct range range);

/* n (first + last) / 2, halving the even one of the two factors; inline for use without libc. */
static inline u128 range_sum(struct range range)
{
    u128 count = range.last - range.first + 1;
    if (count == 1)
        return range.first; /* alone it may be too large to be doubled */
    u128 ends = range.first + range.last;
    return count % 2 ? count * (ends / 2) : count / 2 * ends;
}

/* A node's halves; the left one has the odd number. */
static inline struct range range_half(struct range range, int right)
{
    u128 middle = range.first + (range.last - range.first) / 2;
    return right ? (struct range){middle + 1, range.last} : (struct range){range.first, middle};
}

/* The tree over `count` numbers of which a node adds up to `leaf` without children. */
struct shape {
    double processes; /* without the root, which is the caller itself */
    unsigned depth;   /* levels below the root: processes alive at once, left before right */
};
struct shape range_shape(u128 count, u128 leaf);

#endif
