/*
 * Simulated campaigns whose truth is known: without any difference at most 5.5 % of campaigns may
 * hold one that is called different, and intervals must cover the truth in 94 to 96 % of cases.
 * Round effects are shared by all platforms of a round; noise is log-normal.
 */
#include "analysis.h"
#include "need.h"
#include "rng.h"
#include "tap.h"

#include <string.h>

enum { CAMPAIGNS = 2000, PLATFORMS = 5, METRICS = 5 };

static const char *const platforms[PLATFORMS] = {"native", "native2", "docker", "kvm", "qemu"};
static const struct {
    const char *benchmark, *metric, *unit;
    enum better better;
} metrics[METRICS] = {{"linpack", "lu", "flop/s", BETTER_HIGHER},
                      {"memsweep", "sweep", "s/access", BETTER_LOWER},
                      {"forksum", "sum", "s", BETTER_LOWER},
                      {"diskrand", "iops", "1/s", BETTER_HIGHER},
                      {"nginxload", "requests", "1/s", BETTER_HIGHER}};

struct tally {
    size_t campaigns_with_difference, comparisons, covered, different, equivalent;
};

static double normal(struct rng *rng)
{
    return sqrt(-2 * log(1 - rng_real(rng))) * cos(2 * M_PI * rng_real(rng));
}

/* Every platform but native costs `cost` times native. */
static void simulate(struct model *model, struct rng *rng, uint32_t rounds, double cost)
{
    int group = model_group(model, "", "host");
    for (int m = 0; m < METRICS; m++) {
        int metric = model_metric(model, metrics[m].benchmark, metrics[m].metric, metrics[m].unit,
                                  metrics[m].better);
        for (uint32_t round = 1; round <= rounds; round++) {
            double block = 0.02 * normal(rng);
            for (int p = 0; p < PLATFORMS; p++) {
                int platform = names_add(&model->platforms, platforms[p], strlen(platforms[p]));
                double log_cost = block + 0.01 * normal(rng) + (p > 1 ? log(cost) : 0);
                double value = exp(metrics[m].better == BETTER_LOWER ? log_cost : -log_cost);
                model_add(model, model_cell(model, group, platform, metric), round, round, 1,
                          value);
            }
        }
    }
    model_finish(model);
}

static struct tally run(uint32_t rounds, double cost, size_t campaigns)
{
    const struct settings settings = {
        .baseline = "native", .margin = 0.02, .precision = 0.02, .alpha = 0.05};
    struct tally tally = {0};
    struct rng rng;
    rng_seed(&rng, 20261121, rounds);
    for (size_t i = 0; i < campaigns; i++) {
        struct model model = {0};
        simulate(&model, &rng, rounds, cost);
        struct analysis analysis = analyse(&model, &settings);
        size_t different = 0;
        for (size_t r = 0; r < analysis.count; r++) {
            for (size_t k = 0; k < analysis.rows[r].count; k++) {
                const struct result *result = &analysis.rows[r].results[k];
                if (result->verdict == VERDICT_NONE)
                    continue;
                tally.comparisons++;
                tally.covered += result->ratio.low <= log(cost) && log(cost) <= result->ratio.high;
                different += result->verdict == VERDICT_DIFFERENT;
                tally.equivalent += result->verdict == VERDICT_EQUIVALENT;
            }
        }
        tally.different += different;
        tally.campaigns_with_difference += different > 0;
        analysis_free(&analysis);
        model_free(&model);
    }
    return tally;
}

static void check_no_difference(uint32_t rounds)
{
    struct tally tally = run(rounds, 1, CAMPAIGNS);
    double called = (double)tally.campaigns_with_difference / CAMPAIGNS;
    double covered = (double)tally.covered / (double)tally.comparisons;
    tap_ok(tally.comparisons == CAMPAIGNS * METRICS * (PLATFORMS - 2), "%u rounds: all compared",
           rounds);
    tap_ok(called <= 0.055, "%u rounds, no difference: %.1f %% of campaigns called one", rounds,
           100 * called);
    tap_ok(covered >= 0.94 && covered <= 0.96, "%u rounds: intervals cover 1 in %.2f %%", rounds,
           100 * covered);
}

/* Campaigns that stop when --need says so: looking again and again must not find more than there
 * is. */
static void check_stopping(double cost, double most)
{
    enum { STOPPED = 400 };
    const struct settings settings = {
        .baseline = "native", .margin = 0.02, .precision = 0.015, .alpha = 0.05};
    size_t called = 0;
    double rounds = 0;
    struct rng rng;
    rng_seed(&rng, 7, 0);
    for (size_t i = 0; i < STOPPED; i++) {
        struct model model = {0};
        simulate(&model, &rng, NEED_LAST_LOOK, cost);
        struct analysis analysis = analyse(&model, &settings);
        uint32_t last = need_looks(&analysis) ? NEED_LAST_LOOK : 0;
        for (size_t r = 0; r < analysis.count; r++) {
            for (size_t k = 0; k < analysis.rows[r].count; k++)
                last = analysis.rows[r].results[k].settled > last
                           ? analysis.rows[r].results[k].settled
                           : last;
        }
        struct analysis at = analysis_at(&analysis, last);
        size_t different = 0;
        for (size_t r = 0; r < at.count; r++) {
            for (size_t k = 0; k < at.rows[r].count; k++)
                different += at.rows[r].results[k].verdict == VERDICT_DIFFERENT;
        }
        called += different > 0;
        rounds += last;
        analysis_at_free(&at);
        analysis_free(&analysis);
        model_free(&model);
    }
    tap_ok((double)called / STOPPED <= most,
           "stopping by --need after %.0f rounds on average: %.1f %% of campaigns called one",
           rounds / STOPPED, 100.0 * (double)called / STOPPED);
}

static void check_difference(uint32_t rounds, double cost)
{
    size_t campaigns = 300;
    struct tally tally = run(rounds, cost, campaigns);
    double found = (double)tally.different / (double)tally.comparisons;
    double covered = (double)tally.covered / (double)tally.comparisons;
    tap_ok(found >= 0.95, "%u rounds: a cost of %g is found in %.1f %%", rounds, cost, 100 * found);
    tap_ok(tally.equivalent == 0, "and never called equivalent");
    tap_ok(covered >= 0.93 && covered <= 0.97, "and covered in %.1f %%", 100 * covered);
}

int main(void)
{
    check_no_difference(6);  /* too few for ranks: Student's t decides */
    check_no_difference(12); /* ranks decide */
    check_stopping(1, 0.055);
    check_difference(8, 1.1);
    check_difference(16, 1.05);
    return tap_done();
}
