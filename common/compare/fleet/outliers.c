#include "outliers.h"

#include "alloc.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

/* A third, but at 1,000 hosts no more than this: so many are a second kind of host. */
enum { LEAST = 3, MOST_TESTED = 64 };

/* What a normal distribution's median absolute deviation is multiplied by to be its sd. */
#define TO_SD 1.482602218505602

static double median_deviation(const double *values, size_t n, double median)
{
    double *apart = alloc_zero(n, sizeof *apart);
    for (size_t i = 0; i < n; i++)
        apart[i] = fabs(values[i] - median);
    double result = TO_SD * stats_of(apart, n).median;
    free(apart);
    return result;
}

/* The one that is furthest from the mean of those that are still in. */
static size_t furthest(const double *values, const struct outlier *out, size_t n, double mean)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        if (out[i].p > 1 && (best == n || fabs(values[i] - mean) > fabs(values[best] - mean)))
            best = i;
    }
    return best;
}

/* The two-sided p-value of the furthest of m, whose deviation is r standard deviations. */
static double p_of(double r, double m)
{
    double rest = (m - 1) * (m - 1) - m * r * r; /* > 0 but for rounding */
    double t = r * sqrt(m * (m - 2) / fmax(rest, 1e-12));
    return 2 * stats_t_cdf(-t, m - 2);
}

/* Tests the furthest again and again; p > 1 marks what is still in. */
static void test(const double *values, size_t n, struct outlier *out)
{
    size_t most = n / 3 < MOST_TESTED ? n / 3 : MOST_TESTED;
    size_t *order = alloc_zero(most + 1, sizeof *order), tested = 0;
    for (; tested < most && n - tested >= LEAST; tested++) {
        double m = (double)(n - tested), sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            sum += out[i].p > 1 ? values[i] : 0;
        for (size_t i = 0; i < n; i++)
            squares += out[i].p > 1 ? (values[i] - sum / m) * (values[i] - sum / m) : 0;
        size_t at = furthest(values, out, n, sum / m);
        double sd = sqrt(squares / (m - 1));
        if (!(sd > 1e-12))
            break; /* what is left is equal */
        out[at].p = p_of(fabs(values[at] - sum / m) / sd, m);
        order[tested] = at;
    }
    /* All up to the last one that the test rejects are outliers. */
    double least = 1;
    for (size_t i = tested; i-- > 0;)
        least = out[order[i]].p = fmin(least, out[order[i]].p);
    free(order);
}

double outliers_of(const double *values, size_t n, struct outlier *out)
{
    double median = stats_of(values, n).median;
    double scale = median_deviation(values, n, median);
    for (size_t i = 0; i < n; i++) {
        double apart = values[i] - median;
        out[i].deviations = scale > 0 ? apart / scale : apart == 0 ? 0 : copysign(INFINITY, apart);
        out[i].p = 2;
    }
    test(values, n, out);
    for (size_t i = 0; i < n; i++)
        out[i].p = fmin(1, out[i].p);
    return median;
}
