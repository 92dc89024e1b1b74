/*
 * compare's arithmetic against known answers. Where no other source is named, the values were
 * computed by R 4.2.2 (wilcox.test, p.adjust, t.test, pnorm) or SciPy 1.10.1.
 */
#include "bootstrap.h"
#include "checks.h"
#include "levels.h"
#include "ratio.h"
#include "stats.h"
#include "tap.h"
#include "wilcoxon.h"

/* ---- tests ---- */

/* Two-sided p over all 2^n signs, counted one by one. */
static double wilcoxon_by_counting(const double *ranks, unsigned n, double positive)
{
    double total = 0, extreme = 0;
    for (unsigned i = 0; i < n; i++)
        total += ranks[i];
    double smaller = fmin(positive, total - positive);
    for (unsigned signs = 0; signs < 1u << n; signs++) {
        double sum = 0;
        for (unsigned i = 0; i < n; i++)
            sum += signs >> i & 1 ? ranks[i] : 0;
        extreme += sum <= smaller;
    }
    return fmin(1, 2 * extreme / (1u << n));
}

static void test_wilcoxon(void)
{
    static const double eight[] = {0.013, -0.004, 0.021, 0.008, 0.017, -0.011, 0.005, 0.026};
    static const double six[] = {0.5, 1.25, -0.75, 2, 0.25, 1.5};
    static const double ten[] = {-1.1, -2.3, -0.4, -5.2, -3.3, -0.9, -1.7, -2.8, -0.2, -4.1};
    static const double tied[] = {1, 1, -1, 2, 2, 3, -3, 4, 0, 5};
    static const double tied_ranks[] = {2, 2, 2, 4.5, 4.5, 6.5, 6.5, 8, 9};
    static const double even[] = {1, -1, 1, -1};
    static const double zeros[] = {0, 0, 0};
    double many[250];

    tap_near(wilcoxon_p(eight, 8), 0.078125, 1e-12, "Wilcoxon, 8 differences (R)");
    tap_near(wilcoxon_p(six, 6), 0.15625, 1e-12, "Wilcoxon, 6 differences (R)");
    tap_near(wilcoxon_p(ten, 10), 0.001953125, 1e-12, "Wilcoxon, 10 of one sign (R)");
    tap_near(wilcoxon_least_p(10), 0.001953125, 1e-15, "which is the least that 10 can give");
    tap_near(wilcoxon_p(tied, 10), 0.12109375, 1e-12, "Wilcoxon, ties and a zero (counted in R)");
    tap_near(wilcoxon_p(tied, 10), wilcoxon_by_counting(tied_ranks, 9, 45 - 8.5), 1e-12,
             "and counted here");
    tap_near(wilcoxon_p(even, 4), 1, 1e-12, "Wilcoxon, as many up as down");
    tap_near(wilcoxon_p(zeros, 3), 1, 0, "Wilcoxon, zeros only");
    for (int i = 0; i < 250; i++)
        many[i] = sin(i + 1) + 0.08;
    tap_near(wilcoxon_p(many, 250), 0.026289461278288882, 1e-10,
             "Wilcoxon, 250 differences: normal approximation (R)");

    double p[] = {0.01, 0.04, 0.03, 0.005, 0.2};
    static const double adjusted[] = {0.04, 0.09, 0.09, 0.025, 0.2};
    holm_adjust(p, 5);
    for (int i = 0; i < 5; i++)
        tap_near(p[i], adjusted[i], 1e-15, "Holm (R)");
}

static void test_ratio(void)
{
    static const double d[] = {0.013, -0.004, 0.021, 0.008, 0.017, -0.011, 0.005, 0.026};
    struct ratio ratio = ratio_paired(d, 8);
    tap_near(ratio.low, -0.0010949491826258259, 1e-11, "paired 95 % interval, low (R)");
    tap_near(ratio.high, 0.019844949182625825, 1e-11, "paired 95 % interval, high (R)");
    tap_near(ratio.low90, 0.00098629227850002615, 1e-11, "paired 90 % interval, low (R)");
    tap_near(ratio.high90, 0.017763707721499978, 1e-11, "paired 90 % interval, high (R)");
    tap_near(ratio.p, 0.072004679606121433, 1e-11, "paired t test (R)");

    static const double a[] = {10.1, 9.8, 10.4, 10.0, 10.3};
    static const double b[] = {9.1, 9.6, 9.3, 9.9, 8.8, 9.2, 9.4};
    double log_a[5], log_b[7];
    for (int i = 0; i < 5; i++)
        log_a[i] = log(a[i]);
    for (int i = 0; i < 7; i++)
        log_b[i] = log(b[i]);
    ratio = ratio_unpaired(log_a, 5, log_b, 7);
    tap_near(ratio.low, 0.0420885575728705, 1e-11, "Welch interval, low (R)");
    tap_near(ratio.high, 0.12156346566984916, 1e-11, "Welch interval, high (R)");
    tap_near(ratio.p, 0.0010138614109724596, 1e-9, "Welch test (R)");
    tap_near(ratio.freedom, 9.9053338104888731, 1e-12, "Welch degrees of freedom (R)");

    ratio = ratio_paired(d, 1);
    tap_ok(isinf(ratio.low) && isinf(ratio.high) && ratio.p == 1, "one pair: no interval");
    static const double same[] = {0.1, 0.1, 0.1};
    ratio = ratio_paired(same, 3);
    tap_ok(ratio.low == ratio.high && ratio.p == 0.25, "no spread: a point, p of the signs alone");
    static const double zeros[] = {0, 0, 0};
    tap_ok(ratio_paired(zeros, 3).p == 1, "no spread and no difference");
    tap_ok(!ratio_has_interval(&(struct ratio){.low = -INFINITY}) &&
               !isfinite(ratio_paired(d, 2).high),
           "two pairs: no interval");
    static const double ones[] = {0, 0, 0, 0}, twos[] = {2, 2, 2, 2};
    ratio = ratio_unpaired(twos, 4, ones, 4);
    tap_near(ratio.p, 2.0 / 70, 1e-12, "no spread, unpaired: 2 of the 70 ways to choose 4 of 8");

    double costs[2];
    static const double slow[] = {2, 4}, fast[] = {1, 1}, bad[] = {1, 0};
    tap_ok(ratio_logs(slow, fast, 2, BETTER_LOWER, costs) && costs[0] > 0,
           "more seconds cost more");
    tap_ok(ratio_logs(slow, fast, 2, BETTER_HIGHER, costs) && costs[0] < 0,
           "more per second costs less");
    tap_ok(!ratio_logs(slow, bad, 2, BETTER_LOWER, costs), "no logarithm of 0");

    size_t n = ratio_pairs_needed(0.02, 0.01, 0.95);
    tap_ok(stats_t_quantile(0.975, (double)n - 1) * 0.02 / sqrt((double)n) <= 0.01 &&
               stats_t_quantile(0.975, (double)n - 2) * 0.02 / sqrt((double)n - 1) > 0.01,
           "%zu pairs are the fewest for +-1 %% at 2 %% spread", n);
    tap_ok(ratio_pairs_needed(0.02, 0, 0.95) == 1000000, "no number of pairs is ever enough for 0");
}

