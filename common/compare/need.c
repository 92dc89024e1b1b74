#include "need.h"

#include "numbers.h"
#include "wording.h"

#include <math.h>

static const uint32_t looks[] = {6, 8, 12, 16, 24, 32, 48};
enum { LOOKS = sizeof looks / sizeof looks[0] };

static bool settled(const struct settings *settings, const struct result *result)
{
    return result->verdict != VERDICT_INCONCLUSIVE ||
           result_precision(result) <= settings->precision;
}

/* The same comparison in the analysis of an earlier look, or NULL. */
static const struct result *find_result(const struct analysis *analysis, const struct row *row,
                                        const struct result *result)
{
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *other = &analysis->rows[i];
        for (size_t k = 0; other->metric == row->metric && k < other->count; k++) {
            if (other->results[k].cell == result->cell)
                return &other->results[k];
        }
    }
    return NULL;
}

/* Seconds that a round has taken so far; 0 if that cannot be known. */
static double round_seconds(const struct model *model, int group, uint32_t rounds)
{
    double first = INFINITY, last = -INFINITY;
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct cell *cell = &model->cells[i];
        if (cell->group != group || cell->count == 0)
            continue;
        first = fmin(first, cell->trials[0].time);
        last = fmax(last, cell->trials[cell->count - 1].time);
    }
    return rounds > 1 && last > first ? (last - first) / (rounds - 1) : 0;
}

static void print_open(const struct row *row, const struct result *result,
                       const struct settings *settings, double seconds, FILE *out)
{
    char phrase[PHRASE], ratio[NUMBER], low[NUMBER], high[NUMBER];
    fprintf(out, "%s %s %s: %s [%s %s], %s", result->platform, row->metric->benchmark,
            row->metric->name, number(ratio, exp(result->ratio.log_mean)),
            number(low, exp(result->ratio.low)), number(high, exp(result->ratio.high)),
            result->verdict == VERDICT_INCONCLUSIVE ? "inconclusive" : "decided at this look only");
    if (result->verdict == VERDICT_INCONCLUSIVE)
        fprintf(out, ": %s", wording_of(phrase, result, settings));
    if (result->verdict == VERDICT_INCONCLUSIVE && result->more_rounds < 1000 && seconds > 0)
        fprintf(out, ", %.0f min", ceil((double)result->more_rounds * seconds / 60));
    fprintf(out, "\n");
}

void need_print(const struct model *model, const struct settings *settings, FILE *out)
{
    uint32_t rounds = 0, next = 0, before = 0;
    for (size_t i = 0; i < model->group_count; i++)
        rounds = model->groups[i].last_round > rounds ? model->groups[i].last_round : rounds;
    for (int i = LOOKS - 1; i >= 0 && looks[i] > rounds; i--)
        next = looks[i];
    for (int i = 1; i < LOOKS && looks[i] <= rounds; i++)
        before = looks[i - 1];

    struct settings earlier = *settings;
    earlier.rounds = before;
    struct analysis now = analyse(model, settings), then = analyse(model, &earlier);
    size_t open = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1)
            fprintf(out, "need %u\n", open || rounds < looks[0] ? next : 0);
        for (size_t i = 0; i < now.count; i++) {
            for (size_t k = 0; k < now.rows[i].count; k++) {
                const struct result *result = &now.rows[i].results[k];
                if (result->verdict == VERDICT_NONE)
                    continue;
                const struct result *last =
                    before ? find_result(&then, &now.rows[i], result) : NULL;
                if (settled(settings, result) && last && settled(settings, last))
                    continue;
                open++;
                if (pass == 1)
                    print_open(&now.rows[i], result, settings,
                               round_seconds(model, now.rows[i].group, rounds), out);
            }
        }
    }
    analysis_free(&now);
    analysis_free(&then);
}
