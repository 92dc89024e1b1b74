#include "analysis.h"

#include "alloc.h"
#include "catalog.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many of a cell's trials lie within the rounds looked at; they are sorted by round. */
static size_t usable_trials(const struct cell *cell, uint32_t rounds)
{
    size_t count = cell->count;
    while (rounds && count && cell->trials[count - 1].round > rounds)
        count--;
    return count;
}

static double *means_of(const struct cell *cell, size_t count)
{
    double *means = alloc_zero(count, sizeof *means);
    for (size_t i = 0; i < count; i++)
        means[i] = cell->trials[i].mean;
    return means;
}

static void describe(struct result *result, size_t count)
{
    double *means = means_of(result->cell, count);
    result->stats = stats_of(means, count);
    result->checks = checks_of(means, count);
    result->levels = levels_of(result->cell->trials, count);
    result->has_median_interval =
        median_interval(means, count, &result->median.low, &result->median.high);
    free(means);
}

static void set_paired(struct result *result, struct base base, const struct settings *settings,
                       enum better better)
{
    result->pairs = pairs_of(result->cell, base, settings->rounds, better, &result->pair_count);
    size_t n = result->pair_count;
    double *d = alloc_zero(n, sizeof *d), sum = 0;
    for (size_t i = 0; i < n; i++) {
        d[i] = result->pairs[i].log_ratio;
        sum += d[i];
        result->turns += result->pairs[i].turns;
    }
    if (n == 0)
        result->why_not = "no round shared with the baseline";
    else if (isnan(sum))
        result->why_not = "a value is not above 0";
    else
        verdict_ratio(result, d, n, settings);
    if (result->turns && result->has_ratio)
        result->ratio_levels = pairs_levels(result->pairs, n);
    free(d);
}

static void set_unpaired(struct result *result, struct base base, const struct settings *settings,
                         enum better better)
{
    size_t a_count = usable_trials(result->cell, settings->rounds);
    size_t b_count = usable_trials(base.cell, settings->rounds);
    double *a = means_of(result->cell, a_count), *b = means_of(base.cell, b_count);
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
            if (place == pass && cell && usable_trials(cell, settings->rounds))
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
    bool paired = model->groups[row->group].paired;

    row->results = alloc_zero(row->count, sizeof *row->results);
    for (size_t i = 0; i < row->count; i++) {
        struct result *result = &row->results[i];
        result->cell = model_find(model, row->group, platforms[i], metric);
        result->platform = model->platforms.at[platforms[i]];
        describe(result, usable_trials(result->cell, settings->rounds));
        if (strcmp(result->platform, settings->baseline) == 0)
            row->baseline = result;
        else if (platform_is_twin(result->platform) && strcmp(settings->baseline, "native") == 0)
            row->twin = result;
    }
    for (size_t i = 0; i < row->count; i++) {
        struct result *result = &row->results[i];
        if (!row->baseline)
            result->why_not = "the baseline was not measured";
        else if (result != row->baseline)
            (paired ? set_paired : set_unpaired)(result, base_for(row, result), settings,
                                                 row->metric->better);
    }
    if (row->twin && row->twin->has_ratio)
        row->floor = fabs(row->twin->ratio.log_mean);
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
    verdict_all(&analysis);
    return analysis;
}

void analysis_free(struct analysis *analysis)
{
    for (size_t i = 0; i < analysis->count; i++) {
        for (size_t k = 0; k < analysis->rows[i].count; k++)
            free(analysis->rows[i].results[k].pairs);
        free(analysis->rows[i].results);
    }
    free(analysis->rows);
}

double result_precision(const struct result *result)
{
    return expm1((result->ratio.high - result->ratio.low) / 2);
}
