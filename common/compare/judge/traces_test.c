/*
 * The whole procedure on recorded noise (traces/): turns of identical platforms are drawn from the
 * consecutive repetitions of one program, so that the truth is known and the noise is real.
 * GUESTMARK_CAMPAIGNS=N simulates N campaigns instead of a few and compares the locations.
 */
#include "analysis.h"
#include "location.h"
#include "need.h"
#include "rng.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 2048, KINDS = 2, PLATFORMS = 4, ROUNDS = 12, TURNS = 40 };

static const char *const kinds[KINDS] = {"quiet", "disturbed"};
static const char *const platforms[PLATFORMS] = {"native", "native2", "docker", "kvm"};
static const struct {
    const char *trace, *benchmark, *metric, *unit;
    enum better better;
} metrics[] = {{"linpack", "linpack", "lu", "flop/s", BETTER_HIGHER},
               {"sweep", "memsweep", "sweep", "s/access", BETTER_LOWER},
               {"copy", "memsweep", "copy", "B/s", BETTER_HIGHER},
               {"forksum", "forksum", "sum", "s", BETTER_LOWER},
               {"diskrand", "diskrand", "iops", "1/s", BETTER_HIGHER},
               {"download", "nginxload", "download", "s", BETTER_LOWER},
               {"requests", "nginxload", "requests", "1/s", BETTER_HIGHER}};
enum { METRICS = sizeof metrics / sizeof metrics[0] };

struct trace {
    double values[MOST_VALUES];
    size_t count;
};
static struct trace traces[KINDS][METRICS];

static bool load(struct trace *trace, const char *name, const char *kind)
{
    char path[256], line[64];
    snprintf(path, sizeof path, "common/compare/judge/traces/%s-%s.txt", name, kind);
    FILE *file = fopen(path, "re");
    while (file && trace->count < MOST_VALUES && fgets(line, sizeof line, file)) {
        if (line[0] != '#')
            trace->values[trace->count++] = strtod(line, NULL);
    }
    if (file)
        fclose(file);
    return trace->count >= 4 * PLATFORMS;
}

static double normal(struct rng *rng)
{
    return sqrt(-2 * log(1 - rng_real(rng))) * cos(2 * M_PI * rng_real(rng));
}

/* One turn's order of platforms (Fisher and Yates). */
static void shuffle(struct rng *rng, int order[PLATFORMS])
{
    for (int i = 0; i < PLATFORMS; i++)
        order[i] = i;
    for (int i = PLATFORMS - 1; i > 0; i--) {
        int k = (int)rng_below(rng, (uint64_t)i + 1), kept = order[i];
        order[i] = order[k];
        order[k] = kept;
    }
}

/* ---- which location ---- */

enum { MEDIAN = 4, LOCATIONS = 6 };
static const char *const locations[LOCATIONS] = {"mean",         "trimmed 10 %", "trimmed 20 %",
                                                 "trimmed 25 %", "median",       "Hodges-Lehmann"};

static double trimmed(const double *sorted, double share)
{
    int cut = (int)(share * TURNS);
    double sum = 0;
    for (int i = cut; i < TURNS - cut; i++)
        sum += sorted[i];
    return sum / (TURNS - 2 * cut);
}

static double hodges_lehmann(const double *sorted)
{
    static double means[TURNS * (TURNS + 1) / 2];
    size_t count = 0;
    for (int i = 0; i < TURNS; i++) {
        for (int k = i; k < TURNS; k++)
            means[count++] = (sorted[i] + sorted[k]) / 2;
    }
    stats_sort(means, count);
    return stats_quantile(means, count, 0.5);
}

static double locate(double *sorted, int which)
{
    static const double shares[] = {0, 0.1, 0.2, 0.25};
    if (which < MEDIAN)
        return trimmed(sorted, shares[which]);
    return which == MEDIAN ? location_of(sorted, TURNS).value : hodges_lehmann(sorted);
}

/* A round of turns: docker's log ratios to each native's, sorted. */
static void draw_ratios(struct rng *rng, const struct trace *trace, double ratios[2][TURNS])
{
    size_t at = rng_below(rng, trace->count);
    for (int turn = 0; turn < TURNS; turn++) {
        int order[PLATFORMS];
        double logs[PLATFORMS];
        shuffle(rng, order);
        for (int i = 0; i < PLATFORMS; i++)
            logs[order[i]] = log(trace->values[at++ % trace->count]);
        ratios[0][turn] = logs[2] - logs[0];
        ratios[1][turn] = logs[2] - logs[1];
    }
    stats_sort(ratios[0], TURNS);
    stats_sort(ratios[1], TURNS);
}

