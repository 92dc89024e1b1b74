#include "analysis.h"

#include "alloc.h"
#include "catalog.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *means_of(const struct cell *cell)
{
    double *means = alloc_zero(cell->count, sizeof *means);
    for (size_t i = 0; i < cell->count; i++)
        means[i] = cell->trials[i].mean;
    return means;
}

static void describe(struct result *result)
{
    size_t count = result->cell->count;
    double *means = means_of(result->cell);
    result->stats = stats_of(means, count);
    result->checks = checks_of(means, count);
    result->levels = levels_of(result->cell->trials, count);
    result->has_median_interval =
        median_interval(means, count, &result->median.low, &result->median.high);
    free(means);
}

/* The ratio from the pairs of the first `rounds` rounds. */
static void set_paired(struct result *result, uint32_t rounds, const struct settings *settings)
{
    double *d = alloc_zero(result->pair_count, sizeof *d), sum = 0;
    size_t n = 0;
    result->turns = 0;
    result->has_bca = false;
    result->verdict = VERDICT_NONE;
    for (; n < result->pair_count && result->pairs[n].round <= rounds; n++) {
        d[n] = result->pairs[n].log_ratio;
        sum += d[n];
        result->turns += result->pairs[n].turns;
    }
    result->has_ratio = n > 0 && !isnan(sum);
    result->why_not = n == 0       ? "no round shared with the baseline"
                      : isnan(sum) ? "a value is not above 0"
                                   : NULL;
    if (result->has_ratio)
        verdict_ratio(result, d, n, settings);
    if (result->turns && result->has_ratio)
        result->ratio_levels = pairs_levels(result->pairs, n);
    free(d);
}

static void set_unpaired(struct result *result, const struct cell *base, enum better better)
{
    size_t a_count = result->cell->count, b_count = base->count;
    double *a = means_of(result->cell), *b = means_of(base);
    if (verdict_logs(a, a_count, better) && verdict_logs(b, b_count, better)) {
        result->ratio = ratio_unpaired(a, a_count, b, b_count);
        result->has_ratio = true;
        result->p_rank = NAN;
    } else {
        result->why_not = "a value is not above 0";
    }
    free(a);
    free(b);
}

/* The platforms that measured this metric, in the order of tables. */
static size_t list_platforms(const struct model *model, const struct settings *settings, int group,
                             int metric, int *list)
{
    size_t count = 0;
    for (int pass = 0; pass < KIND_OTHER + 3; pass++) {
        for (size_t p = 0; p < model->platforms.count; p++) {
            const char *name = model->platforms.at[p];
            int place = strcmp(name, settings->baseline) == 0 ? 0
                        : platform_is_twin(name)              ? 1
                                                              : 2 + (int)platform_kind(name);
            const struct cell *cell = model_find(model, group, (int)p, metric);
            if (place == pass && cell && cell->count)
                list[count++] = (int)p;
        }
    }
    return count;
}

/* native2 is set against native alone, the others against both. */
static struct base base_for(const struct row *row, const struct result *result)
{
    bool both = row->twin && result != row->twin;
    return (struct base){row->baseline->cell, both ? row->twin->cell : NULL};
}

static void fill_row(struct analysis *analysis, struct row *row, int metric, const int *platforms)
{
    const struct model *model = analysis->model;
    const struct settings *settings = &analysis->settings;

    row->results = alloc_zero(row->count, sizeof *row->results);
    for (size_t i = 0; i < row->count; i++) {
        struct result *result = &row->results[i];
        result->cell = model_find(model, row->group, platforms[i], metric);
        result->platform = model->platforms.at[platforms[i]];
        describe(result);
        if (strcmp(result->platform, settings->baseline) == 0)
            row->baseline = result;
        else if (platform_is_twin(result->platform) && strcmp(settings->baseline, "native") == 0)
            row->twin = result;
    }
    for (size_t i = 0; i < row->count; i++) {
        struct result *result = &row->results[i];
        if (!row->baseline)
            result->why_not = "the baseline was not measured";
        else if (result != row->baseline && model->groups[row->group].paired)
            result->pairs = pairs_of(result->cell, base_for(row, result), row->metric->better,
                                     &result->pair_count);
        else if (result != row->baseline)
            set_unpaired(result, row->baseline->cell, row->metric->better);
    }
}

