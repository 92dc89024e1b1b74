/*
 * A platform set against the baseline within rounds. Where both took turns, the round's figure is
 * the location of the turns' log ratios; otherwise it is the log ratio of the two means.
 */
#ifndef GM_COMPARE_PAIRS_H
#define GM_COMPARE_PAIRS_H

#include "levels.h"
#include "model.h"

struct pair {
    double log_ratio; /* above 0: the platform costs more; NAN: a value is not above 0 */
    double mean;      /* of the turns' log ratios, where log_ratio is their middle */
    double squares;   /* of the turns' log ratios about it, as if they were not trimmed */
    uint32_t round;
    uint32_t turns; /* 0: from the means */
};

/* What the others are set against: in a turn the mean of the logs of both, where there are two. */
struct base {
    const struct cell *cell, *second; /* second: NULL if there is none */
};

/* One pair per round that both have, by round; the caller frees them. */
struct pair *pairs_of(const struct cell *cell, struct base base, enum better better, size_t *count);

/* How much of the log ratios' variance lies within rounds, how much between them. */
struct levels pairs_levels(const struct pair *pairs, size_t n);

#endif
