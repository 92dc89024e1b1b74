#include "moderate.h"

#include "alloc.h"
#include "special.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

/* Variances of 0 have no logarithm: they are taken for this share of the median. */
#define LEAST_SHARE 1e-5

struct prior prior_of(const double *variances, const double *freedoms, size_t n)
{
    double *known = alloc_zero(n, sizeof *known), *logs = alloc_zero(n, sizeof *logs);
    double expected = 0, mean = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (freedoms[i] > 0)
            known[count++] = variances[i];
    }
    struct stats stats = count ? stats_of(known, count) : (struct stats){0};
    struct prior prior = {stats.mean, count > 1 ? INFINITY : 0};
    free(known);
    count = 0;
    for (size_t i = 0; i < n && stats.median > 0; i++) {
        if (freedoms[i] <= 0)
            continue;
        double half = freedoms[i] / 2;
        logs[count] = log(fmax(variances[i], LEAST_SHARE * stats.median)) - digamma(half);
        logs[count] += log(half);
        expected += trigamma(half);
        mean += logs[count++];
    }
    if (count > 1) {
        struct stats of_logs = stats_of(logs, count);
        double excess = of_logs.stddev * of_logs.stddev - expected / (double)count;
        if (excess > 0) {
            prior.freedom = 2 * trigamma_inverse(excess);
            prior.variance =
                exp(mean / (double)count + digamma(prior.freedom / 2) - log(prior.freedom / 2));
        }
    }
    free(logs);
    return prior;
}

double prior_moderate(const struct prior *prior, double variance, double freedom)
{
    if (isinf(prior->freedom) || freedom <= 0)
        return prior->variance;
    return (prior->freedom * prior->variance + freedom * variance) / (prior->freedom + freedom);
}
