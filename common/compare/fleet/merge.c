/* When all hosts are there: means, outliers, verdicts. */
#include "alloc.h"
#include "catalog.h"
#include "fleet.h"
#include "moderate.h"
#include "outliers.h"
#include "sayings.h"
#include "verdict.h"
#include "wilcoxon.h"

#include <math.h>
#include <stdlib.h>

/* ---- order ---- */

static int place_of(const struct fleet *fleet, const struct table *table)
{
    return table->is_native ? -2
           : table->is_twin ? -1
                            : (int)platform_kind(fleet->platforms.at[table->platform]);
}

static const struct fleet *sorted; /* for the comparison */

static int compare_tables(const void *left, const void *right)
{
    const struct table *a = left, *b = right;
    const struct measured *x = &sorted->metrics[a->metric], *y = &sorted->metrics[b->metric];
    size_t x_rank = catalog_rank(x->benchmark, x->name);
    size_t y_rank = catalog_rank(y->benchmark, y->name);
    int x_place = place_of(sorted, a), y_place = place_of(sorted, b);
    if (a->architecture != b->architecture)
        return a->architecture - b->architecture;
    if (x_rank != y_rank)
        return x_rank < y_rank ? -1 : 1;
    if (a->metric != b->metric)
        return a->metric - b->metric;
    return x_place != y_place ? x_place - y_place : a->platform - b->platform;
}

/* ---- one table ---- */

/*
 * The variances of the hosts' figures: a round's, moderated by all hosts', over its rounds. Returns
 * how many degrees of freedom they rest on.
 */
static double set_errors(struct table *table)
{
    double *variances = alloc_zero(table->count, sizeof *variances);
    double *freedoms = alloc_zero(table->count, sizeof *freedoms), inverse = 0;
    for (size_t i = 0; i < table->count; i++) {
        variances[i] = table->points[i].variance;
        freedoms[i] = table->points[i].freedom;
    }
    struct prior prior = prior_of(variances, freedoms, table->count);
    for (size_t i = 0; i < table->count; i++) {
        double variance = prior_moderate(&prior, variances[i], freedoms[i]);
        table->points[i].error = sqrt(variance / table->points[i].rounds);
        inverse += 1 / (prior.freedom + freedoms[i]);
    }
    free(variances);
    free(freedoms);
    return (double)table->count / inverse;
}

static void merge_table(struct table *table)
{
    size_t n = table->count;
    double freedom = set_errors(table);
    double *logs = alloc_zero(n, sizeof *logs), *variances = alloc_zero(n, sizeof *variances);
    struct outlier *outliers = alloc_zero(n, sizeof *outliers);
    for (size_t i = 0; i < n; i++) {
        logs[i] = table->points[i].log;
        variances[i] = table->points[i].error * table->points[i].error;
    }
    table->meta = meta_of(logs, variances, n);
    table->alike = meta_alike(&table->meta, freedom);
    table->median = outliers_of(logs, n, outliers);
    for (size_t i = 0; i < n; i++) {
        table->points[i].deviations = outliers[i].deviations;
        table->points[i].p = outliers[i].p;
        if (fabs(logs[i] - table->median) > fabs(logs[table->furthest] - table->median))
            table->furthest = i;
    }
    free(logs);
    free(variances);
    free(outliers);
}

/* ---- all tables ---- */

static void correct_hosts(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->table_count; i++)
        fleet->tested += fleet->tables[i].count;
    double *p = alloc_zero(fleet->tested, sizeof *p);
    size_t at = 0;
    for (size_t i = 0; i < fleet->table_count; i++) {
        for (size_t k = 0; k < fleet->tables[i].count; k++)
            p[at++] = fleet->tables[i].points[k].p;
    }
    holm_adjust(p, at);
    at = 0;
    for (size_t i = 0; i < fleet->table_count; i++) {
        for (size_t k = 0; k < fleet->tables[i].count; k++)
            fleet->tables[i].points[k].p_holm = p[at++];
    }
    free(p);
}

bool fleet_compared(const struct fleet *fleet, const struct table *table)
{
    return !table->is_native && !table->is_twin && fleet->metrics[table->metric].primary;
}

/* The mean as a ratio over hosts instead of rounds. */
static void set_result(struct fleet *fleet, struct table *table)
{
    const struct meta *meta = &table->meta;
    struct result *result = &table->result;
    result->platform = fleet->platforms.at[table->platform];
    result->has_ratio = !table->is_native;
    result->ratio = (struct ratio){
        .n = meta->k,
        .log_mean = meta->mean,
        .log_sd = meta->error * sqrt((double)meta->k),
        .error = meta->error,
        .freedom = (double)meta->k - 1,
        .low = meta->low,
        .high = meta->high,
        .low90 = meta->low90,
        .high90 = meta->high90,
        .p = meta->p,
    };
}

static void decide(struct fleet *fleet)
{
    double *p = alloc_zero(fleet->table_count, sizeof *p);
    struct analysis family = {.settings = fleet->settings};
    size_t at = 0;
    for (size_t i = 0; i < fleet->table_count; i++) {
        set_result(fleet, &fleet->tables[i]);
        if (fleet_compared(fleet, &fleet->tables[i]))
            p[at++] = fleet->tables[i].meta.p;
    }
    holm_adjust(p, at);
    fleet->comparisons = family.family = at;
    at = 0;
    struct row row = {0};
    for (size_t i = 0; i < fleet->table_count; i++) {
        struct table *table = &fleet->tables[i];
        if (table->is_native)
            row.floor = 0;
        if (table->is_twin)
            row.floor = fabs(table->meta.mean);
        if (!fleet_compared(fleet, table))
            continue;
        table->result.p_holm = p[at++];
        verdict_decide(&family, &row, &table->result);
    }
    free(p);
}

void fleet_merge(struct fleet *fleet)
{
    sorted = fleet;
    if (fleet->table_count)
        qsort(fleet->tables, fleet->table_count, sizeof *fleet->tables, compare_tables);
    for (size_t i = 0; i < fleet->table_count; i++)
        merge_table(&fleet->tables[i]);
    correct_hosts(fleet);
    decide(fleet);
    sayings_of_all(fleet);
}

/* ---- questions ---- */

const struct table *fleet_native(const struct fleet *fleet, const struct table *table)
{
    for (const struct table *at = table; at >= fleet->tables && at->metric == table->metric &&
                                         at->architecture == table->architecture;
         at--) {
        if (at->is_native)
            return at;
    }
    return NULL;
}

size_t fleet_count(const struct fleet *fleet, enum host_status status, int architecture)
{
    size_t count = 0;
    for (size_t i = 0; i < fleet->host_count; i++) {
        const struct host *host = &fleet->hosts[i];
        count += host->status == status && (architecture < 0 || host->architecture == architecture);
    }
    return count;
}

double fleet_apart(const struct fleet *fleet, const struct table *table, const struct point *point)
{
    double apart = point->log - table->median;
    bool turned = table->is_native && fleet->metrics[table->metric].better == BETTER_HIGHER;
    return expm1(turned ? -apart : apart);
}
