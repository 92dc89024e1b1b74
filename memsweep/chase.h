/*
 * A cycle of pointers through memory: each load's address is the value of the load before, so that
 * the time per step is the latency of a load, whatever the CPU does ahead of time.
 */
#ifndef GM_MEMSWEEP_CHASE_H
#define GM_MEMSWEEP_CHASE_H

#include "mem.h"

#include <stdbool.h>

enum { CHASE_STRIDE_MIN = 64, CHASE_UNROLL = 32 };

struct chase_node {
    struct chase_node *next;
    uint64_t rank; /* position in the cycle */
    uint64_t rest[];
};

struct chase {
    struct mem *mem;
    size_t stride; /* bytes from node to node; a multiple of 8 */
    size_t nodes;
    struct chase_node *at; /* where the next walk begins */
    struct chase_sums {
        uint64_t plain, ordered;
    } built; /* of all words */
};

/*
 * Links all nodes in `mem`, one per `stride` bytes, into one random cycle. With `locality` > 0 it
 * visits all nodes within that many bytes before it goes on to the next such block, also in random
 * order: few translations are then needed at a time. Looks at every node in the end: what was built
 * is one cycle, and all else is zero. 0 or an errno.
 */
int chase_build(struct chase *chase, struct mem *mem, size_t stride, size_t locality,
                uint64_t seed);

/* Goes on by turns * CHASE_UNROLL steps. */
void chase_walk(struct chase *chase, uint64_t turns);

/*
 * Whether `steps` steps from the node of rank `from` lead where the cycle now stands, and whether
 * the whole buffer is still what chase_build() made of it. If not, `why` says what is wrong.
 */
bool chase_verify(const struct chase *chase, uint64_t from, uint64_t steps, char *why,
                  size_t why_bytes);

#endif
