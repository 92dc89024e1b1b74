#include "ratio.h"

#include "bootstrap.h"
#include "stats.h"

#include <math.h>

enum { MOST_PAIRS = 1000000 };

/* Less than this is what rounding leaves of equal values. */
#define NO_SPREAD 1e-12

bool ratio_logs(const double *a, const double *b, size_t n, enum better better, double *d)
{
    for (size_t i = 0; i < n; i++) {
        if (!(a[i] > 0 && b[i] > 0))
            return false;
        d[i] = better == BETTER_LOWER ? log(a[i] / b[i]) : log(b[i] / a[i]);
    }
    return true;
}

/*
 * With equal values there is nothing to compute a t from. What remains is how they are ordered:
 * `orders` is in how many ways they could have been, were there no difference; two are so extreme.
 */
static double p_without_spread(const struct ratio *ratio, double orders)
{
    return fabs(ratio->log_mean) <= NO_SPREAD ? 1 : fmin(1, 2 / orders);
}

static void set_intervals(struct ratio *ratio, double orders)
{
    double half = INFINITY, half90 = INFINITY;
    bool enough = ratio->n >= RATIO_LEAST && ratio->freedom > 0;
    ratio->p = 1;
    if (enough && ratio->error <= NO_SPREAD) {
        half = half90 = ratio->error = ratio->log_sd = 0;
        ratio->p = p_without_spread(ratio, orders);
    } else if (enough) {
        half = stats_t_quantile(0.975, ratio->freedom) * ratio->error;
        half90 = stats_t_quantile(0.95, ratio->freedom) * ratio->error;
        ratio->p = 2 * stats_t_cdf(-fabs(ratio->log_mean / ratio->error), ratio->freedom);
    }
    ratio->low = ratio->log_mean - half;
    ratio->high = ratio->log_mean + half;
    ratio->low90 = ratio->log_mean - half90;
    ratio->high90 = ratio->log_mean + half90;
}

bool ratio_has_interval(const struct ratio *ratio)
{
    return isfinite(ratio->low);
}

struct ratio ratio_paired(const double *d, size_t n)
{
    struct stats stats = stats_of(d, n);
    struct ratio ratio = {.n = n, .log_mean = stats.mean, .log_sd = stats.stddev};
    ratio.error = stats.stddev / sqrt((double)n);
    ratio.freedom = (double)(n - 1);
    set_intervals(&ratio, exp2((double)n)); /* signs */
    return ratio;
}

struct ratio ratio_unpaired(const double *a, size_t a_count, const double *b, size_t b_count)
{
    struct stats of_a = stats_of(a, a_count), of_b = stats_of(b, b_count);
    double va = of_a.stddev * of_a.stddev / (double)a_count;
    double vb = of_b.stddev * of_b.stddev / (double)b_count;
    struct ratio ratio = {.n = a_count < b_count ? a_count : b_count,
                          .log_mean = of_a.mean - of_b.mean,
                          .log_sd = hypot(of_a.stddev, of_b.stddev),
                          .error = sqrt(va + vb)};
    if (a_count > 1 && b_count > 1) {
        double shares = va * va / (double)(a_count - 1) + vb * vb / (double)(b_count - 1);
        ratio.freedom =
            shares > 0 ? (va + vb) * (va + vb) / shares : (double)(a_count + b_count - 2);
    }
    double a_size = (double)a_count, b_size = (double)b_count;
    /* Ways to choose which of them are a's. */
    set_intervals(&ratio,
                  exp(lgamma(a_size + b_size + 1) - lgamma(a_size + 1) - lgamma(b_size + 1)));
    return ratio;
}

size_t ratio_pairs_needed(double log_sd, double half_width, double confidence)
{
    if (!(half_width > 0))
        return MOST_PAIRS;
    double p = 0.5 + confidence / 2, spread = log_sd / half_width;
    /* Fewer than the normal distribution asks for cannot do; nor can more be needed than a t of
     * those few degrees of freedom would take. */
    double least = fmax(2, floor(pow(normal_quantile(p) * spread, 2)));
    if (!(least < MOST_PAIRS))
        return MOST_PAIRS;
    double most = fmax(least, ceil(pow(stats_t_quantile(p, least - 1) * spread, 2)));
    size_t low = (size_t)least, high = most < MOST_PAIRS ? (size_t)most : MOST_PAIRS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stats_t_quantile(p, (double)(middle - 1)) * spread > sqrt((double)middle))
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}
