/* What would fool a reader of means: drift, dependence between rounds, outliers. Nothing is left
 * out because of it. */
#ifndef GM_COMPARE_CHECKS_H
#define GM_COMPARE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

struct checks {
    bool drifts;     /* the slope over rounds is not 0 (t test, 1 %) and adds up to 1 % or more */
    double drift;    /* change from the first round to the last, as a share of the mean */
    bool depends;    /* the first autocorrelation is beyond 2.576 / sqrt(n) */
    double lag1;     /* first autocorrelation */
    size_t outliers; /* values further than 14.8 median absolute deviations from the median */
};

/* Values in the order of rounds; of fewer than 8 nothing is said. n >= 1. */
struct checks checks_of(const double *values, size_t n);

/*
 * 95 % interval of the median from binomial ranks (Conover 1999): false if n < 6, where even
 * smallest to largest covers less.
 */
bool median_interval(const double *values, size_t n, double *low, double *high);

#endif
