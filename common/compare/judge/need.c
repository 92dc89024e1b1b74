#include "need.h"

#include "numbers.h"
#include "wording.h"

#include <math.h>

static const uint32_t looks[] = NEED_LOOKS;
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

/* Visits every comparison that is not settled; returns how many there are. */
static size_t visit_open(const struct analysis *now, const struct analysis *then,
                         void (*visit)(const struct row *row, const struct result *result,
                                       void *context),
                         void *context)
{
    size_t open = 0;
    for (size_t i = 0; i < now->count; i++) {
        for (size_t k = 0; k < now->rows[i].count; k++) {
            const struct row *row = &now->rows[i];
            const struct result *result = &row->results[k];
            if (result->verdict == VERDICT_NONE)
                continue;
            const struct result *last = then ? find_result(then, row, result) : NULL;
            if (last && settled(&now->settings, result) && settled(&now->settings, last))
                continue;
            open++;
            if (visit)
                visit(row, result, context);
        }
    }
    return open;
}

struct need need_at(const struct model *model, const struct settings *settings, uint32_t rounds,
                    void (*visit)(const struct row *row, const struct result *result,
                                  void *context),
                    void *context)
{
    struct need need = {0};
    struct settings at = *settings, earlier = *settings;
    for (int i = LOOKS - 1; i >= 0 && looks[i] > rounds; i--)
        need.next = looks[i];
    for (int i = 1; i < LOOKS && looks[i] <= rounds; i++)
        earlier.rounds = looks[i - 1];
    at.rounds = rounds;
    struct analysis now = analyse(model, &at), then = {0};
    if (earlier.rounds)
        then = analyse(model, &earlier);
    need.open = visit_open(&now, earlier.rounds ? &then : NULL, visit, context);
    if (!need.open && rounds >= looks[0])
        need.next = 0;
    analysis_free(&now);
    analysis_free(&then);
    return need;
}

struct printing {
    const struct model *model;
    const struct settings *settings;
    uint32_t rounds;
    FILE *out;
};

static void print_visited(const struct row *row, const struct result *result, void *context)
{
    const struct printing *printing = context;
    print_open(row, result, printing->settings,
               round_seconds(printing->model, row->group, printing->rounds), printing->out);
}

void need_print(const struct model *model, const struct settings *settings, FILE *out)
{
    struct printing printing = {.model = model, .settings = settings, .out = out};
    for (size_t i = 0; i < model->group_count; i++) {
        if (model->groups[i].last_round > printing.rounds)
            printing.rounds = model->groups[i].last_round;
    }
    fprintf(out, "need %u\n", need_at(model, settings, printing.rounds, NULL, NULL).next);
    need_at(model, settings, printing.rounds, print_visited, &printing);
}
