#include "checks.h"

#include "alloc.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 8 };

static double autocorrelation(const double *values, size_t n, double mean)
{
    double squares = 0, products = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
        if (i)
            products += (values[i] - mean) * (values[i - 1] - mean);
    }
    return squares > 0 ? products / squares : 0;
}

static size_t count_outliers(const double *values, size_t n, double median)
{
    double *apart = alloc_zero(n, sizeof *apart);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        apart[i] = fabs(values[i] - median);
    stats_sort(apart, n);
    double limit = 14.8 * stats_quantile(apart, n, 0.5);
    for (size_t i = 0; i < n && limit > 0; i++)
        count += apart[i] > limit;
    free(apart);
    return count;
}

struct checks checks_of(const double *values, size_t n)
{
    struct stats stats = stats_of(values, n);
    struct checks checks = {0};
    if (n < LEAST || stats.stddev == 0)
        return checks;
    checks.outliers = count_outliers(values, n, stats.median);
    double *order = alloc_zero(n, sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = (double)i;
    struct line line = stats_line(order, values, n);
    free(order);
    double freedom = (double)(n - 2);
    checks.drift = line.slope * (double)(n - 1) / fabs(stats.mean);
    checks.drifts = fabs(checks.drift) >= 0.01 &&
                    fabs(line.slope) > stats_t_quantile(0.995, freedom) * line.slope_error;
    checks.lag1 = autocorrelation(values, n, stats.mean);
    checks.depends = fabs(checks.lag1) > 2.576 / sqrt((double)n);
    return checks;
}

bool median_interval(const double *values, size_t n, double *low, double *high)
{
    /* The largest k with P(Binomial(n, 1/2) < k) <= 2.5 %: ranks k and n + 1 - k. */
    double tail = 0, term = exp2(-(double)n);
    size_t k = 0;
    if (n < 6)
        return false;
    if (n > 1000) { /* the binomial is normal to a rank */
        k = (size_t)((double)n / 2 - 0.979981992270027 * sqrt((double)n));
    } else {
        while (tail + term <= 0.025) {
            tail += term;
            k++;
            term *= (double)(n - k + 1) / (double)k;
        }
    }
    double *sorted = alloc_zero(n, sizeof *sorted);
    memcpy(sorted, values, n * sizeof *sorted);
    stats_sort(sorted, n);
    *low = sorted[k - 1];
    *high = sorted[n - k];
    free(sorted);
    return true;
}
