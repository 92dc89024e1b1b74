#include "location.h"

#include "alloc.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

/* What is cut off either end (README.md has why). */
#define TRIM 0.2

double location_trimmed(const double *sorted, size_t n, double share)
{
    size_t cut = (size_t)(share * (double)n);
    double sum = 0;
    if (2 * cut >= n)
        cut = (n - 1) / 2;
    for (size_t i = cut; i < n - cut; i++)
        sum += sorted[i] - sorted[cut];
    return sorted[cut] + sum / (double)(n - 2 * cut);
}

double location_hodges_lehmann(const double *sorted, size_t n)
{
    double *means = alloc_zero(n * (n + 1) / 2, sizeof *means);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i; k < n; k++)
            means[count++] = (sorted[i] + sorted[k]) / 2;
    }
    stats_sort(means, count);
    double median = stats_quantile(means, count, 0.5);
    free(means);
    return median;
}

/* Winsorized variance over the square of what is kept (Tukey and McLaughlin 1963). */
static double trimmed_variance(const double *sorted, size_t n, double share)
{
    size_t cut = (size_t)(share * (double)n);
    double sum = 0, squares = 0, kept = (double)(n - 2 * cut);
    for (size_t i = 0; i < n; i++) {
        size_t at = i < cut ? cut : i >= n - cut ? n - cut - 1 : i;
        sum += sorted[at] - sorted[cut];
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = i < cut ? cut : i >= n - cut ? n - cut - 1 : i;
        double d = sorted[at] - sorted[cut] - sum / (double)n;
        squares += d * d;
    }
    return n > 1 && kept > 1 ? squares / (double)(n - 1) * (double)n / (kept * kept) : 0;
}

struct location location_of(double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            return (struct location){NAN, NAN};
    }
    stats_sort(values, n);
    return (struct location){location_trimmed(values, n, TRIM), trimmed_variance(values, n, TRIM)};
}