/* Adds the logarithm of each location's mean half-width to `sums`. */
static void compare_locations(int kind, int metric, int campaigns, double sums[LOCATIONS])
{
    double length[LOCATIONS] = {0}, covered[LOCATIONS] = {0}, ratios[2][TURNS];
    struct rng rng;
    rng_seed(&rng, 14, (uint64_t)(kind * METRICS + metric));
    for (int c = 0; c < campaigns; c++) {
        double d[LOCATIONS][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            draw_ratios(&rng, &traces[kind][metric], ratios);
            for (int i = 0; i < LOCATIONS; i++)
                d[i][round] = (locate(ratios[0], i) + locate(ratios[1], i)) / 2;
        }
        for (int i = 0; i < LOCATIONS; i++) {
            struct ratio ratio = ratio_paired(d[i], ROUNDS);
            length[i] += (ratio.high - ratio.low) / 2 / campaigns;
            covered[i] += (ratio.low <= 0 && ratio.high >= 0) / (double)campaigns;
        }
    }
    printf("# %-8s %-9s", metrics[metric].trace, kinds[kind]);
    for (int i = 0; i < LOCATIONS; i++) {
        printf("  %s +-%.2f %% (%.1f)", locations[i], 100 * length[i], 100 * covered[i]);
        sums[i] += log(length[i]);
    }
    printf("\n");
}

static void check_location(int campaigns)
{
    double sums[LOCATIONS] = {0};
    printf("# half-width (coverage) of 12 rounds of 40 turns:\n");
    for (int m = 0; m < METRICS; m++) {
        for (int kind = 0; kind < KINDS; kind++)
            compare_locations(kind, m, campaigns, sums);
    }
    for (int i = 0; i < LOCATIONS; i++)
        tap_ok(sums[MEDIAN] <= sums[i], "the median's intervals are no longer than the %s's: %.2f",
               locations[i], exp((sums[MEDIAN] - sums[i]) / (KINDS * METRICS)));
}

/* ---- campaigns ---- */

struct truth {
    double log_cost[PLATFORMS]; /* of each platform, in every metric */
    int kind;                   /* of noise; KINDS: either, round by round */
    double anew;                /* sd of what starting anew changes, round by round */
};

/* What each platform's servant of this round makes of a figure. */
static void start_anew(struct rng *rng, int metric, const struct truth *truth,
                       double factor[PLATFORMS])
{
    double sign = metrics[metric].better == BETTER_LOWER ? 1 : -1;
    for (int p = 0; p < PLATFORMS; p++)
        factor[p] = exp(sign * (truth->log_cost[p] + truth->anew * normal(rng)));
}

static void add_turns(struct model *model, struct rng *rng, const int *cells, int metric,
                      uint32_t round, const struct truth *truth)
{
    int kind = truth->kind < KINDS ? truth->kind : (int)rng_below(rng, KINDS);
    const struct trace *trace = &traces[kind][metric];
    double factor[PLATFORMS];
    size_t at = rng_below(rng, trace->count);
    start_anew(rng, metric, truth, factor);
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        int order[PLATFORMS];
        shuffle(rng, order);
        for (int i = 0; i < PLATFORMS; i++)
            model_add(model, cells[order[i]], round, round, turn + 1,
                      factor[order[i]] * trace->values[at++ % trace->count]);
    }
}

/* Starts come once per round; here their noise is 2 %. */
static void add_starts(struct model *model, struct rng *rng, const int *cells, uint32_t round,
                       const struct truth *truth)
{
    for (int p = 0; p < PLATFORMS; p++)
        model_add(model, cells[p], round, round, 1, exp(truth->log_cost[p] + 0.02 * normal(rng)));
}

static void simulate(struct model *model, struct rng *rng, uint32_t rounds,
                     const struct truth *truth)
{
    int group = model_group(model, "", "host");
    for (int m = 0; m <= METRICS; m++) {
        int cells[PLATFORMS];
        int metric = m < METRICS ? model_metric(model, metrics[m].benchmark, metrics[m].metric,
                                                metrics[m].unit, metrics[m].better)
                                 : model_metric(model, "platform", "startup", "s", BETTER_LOWER);
        for (int p = 0; p < PLATFORMS; p++) {
            int platform = names_add(&model->platforms, platforms[p], strlen(platforms[p]));
            cells[p] = model_cell(model, group, platform, metric);
            model->cells[cells[p]].by_turns = true;
        }
        for (uint32_t round = 1; round <= rounds; round++) {
            if (m < METRICS)
                add_turns(model, rng, cells, m, round, truth);
            else
                add_starts(model, rng, cells, round, truth);
        }
    }
    model_finish(model);
}

/* What has retired has no rounds after that. */
static void retire(struct analysis *analysis)
{
    need_looks(analysis);
    for (size_t i = 0; i < analysis->count; i++) {
        for (size_t k = 0; k < analysis->rows[i].count; k++) {
            struct result *result = &analysis->rows[i].results[k];
            while (result->settled && result->pair_count &&
                   result->pairs[result->pair_count - 1].round > result->settled)
                result->pair_count--;
        }
    }
}

struct tally {
    size_t campaigns, wrong; /* in which something of cost 1 is called different */
    size_t comparisons, covered, equal, equivalent, costly, found, settled;
    size_t found_in[METRICS + 1]; /* metric by metric */
    double half;                  /* sum of half-widths */
};