/* Ratios, floors and verdicts as they are after so many rounds. */
static void judge(struct analysis *analysis, uint32_t rounds)
{
    for (size_t i = 0; i < analysis->count; i++) {
        struct row *row = &analysis->rows[i];
        for (size_t k = 0; k < row->count; k++) {
            if (row->results[k].pairs)
                set_paired(&row->results[k], rounds, &analysis->settings);
        }
        row->floor = row->twin && row->twin->has_ratio ? fabs(row->twin->ratio.log_mean) : 0;
    }
    verdict_all(analysis);
}

struct order {
    size_t rank;
    int metric;
};

static int compare_orders(const void *left, const void *right)
{
    const struct order *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->metric - b->metric;
}

const char *analysis_baseline(const struct model *model)
{
    const struct names *platforms = &model->platforms;
    bool native = names_find(platforms, "native") != NAMES_NONE || platforms->count == 0;
    return native ? "native" : platforms->at[0];
}

struct analysis analyse(const struct model *model, const struct settings *settings)
{
    struct analysis analysis = {.model = model, .settings = *settings};
    struct order *order = alloc_zero(model->metric_count, sizeof *order);
    int *platforms = alloc_zero(model->platforms.count, sizeof *platforms);

    for (size_t i = 0; i < model->metric_count; i++)
        order[i] = (struct order){catalog_rank(model->metrics[i].benchmark, model->metrics[i].name),
                                  (int)i};
    qsort(order, model->metric_count, sizeof *order, compare_orders);
    analysis.rows = alloc_zero(model->group_count * model->metric_count, sizeof *analysis.rows);
    for (size_t group = 0; group < model->group_count; group++) {
        for (size_t i = 0; i < model->metric_count; i++) {
            struct row *row = &analysis.rows[analysis.count];
            row->group = (int)group;
            row->metric = &model->metrics[order[i].metric];
            row->count = list_platforms(model, settings, (int)group, order[i].metric, platforms);
            if (row->count == 0)
                continue;
            fill_row(&analysis, row, order[i].metric, platforms);
            analysis.count++;
        }
    }
    free(order);
    free(platforms);
    judge(&analysis, UINT32_MAX);
    return analysis;
}

struct analysis analysis_at(const struct analysis *analysis, uint32_t rounds)
{
    struct analysis at = *analysis;
    at.settings.bootstrap = false;
    at.is_look = true;
    at.rows = alloc_zero(at.count, sizeof *at.rows);
    for (size_t i = 0; i < at.count; i++) {
        const struct row *from = &analysis->rows[i];
        struct row *row = &at.rows[i];
        *row = *from;
        row->results = alloc_zero(row->count, sizeof *row->results);
        memcpy(row->results, from->results, row->count * sizeof *row->results);
        row->baseline = from->baseline ? &row->results[from->baseline - from->results] : NULL;
        row->twin = from->twin ? &row->results[from->twin - from->results] : NULL;
    }
    judge(&at, rounds);
    return at;
}

void analysis_at_free(struct analysis *at)
{
    for (size_t i = 0; i < at->count; i++)
        free(at->rows[i].results);
    free(at->rows);
}

void analysis_free(struct analysis *analysis)
{
    for (size_t i = 0; i < analysis->count; i++) {
        for (size_t k = 0; k < analysis->rows[i].count; k++)
            free(analysis->rows[i].results[k].pairs);
    }
    analysis_at_free(analysis);
}

double result_precision(const struct result *result)
{
    return expm1((result->ratio.high - result->ratio.low) / 2);
}
