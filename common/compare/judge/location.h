/* Where the middle of a round's log ratios lies: the one figure that a round of turns becomes. */
#ifndef GM_COMPARE_LOCATION_H
#define GM_COMPARE_LOCATION_H

#include <stddef.h>

struct location {
    double value;
    double variance; /* of the value, were the samples independent; 0 for fewer than two */
};

/* Sorts `values`, n >= 1; NAN in any of them gives NAN. */
struct location location_of(double *values, size_t n);

/* The estimators it was chosen from, for the test that chooses: sorted values, n >= 1. */
double location_trimmed(const double *sorted, size_t n, double share);
double location_hodges_lehmann(const double *sorted, size_t n);

#endif