static void test_bootstrap(void)
{
    static const double x[] = {3.1, 4.7, 2.2, 8.9, 5.5, 3.8, 12.4, 4.1, 6.0, 2.9, 5.1, 7.7};
    struct interval interval = bootstrap_mean(x, 12, 7), again = bootstrap_mean(x, 12, 7);
    tap_near(interval.low, 4.275, 0.015, "BCa, low (SciPy, a million resamples: 4.275)");
    tap_near(interval.high, 7.575, 0.015, "BCa, high (SciPy, a million resamples: 7.575)");
    tap_ok(interval.low == again.low && interval.high == again.high, "one seed, one interval");
    static const double same[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    interval = bootstrap_mean(same, 10, 1);
    tap_ok(interval.low == 2 && interval.high == 2, "no spread: a point");
    tap_near(normal_cdf(1.5), 0.93319279873114191, 1e-14, "normal_cdf(1.5) (R)");
    tap_near(normal_cdf(-8), 6.2209605742717849e-16, 1e-11, "normal_cdf(-8) (R)");
    tap_near(normal_quantile(0.975), 1.9599639845400536, 1e-13, "normal_quantile(0.975) (R)");
    tap_near(normal_quantile(1e-10), -6.3613409024040557, 1e-13, "normal_quantile(1e-10) (R)");
}

/* ---- descriptions ---- */

static void test_levels(void)
{
    /* Means 10 and 14; within variances 2 and 8 with n = 2: within 5, means' variance 8. */
    static const struct trial trials[] = {{.mean = 10, .squares = 2, .n = 2},
                                          {.mean = 14, .squares = 8, .n = 2}};
    static const struct trial equal[] = {{.mean = 10, .squares = 2, .n = 2},
                                         {.mean = 10, .squares = 8, .n = 2}};
    struct levels levels = levels_of(trials, 2);
    tap_ok(levels.known, "two levels are known");
    tap_near(levels.within, sqrt(5), 1e-15, "within");
    tap_near(levels.between, sqrt(8 - 2.5), 1e-15, "between");
    tap_near(levels.reps, 2, 1e-15, "repetitions");
    tap_ok(levels_of(equal, 2).between == 0, "a negative estimate is 0");
    tap_ok(!levels_of(trials, 1).known, "one invocation says nothing about invocations");
}

static void test_checks(void)
{
    static const double x[] = {3.1, 4.7, 2.2, 8.9, 5.5, 3.8, 12.4, 4.1};
    static const double rising[] = {100, 101.2, 102.1, 102.9, 104.2, 105, 106.1, 107};
    static const double spike[] = {10, 10.1, 9.9, 10, 10.1, 9.9, 10, 17};
    double slow[64];
    struct checks checks = checks_of(x, 8);
    tap_near(checks.lag1, -0.35017654117755664, 1e-14, "autocorrelation (SciPy)");
    tap_near(checks.drift, 7 * 0.55833333333333324 / 5.5875, 1e-14, "drift (SciPy)");
    tap_ok(!checks.drifts && !checks.depends && !checks.outliers, "noise is only noise");
    tap_ok(checks_of(rising, 8).drifts, "a rise is a drift");
    tap_ok(checks_of(spike, 8).outliers == 1, "a spike is an outlier");
    for (int i = 0; i < 64; i++)
        slow[i] = 100 + 10 * sin(i * 0.2);
    tap_ok(checks_of(slow, 64).depends, "a slow wave is dependence");

    double low = 0, high = 0, ranks[100];
    for (int i = 0; i < 100; i++)
        ranks[i] = i + 1;
    tap_ok(!median_interval(ranks, 5, &low, &high), "no interval for the median of 5");
    tap_ok(median_interval(ranks, 6, &low, &high) && low == 1 && high == 6, "of 6: all");
    /* qbinom(0.025, n, 0.5) in R: 2 for 10, 40 for 100. */
    tap_ok(median_interval(ranks, 10, &low, &high) && low == 2 && high == 9, "of 10: 2 to 9");
    tap_ok(median_interval(ranks, 100, &low, &high) && low == 40 && high == 61, "of 100: 40 to 61");
}

int main(void)
{
    test_wilcoxon();
    test_ratio();
    test_bootstrap();
    test_levels();
    test_checks();
    return tap_done();
}
