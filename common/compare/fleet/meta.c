#include "meta.h"

#include "ratio.h"
#include "special.h"
#include "stats.h"

#include <math.h>

enum { MOST_STEPS = 1000 };

/* Variances below it are rounding: turns are kept as floats. */
#define LEAST_VARIANCE 1e-18

/* Sums over the hosts with the weights 1 / (v + tau2). */
struct sums {
    double w, w2, w3, mean, residual, residual2; /* of w r^2 and w^2 r^2, r = y - mean */
};

static struct sums sums_at(const double *y, const double *v, size_t k, double tau2)
{
    struct sums s = {0};
    for (size_t i = 0; i < k; i++) {
        double w = 1 / (fmax(v[i], LEAST_VARIANCE) + tau2);
        s.w += w;
        s.w2 += w * w;
        s.w3 += w * w * w;
        s.mean += w * y[i];
    }
    s.mean /= s.w;
    for (size_t i = 0; i < k; i++) {
        double w = 1 / (fmax(v[i], LEAST_VARIANCE) + tau2), r = y[i] - s.mean;
        s.residual += w * r * r;
        s.residual2 += w * w * r * r;
    }
    return s;
}

/* The trace of P = W - W 1 (1'W 1)^-1 1'W, and of PP. */
static double trace(const struct sums *s)
{
    return s->w - s->w2 / s->w;
}

static double trace_of_square(const struct sums *s)
{
    return s->w2 - 2 * s->w3 / s->w + s->w2 * s->w2 / (s->w * s->w);
}

/* Fisher scoring (Viechtbauer 2005), from the variance of the figures themselves. */
static double reml(const double *y, const double *v, size_t k)
{
    struct stats stats = stats_of(y, k);
    double tau2 = stats.stddev * stats.stddev;
    for (int i = 0; i < MOST_STEPS; i++) {
        struct sums s = sums_at(y, v, k, tau2);
        double next = fmax(0, tau2 + (s.residual2 - trace(&s)) / trace_of_square(&s));
        bool ended = fabs(next - tau2) <= 1e-12 * tau2 + 1e-24;
        tau2 = next;
        if (ended)
            break;
    }
    return tau2;
}

struct meta meta_of(const double *y, const double *v, size_t k)
{
    struct meta meta = {.k = k, .p = 1, .q_p = 1, .tau2 = k > 1 ? reml(y, v, k) : 0};
    struct sums alone = sums_at(y, v, k, 0), s = sums_at(y, v, k, meta.tau2);
    double freedom = (double)k - 1, half = INFINITY, half90 = INFINITY, next = INFINITY;
    meta.mean = s.mean;
    if (k > 1) {
        meta.q = alone.residual;
        meta.q_p = chi_square_tail(meta.q, freedom);
        meta.i2 = meta.tau2 / (meta.tau2 + freedom / trace(&alone));
        meta.error = sqrt(s.residual / freedom / s.w);
    }
    if (k >= RATIO_LEAST) {
        half = stats_t_quantile(0.975, freedom) * meta.error;
        half90 = stats_t_quantile(0.95, freedom) * meta.error;
        next = stats_t_quantile(0.975, freedom) * sqrt(meta.tau2 + meta.error * meta.error);
        if (meta.error > 0)
            meta.p = 2 * stats_t_cdf(-fabs(meta.mean / meta.error), freedom);
    }
    meta.low = meta.mean - half;
    meta.high = meta.mean + half;
    meta.low90 = meta.mean - half90;
    meta.high90 = meta.mean + half90;
    meta.next_low = meta.mean - next;
    meta.next_high = meta.mean + next;
    return meta;
}

/*
 * A host's share of Q is then not a chi-square but an F with 1 and `freedom` degrees of freedom;
 * their sum is taken for the multiple of a chi-square with the same mean and variance
 * (Satterthwaite 1946).
 */
double meta_alike(const struct meta *meta, double freedom)
{
    double f = freedom, hosts = (double)meta->k - 1;
    if (meta->k < RATIO_LEAST || !(f > 4.5))
        return NAN;
    if (isinf(f))
        return meta->q_p;
    return chi_square_tail(meta->q * (f - 2) * (f - 4) / (f * (f - 1)), hosts * (f - 4) / (f - 1));
}
