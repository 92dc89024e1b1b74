/* Where the middle of a round's log ratios lies: the one figure that a round of turns becomes. */
#ifndef GM_COMPARE_LOCATION_H
#define GM_COMPARE_LOCATION_H

#include <stddef.h>

struct location {
    double value;
    double mean;
    double variance; /* of the value, were the turns independent; 0 for fewer than two */
};

/*
 * The median (README.md has why, traces_test.c the evidence), and its variance from the ranks that
 * enclose it (McKean and Schrader 1984). Sorts `values`, n >= 1; NAN among them gives NAN.
 */
struct location location_of(double *values, size_t n);

#endif
