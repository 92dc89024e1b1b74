#include "need.h"

#include "numbers.h"
#include "wording.h"

#include <math.h>

/* Of a ratio's log: from tenfold on, nobody asks for the percent. */
#define MANIFOLD 2.302585

/* How precisely a difference is to be known. */
static double enough_of(const struct result *result, double precision)
{
    double away = fabs(result->ratio.log_mean);
    bool by_turns = result->turns > result->pair_count;
    double most = by_turns && away < MANIFOLD ? 2 * precision : INFINITY;
    return fmax(precision, fmin(away / 2, most));
}

bool need_holds(const struct result *result, const struct settings *settings)
{
    double half = result_precision(result);
    if (result->verdict == VERDICT_INCONCLUSIVE)
        return half <= settings->precision / 3;
    if (result->verdict != VERDICT_DIFFERENT)
        return half <= settings->precision;
    return result->p_holm <= settings->alpha / 3 && half <= enough_of(result, settings->precision);
}

static uint32_t last_round(const struct model *model)
{
    uint32_t last = 0;
    for (size_t i = 0; i < model->group_count; i++)
        last = model->groups[i].last_round > last ? model->groups[i].last_round : last;
    return last;
}

/* What a look means for a comparison, which was `now` at it. */
static void look(struct result *result, const struct result *now, const struct settings *settings,
                 uint32_t round)
{
    if (now->verdict == VERDICT_NONE || now->ratio.n == result->looked || result->settled)
        return;
    bool holds = need_holds(now, settings);
    if (holds && result->held)
        result->settled = round;
    result->held = holds;
    result->looked = now->ratio.n;
}

size_t need_looks(struct analysis *analysis)
{
    uint32_t last = last_round(analysis->model);
    size_t open = 0;
    for (uint32_t round = NEED_FIRST_LOOK; round <= last && round <= NEED_LAST_LOOK; round++) {
        struct analysis at = analysis_at(analysis, round);
        for (size_t i = 0; i < at.count; i++) {
            for (size_t k = 0; k < at.rows[i].count; k++)
                look(&analysis->rows[i].results[k], &at.rows[i].results[k], &at.settings, round);
        }
        analysis_at_free(&at);
    }
    for (size_t i = 0; i < analysis->count; i++) {
        for (size_t k = 0; k < analysis->rows[i].count; k++) {
            const struct result *result = &analysis->rows[i].results[k];
            open += result->verdict != VERDICT_NONE && !result->settled;
        }
    }
    return open;
}

/* Seconds that a round has taken so far; 0 if that cannot be known. */
static double round_seconds(const struct model *model, int group)
{
    double first = INFINITY, last = -INFINITY;
    uint32_t rounds = model->groups[group].last_round;
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct cell *cell = &model->cells[i];
        if (cell->group != group || cell->count == 0)
            continue;
        first = fmin(first, cell->trials[0].time);
        last = fmax(last, cell->trials[cell->count - 1].time);
    }
    return rounds > 1 && last > first ? (last - first) / (rounds - 1) : 0;
}

static void print_comparison(const struct analysis *analysis, const struct row *row,
                             const struct result *result, FILE *out)
{
    char phrase[PHRASE], ratio[NUMBER], half[NUMBER];
    double seconds = round_seconds(analysis->model, row->group);
    fprintf(out, "%s\t%s\t%s\t%s\t%s", result->settled ? "settled" : "open", result->platform,
            row->metric->benchmark, row->metric->name, number(ratio, exp(result->ratio.log_mean)));
    if (ratio_has_interval(&result->ratio))
        fprintf(out, " +-%s", percent(half, result_precision(result)));
    fprintf(out, ", %s", verdict_names[result->verdict]);
    if (result->verdict == VERDICT_INCONCLUSIVE && !result->settled) {
        fprintf(out, ", %s", wording_of(phrase, result, &analysis->settings));
        if (result->more_rounds < 1000 && seconds > 0)
            fprintf(out, ", %.0f min", ceil((double)result->more_rounds * seconds / 60));
    } else if (!result->settled) {
        double enough = enough_of(result, analysis->settings.precision);
        if (result->verdict == VERDICT_DIFFERENT && result_precision(result) > enough)
            fprintf(out, ", wanted to +-%s", percent(half, enough));
        else
            fprintf(out, ", to be confirmed");
    }
    fprintf(out, "\n");
}

void need_print(struct analysis *analysis, FILE *out)
{
    uint32_t last = last_round(analysis->model), next = last + 1;
    size_t open = need_looks(analysis);
    if (analysis->family == 0 && last < NEED_WITHOUT_COMPARISONS)
        next = NEED_WITHOUT_COMPARISONS;
    else if (last < NEED_FIRST_LOOK)
        next = NEED_FIRST_LOOK;
    else if (open == 0 || last >= NEED_LAST_LOOK)
        next = 0;
    fprintf(out, "need %u\n", next);
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        for (size_t k = 0; k < row->count; k++) {
            if (row->results[k].verdict != VERDICT_NONE)
                print_comparison(analysis, row, &row->results[k], out);
        }
    }
}
