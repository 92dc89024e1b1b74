#include "bootstrap.h"

#include "alloc.h"
#include "rng.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

double normal_cdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* Bisection: certain, and asked a few times per interval. */
double normal_quantile(double p)
{
    double low = -40, high = 40;
    for (int i = 0; i < 200; i++) {
        double middle = low + (high - low) / 2;
        if (middle == low || middle == high)
            break;
        if (normal_cdf(middle) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

/* Sum d^3 / (6 (sum d^2)^1.5) over the jackknife's deviations, which for a mean are -d / (n-1). */
static double acceleration(const double *values, size_t n, double mean)
{
    double squares = 0, cubes = 0;
    for (size_t i = 0; i < n; i++) {
        double d = values[i] - mean;
        squares += d * d;
        cubes += d * d * d;
    }
    return cubes / (6 * pow(squares, 1.5));
}

struct interval bootstrap_mean(const double *values, size_t n, uint64_t seed)
{
    struct stats stats = stats_of(values, n);
    if (stats.stddev == 0)
        return (struct interval){stats.mean, stats.mean};
    double *means = alloc_zero(BOOTSTRAP_RESAMPLES, sizeof *means), below = 0;
    struct rng rng;
    rng_seed(&rng, seed, n);
    for (size_t i = 0; i < BOOTSTRAP_RESAMPLES; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += values[rng_below(&rng, n)];
        means[i] = sum / (double)n;
        below += means[i] < stats.mean ? 1 : means[i] == stats.mean ? 0.5 : 0;
    }
    stats_sort(means, BOOTSTRAP_RESAMPLES);
    double bias = normal_quantile(below / BOOTSTRAP_RESAMPLES);
    double faster = acceleration(values, n, stats.mean), ends[2];
    for (int i = 0; i < 2; i++) {
        double z = bias + (i ? 1 : -1) * 1.959963984540054;
        ends[i] =
            stats_quantile(means, BOOTSTRAP_RESAMPLES, normal_cdf(bias + z / (1 - faster * z)));
    }
    free(means);
    return (struct interval){ends[0], ends[1]};
}
