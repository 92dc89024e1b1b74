#include "verdict.h"

#include "alloc.h"
#include "wilcoxon.h"

#include <math.h>
#include <stdlib.h>

const char *const verdict_names[] = {"", "different", "equivalent", "inconclusive"};

void verdict_ratio(struct result *result, const double *d, size_t n,
                   const struct settings *settings)
{
    result->has_ratio = true;
    result->ratio = ratio_paired(d, n);
    result->p_rank = wilcoxon_p(d, n);
    result->has_bca = settings->bootstrap && n >= BOOTSTRAP_LEAST;
    if (result->has_bca)
        result->bca = bootstrap_mean(d, n, settings->seed);
}

bool verdict_logs(double *values, size_t n, enum better better)
{
    for (size_t i = 0; i < n; i++) {
        if (!(values[i] > 0))
            return false;
        values[i] = better == BETTER_LOWER ? log(values[i]) : -log(values[i]);
    }
    return true;
}

static bool in_family(const struct row *row, const struct result *result)
{
    return row->metric->primary && result->has_ratio && result != row->twin &&
           result != row->baseline;
}

static double chosen_p(const struct result *result, size_t family, double alpha)
{
    bool ranks = wilcoxon_least_p(result->ratio.n) * (double)family <= alpha;
    return ranks && !isnan(result->p_rank) ? result->p_rank : result->ratio.p;
}

static size_t rounds_needed(const struct analysis *analysis, const struct row *row,
                            const struct result *result)
{
    const struct ratio *ratio = &result->ratio;
    double away = fabs(ratio->log_mean), margin = log1p(analysis->settings.margin);
    double confidence = 1 - analysis->settings.alpha / (double)analysis->family;
    size_t differ = ratio_pairs_needed(ratio->log_sd, away - row->floor, confidence);
    size_t same = ratio_pairs_needed(ratio->log_sd, margin - away, 0.9);
    size_t needed = differ < same ? differ : same;
    if (needed < RATIO_LEAST)
        needed = RATIO_LEAST;
    return needed > ratio->n ? needed - ratio->n : 1;
}

void verdict_decide(const struct analysis *analysis, const struct row *row, struct result *result)
{
    const struct ratio *ratio = &result->ratio;
    double margin = log1p(analysis->settings.margin);
    bool beyond = ratio->low > row->floor || ratio->high < -row->floor;
    bool within = ratio->low90 >= -margin && ratio->high90 <= margin;

    result->verdict = VERDICT_INCONCLUSIVE;
    if (ratio->n >= RATIO_LEAST && beyond && result->p_holm <= analysis->settings.alpha)
        result->verdict = VERDICT_DIFFERENT;
    else if (ratio->n >= RATIO_LEAST && within)
        result->verdict = VERDICT_EQUIVALENT;
    else if (!analysis->is_look)
        result->more_rounds = rounds_needed(analysis, row, result);
}

void verdict_all(struct analysis *analysis)
{
    size_t most = 0, count = 0;
    analysis->family = 0;
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        most += row->count;
        for (size_t k = 0; k < row->count; k++)
            analysis->family += in_family(row, &row->results[k]);
    }
    struct result **results = alloc_zero(most, sizeof(struct result *));
    double *p = alloc_zero(most, sizeof *p);
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        for (size_t k = 0; k < row->count; k++) {
            if (in_family(row, &row->results[k]))
                results[count++] = &row->results[k];
        }
    }
    for (size_t i = 0; i < count; i++)
        p[i] = chosen_p(results[i], analysis->family, analysis->settings.alpha);
    holm_adjust(p, count);
    for (size_t i = 0; i < count; i++)
        results[i]->p_holm = p[i];
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        for (size_t k = 0; k < row->count; k++) {
            if (in_family(row, &row->results[k]))
                verdict_decide(analysis, row, &row->results[k]);
        }
    }
    free(results);
    free(p);
}