static void count_result(struct tally *tally, size_t metric, const struct result *result,
                         double truth, bool *wrong)
{
    tally->comparisons++;
    tally->covered += result->ratio.low <= truth && truth <= result->ratio.high;
    tally->half += result_precision(result);
    tally->settled += result->settled > 0;
    if (truth == 0) {
        tally->equal++;
        tally->equivalent += result->verdict == VERDICT_EQUIVALENT;
        *wrong = *wrong || result->verdict == VERDICT_DIFFERENT;
    } else {
        tally->costly++;
        tally->found += result->verdict == VERDICT_DIFFERENT;
        tally->found_in[metric] += result->verdict == VERDICT_DIFFERENT;
    }
}

static struct tally run(int campaigns, const struct truth *truth)
{
    const struct settings settings = {
        .baseline = "native", .margin = 0.02, .precision = 0.015, .alpha = 0.05};
    struct tally tally = {0};
    struct rng rng;
    rng_seed(&rng, 20261125, (uint64_t)truth->kind);
    for (int c = 0; c < campaigns; c++) {
        struct model model = {0};
        bool wrong = false;
        simulate(&model, &rng, ROUNDS, truth);
        struct analysis analysis = analyse(&model, &settings);
        retire(&analysis);
        struct analysis at = analysis_at(&analysis, ROUNDS);
        for (size_t i = 0; i < at.count; i++) {
            for (size_t k = 0; k < at.rows[i].count; k++) {
                const struct result *result = &at.rows[i].results[k];
                for (int p = 2; p < PLATFORMS; p++) {
                    if (strcmp(result->platform, platforms[p]) == 0)
                        count_result(&tally, i, result, truth->log_cost[p], &wrong);
                }
            }
        }
        tally.campaigns++;
        tally.wrong += wrong;
        analysis_at_free(&at);
        analysis_free(&analysis);
        model_free(&model);
    }
    return tally;
}

static double share(size_t part, size_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : NAN;
}

static void print_tally(const struct tally *tally)
{
    printf("# wrong in %.1f %% of campaigns, covered %.2f %%, equivalent %.1f %%, found %.1f %%, "
           "settled %.1f %%, half-width %.2f %%\n",
           share(tally->wrong, tally->campaigns), share(tally->covered, tally->comparisons),
           share(tally->equivalent, tally->equal), share(tally->found, tally->costly),
           share(tally->settled, tally->comparisons),
           100 * tally->half / (double)tally->comparisons);
}

/* Looks after every round, and what is settled retires. */
static void check_identical(int campaigns, int kind, double anew)
{
    const char *noise = anew > 0.01    ? "process to process"
                        : kind < KINDS ? kinds[kind]
                                       : "changing";
    struct truth truth = {.kind = kind, .anew = anew};
    struct tally tally = run(campaigns, &truth);
    double called = share(tally.wrong, tally.campaigns);
    double covered = share(tally.covered, tally.comparisons);
    print_tally(&tally);
    tap_ok(tally.comparisons == (size_t)campaigns * (METRICS + 1) * (PLATFORMS - 2),
           "%s noise: all compared", noise);
    tap_ok(called <= 5, "%s noise, no difference: %.1f %% of campaigns called one", noise, called);
    tap_ok(covered >= 94 && covered <= 96, "%s noise: intervals cover 1 in %.2f %%", noise,
           covered);
}

/* docker costs 3 % more in everything, kvm nothing. */
static void check_planted(int campaigns)
{
    struct truth truth = {.anew = 0.003, .log_cost = {0, 0, log(1.03), 0}};
    struct tally tally = run(campaigns, &truth);
    print_tally(&tally);
    for (int m = 0; m < METRICS; m++) {
        double found = share(tally.found_in[m], tally.campaigns);
        if (strcmp(metrics[m].trace, "diskrand") == 0)
            printf("# the disk's noise is too large: 3 %% found in %.1f %%\n", found);
        else
            tap_ok(found >= 90, "quiet noise: 3 %% is found in %s in %.1f %%", metrics[m].trace,
                   found);
    }
    double covered = share(tally.covered, tally.comparisons);
    tap_ok(covered >= 94 && covered <= 96, "and intervals cover the truth in %.2f %%", covered);
}

int main(void)
{
    const char *asked = getenv("GUESTMARK_CAMPAIGNS");
    int campaigns = asked ? atoi(asked) : 400;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int m = 0; m < METRICS; m++) {
            if (!tap_ok(load(&traces[kind][m], metrics[m].trace, kinds[kind]), "trace %s-%s",
                        metrics[m].trace, kinds[kind]))
                return tap_done();
        }
    }
    check_location(asked ? campaigns : 50);
    for (int kind = 0; kind <= KINDS; kind++)
        check_identical(campaigns, kind, 0.003);
    check_identical(campaigns, 0, 0.1);
    check_planted(campaigns / 2);
    return tap_done();
}
