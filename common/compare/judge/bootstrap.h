/* Bias-corrected and accelerated bootstrap interval of a mean (Efron 1987). */
#ifndef GM_COMPARE_BOOTSTRAP_H
#define GM_COMPARE_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOOTSTRAP_RESAMPLES = 10000, BOOTSTRAP_LEAST = 10 };

struct interval {
    double low, high;
};

/*
 * The 95 % interval of the mean of n >= BOOTSTRAP_LEAST values; the same seed gives the same
 * interval. Without any spread both ends are the mean.
 */
struct interval bootstrap_mean(const double *values, size_t n, uint64_t seed);

/* The normal distribution: P(Z <= z) and its inverse, 0 < p < 1. */
double normal_cdf(double z);
double normal_quantile(double p);

#endif
