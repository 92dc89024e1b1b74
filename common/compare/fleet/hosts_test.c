/*
 * What is done with many hosts' figures beside their mean: variances of few rounds moderated, as
 * R's limma 3.54.1 does by squeezeVar(); outliers, on Rosner's data in NIST's handbook
 * (https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h3.htm). Then all together on made-up
 * fleets: how often equal hosts are called different, and how often the interval holds the truth.
 */
#include "meta.h"
#include "moderate.h"
#include "outliers.h"
#include "rng.h"
#include "stats.h"
#include "tap.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_moderate(void)
{
    static const double v[] = {1.2e-4, 0.8e-4, 3.1e-4, 0.5e-4, 2.2e-4,
                               1.0e-4, 0.9e-4, 9.5e-4, 1.4e-4, 0.7e-4};
    static const double mixed[] = {5, 5, 5, 5, 5, 5, 3, 11, 5, 2};
    static const double five[] = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
    struct prior prior = prior_of(v, mixed, COUNT(v));
    tap_near(prior.freedom, 115.4284691, 1e-7, "limma: degrees of freedom of the prior");
    tap_near(prior.variance, 0.0001778289477, 1e-8, "and its variance");
    tap_near(prior_moderate(&prior, v[7], 11), 0.0002450122461, 1e-8, "a large variance shrinks");
    tap_near(prior_moderate(&prior, v[9], 2), 0.0001759924433, 1e-8, "a small one grows");
    prior = prior_of(v, five, COUNT(v));
    tap_near(prior.freedom, 8.869843171, 1e-7, "limma: equal degrees of freedom");
    tap_near(prior_moderate(&prior, v[7], 5), 0.0004405168209, 1e-8, "keep more of their own");
    prior = prior_of(v, five, 6);
    tap_ok(isinf(prior.freedom), "limma: six that scatter less than chance are equal");
    tap_near(prior_moderate(&prior, v[2], 5), 0.0001466666667, 1e-8, "and have their mean");
    prior = prior_of(v, (const double[]){0, 5, 0}, 3);
    tap_ok(prior_moderate(&prior, v[1], 5) == v[1], "one that is known keeps its own");
    tap_ok(prior_moderate(&prior, 0, 0) == v[1], "and stands for those of one round");
    prior = prior_of(v, (const double[]){0, 0, 0}, 3);
    tap_ok(prior_moderate(&prior, 0, 0) == 0, "where none is known, all are 0");
}

static void test_outliers(void)
{
    static const double rosner[] = {
        -0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56,
        1.58,  1.65, 1.69, 1.70, 1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10,
        2.14,  2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92,
        2.92,  2.93, 3.21, 3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01};
    struct outlier out[COUNT(rosner)];
    size_t n = COUNT(rosner), rejected = 0;
    tap_near(outliers_of(rosner, n, out), 2.095, 1e-12, "Rosner: the median");
    for (size_t i = 0; i < n; i++)
        rejected += out[i].p <= 0.05 / (double)n;
    tap_ok(rejected == 3 && out[51].p <= 0.05 / 52, "three outliers, as NIST has it");
    tap_ok(out[53].p == out[51].p, "though the test alone would not reject the first of them");
    tap_ok(out[53].deviations > 3.5 && out[50].p > 0.05 / 51, "the fourth is none");
    static const double few[] = {1, 1, 1, 1, 1.1};
    outliers_of(few, 5, out);
    tap_ok(isinf(out[4].deviations) && out[0].deviations == 0, "one among equal ones");
    outliers_of(few, 4, out);
    tap_ok(out[0].p == 1 && out[3].deviations == 0, "equal ones");
}

static double normal(struct rng *rng)
{
    return sqrt(-2 * log(1 - rng_real(rng))) * cos(2 * M_PI * rng_real(rng));
}

enum { HOSTS = 40, ROUNDS = 6, FLEETS = 2000 };

/* A fleet's figures and their variances; hosts are as noisy as each other times exp(+-0.3). */
static void make_fleet(struct rng *rng, double tau, double *y, double *v)
{
    for (int i = 0; i < HOSTS; i++) {
        double rounds[ROUNDS], noise = 0.01 * exp(0.3 * normal(rng)), host = tau * normal(rng);
        for (int round = 0; round < ROUNDS; round++)
            rounds[round] = host + noise * normal(rng);
        struct stats stats = stats_of(rounds, ROUNDS);
        y[i] = stats.mean;
        v[i] = stats.stddev * stats.stddev;
    }
}

static void test_fleets(double tau)
{
    double y[HOSTS], v[HOSTS], freedoms[HOSTS], raw[HOSTS], moderated[HOSTS];
    int covered = 0, next = 0, alike = 0, alike_raw = 0;
    struct rng rng;
    rng_seed(&rng, 20, (uint64_t)(1e6 * tau));
    for (int i = 0; i < HOSTS; i++)
        freedoms[i] = ROUNDS - 1;
    for (int fleet = 0; fleet < FLEETS; fleet++) {
        make_fleet(&rng, tau, y, v);
        struct prior prior = prior_of(v, freedoms, HOSTS);
        for (int i = 0; i < HOSTS; i++) {
            raw[i] = v[i] / ROUNDS;
            moderated[i] = prior_moderate(&prior, v[i], freedoms[i]) / ROUNDS;
        }
        struct meta meta = meta_of(y, moderated, HOSTS);
        double another = tau * normal(&rng);
        covered += meta.low <= 0 && meta.high >= 0;
        next += meta.next_low <= another && meta.next_high >= another;
        alike += meta_alike(&meta, prior.freedom + ROUNDS - 1) <= 0.05;
        alike_raw += meta_of(y, raw, HOSTS).q_p <= 0.05;
    }
    printf("# tau %g: interval holds %.1f %%, next host %.1f %%, called different %.1f %%, by raw "
           "variances %.1f %%\n",
           tau, 100. * covered / FLEETS, 100. * next / FLEETS, 100. * alike / FLEETS,
           100. * alike_raw / FLEETS);
    tap_ok(covered >= 0.935 * FLEETS && covered <= 0.965 * FLEETS, "the interval holds the truth");
    if (tau > 0) {
        tap_ok(next >= 0.93 * FLEETS && next <= 0.97 * FLEETS, "the next host is where it says");
        tap_ok(alike >= 0.99 * FLEETS, "different hosts are called so");
    } else {
        tap_ok(alike <= 0.08 * FLEETS, "equal hosts are called different in few fleets");
        tap_ok(alike_raw >= 0.3 * FLEETS, "by raw variances they were, far more often");
    }
}

int main(void)
{
    test_moderate();
    test_outliers();
    test_fleets(0);
    test_fleets(0.02);
    return tap_done();
}
