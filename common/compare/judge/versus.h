/*
 * Two campaigns against each other, old against new: every platform's figure in one group against
 * the same platform's in the first group. Rounds of different campaigns are not paired.
 */
#ifndef GM_COMPARE_VERSUS_H
#define GM_COMPARE_VERSUS_H

#include "analysis.h"

/* One platform's metric in a later group against the first group. */
struct versus {
    const struct row *row; /* of the later group */
    const struct result *old, *fresh;
    struct result result; /* ratio above 1: the later one costs more */
};

struct versus_list {
    struct versus *at;
    size_t count;
};

/*
 * Primary metrics only, with verdicts by the rules of verdict_all() for unpaired samples; the noise
 * floor is the larger one of the two campaigns. Empty with fewer than two groups.
 */
struct versus_list versus_of(const struct analysis *analysis);
void versus_free(struct versus_list *list);

#endif
