/* Trees of processes: timed, and their sums checked. */
#ifndef GM_FORKSUM_TREES_H
#define GM_FORKSUM_TREES_H

#include "bench.h"
#include "node.h"
#include "report.h"
#include "stats.h"

struct trees {
    struct tree tree;
    struct range range;
    uint64_t retries;       /* calibration and warm-up included */
    uint64_t whole, sweeps; /* of each per repetition */
};

/* Runs one tree without judging it. Seconds it took. */
double tree_time(const struct tree *tree, struct range range, struct answer *answer);

/* `step: reason` of a failed answer, in a static buffer. */
const char *answer_reason(const struct answer *answer);

/* How many whole trees, and how many sweeps over the small ones, a repetition of time_s takes. */
void trees_calibrate(struct trees *trees, double time_s);

/* One repetition of whole trees: mean seconds of one. */
double trees_sum(struct trees *trees);

/*
 * One repetition of trees with 2, 4 ... 16 leaves: the seconds y[] of each size, averaged, over
 * its number of processes x[].
 */
enum { TREE_SIZES = 4 };
void trees_sizes(struct trees *trees, double x[TREE_SIZES], double y[TREE_SIZES]);

#endif
