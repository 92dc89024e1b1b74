/*
 * Which block is accessed next. Every worker has a pattern over an area of its own, so that no
 * two workers ever touch the same block.
 *
 * Random offsets are those of a seeded permutation: a pass visits every block of the area once, in
 * an order that a later pass does not repeat. No block is hit twice while another waits, so the
 * device's own cache is not flattered, and nothing has to be remembered about which were visited.
 */
#ifndef GM_DISKRAND_PATTERN_H
#define GM_DISKRAND_PATTERN_H

#include "rng.h"

#include <stdbool.h>
#include <stdint.h>

enum pattern_kind { RANDWRITE, RANDREAD, RANDRW, WRITE, READ };
extern const char *const pattern_names[]; /* ends with NULL, to be an option's choices */

/* A bijection on 0 .. size-1, chosen by a key. */
struct permutation {
    uint64_t size, mask;
    unsigned shift;
    uint64_t multiplier[3], addend[3];
};
void permutation_init(struct permutation *permutation, uint64_t size, uint64_t key);
uint64_t permutation_at(const struct permutation *permutation, uint64_t index);

struct pattern {
    enum pattern_kind kind;
    bool repeating;         /* random offsets drawn independently, with repetition */
    uint64_t first, blocks; /* the area, in blocks; blocks >= 1 */
    double read_share;      /* of RANDRW */
    uint64_t key;
    uint64_t position, pass; /* within the area; complete visits of it */
    struct rng rng;
    struct permutation permutation;
};

/* The caller has set kind, repeating, first, blocks and read_share. */
void pattern_init(struct pattern *pattern, uint64_t seed, uint64_t worker);

struct access {
    uint64_t block;
    bool write;
};
struct access pattern_next(struct pattern *pattern);

/* Whether the next access begins another pass, so that it may meet a block still in flight. */
static inline bool pattern_wraps(const struct pattern *pattern)
{
    return pattern->position == pattern->blocks;
}

static inline bool pattern_writes(enum pattern_kind kind)
{
    return kind != RANDREAD && kind != READ;
}

static inline bool pattern_reads(enum pattern_kind kind)
{
    return kind != RANDWRITE && kind != WRITE;
}

#endif
