/*
 * How much more a platform costs than another: the ratio of geometric means with its intervals,
 * from logarithms, turned so that above 1 always means that the first costs more.
 */
#ifndef GM_COMPARE_RATIO_H
#define GM_COMPARE_RATIO_H

#include "report.h"

#include <stdbool.h>
#include <stddef.h>

enum { RATIO_LEAST = 3 }; /* below so many rounds there is no interval, and no verdict */

struct ratio {
    size_t n;                /* pairs, or the smaller sample's size if unpaired */
    double log_mean, log_sd; /* of the logarithms' differences; sd of one pair */
    double error, freedom;   /* standard error of log_mean, degrees of freedom */
    double low, high;        /* 95 % interval of log_mean (Student t); infinite for few */
    double low90, high90;    /* 90 % interval: the two one-sided tests of equivalence at 5 % */
    double p;                /* of log_mean = 0, two-sided; 1 for few */
};

/* Whether there are enough rounds for an interval. */
bool ratio_has_interval(const struct ratio *ratio);

/* d[i] = log(cost of a / cost of b) for each i. False if a value is not above 0. */
bool ratio_logs(const double *a, const double *b, size_t n, enum better better, double *d);

/* Paired: from the differences of logarithms. n >= 1. */
struct ratio ratio_paired(const double *d, size_t n);

/* Unpaired (Welch 1947), from the logarithms of costs of either. */
struct ratio ratio_unpaired(const double *a, size_t a_count, const double *b, size_t b_count);

/*
 * How many pairs are needed until a t interval of the given confidence around a mean with this
 * standard deviation has at most this half-width; at most 1000000.
 */
size_t ratio_pairs_needed(double log_sd, double half_width, double confidence);

#endif
