#include "table.h"

#include "numbers.h"
#include "units.h"

#include <math.h>
#include <string.h>

enum { NAME = 24 };

/* A ratio's figure and interval: `1.021  1.015 .. 1.027`. */
static void print_interval(const struct ratio *ratio, FILE *out)
{
    char text[NUMBER], low[NUMBER], high[NUMBER];
    fprintf(out, "%8s", number(text, exp(ratio->log_mean)));
    if (ratio->n > 1)
        fprintf(out, "  %7s .. %-7s", number(low, exp(ratio->low)), number(high, exp(ratio->high)));
    else
        fprintf(out, "  %18s", "one round only");
}

static void print_verdict(const struct result *result, bool colour, FILE *out)
{
    static const char *const colours[] = {"", "\033[31m", "\033[32m", "\033[33m"};
    double cost = exp(result->ratio.log_mean);
    fprintf(out, "%s%s", colour ? colours[result->verdict] : "", verdict_names[result->verdict]);
    if (colour)
        fprintf(out, "\033[0m");
    if (result->verdict == VERDICT_INCONCLUSIVE && result->more_rounds < 1000)
        fprintf(out, ": ~%zu more rounds", result->more_rounds);
    else if (result->verdict == VERDICT_DIFFERENT && fabs(cost - 1) < 1)
        fprintf(out, ": %+.1f %%", 100 * (cost - 1));
}

static void print_row(const struct analysis *analysis, const struct row *row, bool colour,
                      FILE *out)
{
    char name[128], text[NUMBER];
    (void)analysis;
    snprintf(name, sizeof name, "%s %s", row->metric->benchmark, row->metric->name);
    fprintf(out, "\n%-*s", NAME + 2, name);
    if (row->baseline) {
        const struct stats *stats = &row->baseline->stats;
        struct unit unit = unit_for(row->metric->unit, stats->median);
        fprintf(out, " %s %s %s", row->baseline->platform, number(text, stats->mean / unit.factor),
                unit.shown);
        if (stats->n > 1)
            fprintf(out, " +-%.1f %%", 100 * stats->ci95 / fabs(stats->mean));
    }
    if (row->twin && row->twin->has_ratio)
        fprintf(out, ", noise floor %.1f %%", 100 * expm1(row->floor));
    fprintf(out, "\n");
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        if (result == row->baseline || (result == row->twin && row->baseline))
            continue;
        fprintf(out, "  %-*s", NAME, result->platform);
        if (strlen(result->platform) > NAME)
            fprintf(out, "\n  %-*s", NAME, "");
        if (result->has_ratio) {
            print_interval(&result->ratio, out);
            fprintf(out, "  ");
            print_verdict(result, colour, out);
        } else {
            fprintf(out, "     n/a  %s", result->why_not);
        }
        fprintf(out, "\n");
    }
}

void table_print(const struct analysis *analysis, bool colour, FILE *out)
{
    const struct model *model = analysis->model;
    int group = -1;
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (row->group != group) {
            group = row->group;
            fprintf(out, "%s%s: what each platform costs, as a multiple of %s (95 %% interval)\n",
                    i ? "\n" : "", model->groups[group].label, analysis->settings.baseline);
        }
        if (row->metric->primary)
            print_row(analysis, row, colour, out);
    }
    if (model->unusable_count)
        fprintf(out, "\nNot measured:\n");
    for (size_t i = 0; i < model->unusable_count; i++)
        fprintf(out, "  %-*s %s\n", NAME, model->unusables[i].platform, model->unusables[i].reason);
    if (model->note_count)
        fprintf(out, "\n");
    for (size_t i = 0; i < model->note_count; i++)
        fprintf(out, "note: %s\n", model->notes[i]);
}

void table_detail(const struct analysis *analysis, FILE *out)
{
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        const struct stats *stats = &row->results[0].stats;
        struct unit unit = unit_for(row->metric->unit, stats->median);
        fprintf(out, "\n%s %s, %s\n", row->metric->benchmark, row->metric->name, unit.shown);
        fprintf(out, "  %-*s %4s %10s %9s %10s  %s\n", NAME, "platform", "n", "mean", "stddev",
                "median", "ratio (95 %)");
        for (size_t k = 0; k < row->count; k++) {
            const struct result *result = &row->results[k];
            fprintf(out, "  %-*s %4zu %10.5g %9.2g %10.5g", NAME, result->platform, result->stats.n,
                    result->stats.mean / unit.factor, result->stats.stddev / unit.factor,
                    result->stats.median / unit.factor);
            if (result->has_ratio)
                print_interval(&result->ratio, out);
            fprintf(out, "\n");
        }
    }
}
