/* Whether the processes that are asked for fit this system: said before the first one is made. */
#ifndef GM_FORKSUM_LIMITS_H
#define GM_FORKSUM_LIMITS_H

#include "node.h"
#include "report.h"

struct demand {
    const struct tree *tree;
    struct range range;
    int parallel;
    uint64_t ballast; /* bytes of the forking process, whose page tables every copy needs */
};

/* Processes alive at once, the root not counted, at most. */
double demand_at_once(const struct demand *demand);

/*
 * Ends the process (status 1, one line: what is needed, what limits it, what would fit) if it does
 * not fit. Raises the soft limit of open files as far as it goes, for threads share them.
 */
void limits_require(const struct demand *demand);

/* Facts: processes at once, and the least limit that they met. */
void limits_facts(const struct demand *demand, struct report *report);

#endif
