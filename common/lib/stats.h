/*
 * Statistics of a handful of samples.
 */
#ifndef GM_STATS_H
#define GM_STATS_H

#include <stddef.h>

struct stats {
    size_t n;
    double mean, stddev; /* stddev with n-1; 0 for n < 2 */
    double median, min, max;
    double ci95; /* half width of the mean's 95 % confidence interval (Student t); 0 for n < 2 */
};

/* n >= 1. `samples` is not changed. */
struct stats stats_of(const double *samples, size_t n);

/* The q-quantile (0..1) of sorted values, linear between neighbours (R's type 7). n >= 1. */
double stats_quantile(const double *sorted, size_t n, double q);

/* Sorts ascending. */
void stats_sort(double *values, size_t n);

/* Student's t: P(T <= t) and its inverse, for df > 0 degrees of freedom, 0 < p < 1. */
double stats_t_cdf(double t, double df);
double stats_t_quantile(double p, double df);

/*
 * Least squares y = intercept + slope x over n >= 2 points with differing x; the standard errors
 * are 0 for n = 2.
 */
struct line {
    double slope, intercept, slope_error, intercept_error;
};
struct line stats_line(const double *x, const double *y, size_t n);

#endif
