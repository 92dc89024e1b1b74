#include "table.h"

#include "alloc.h"
#include "explain.h"
#include "numbers.h"
#include "units.h"
#include "versus.h"
#include "wording.h"
#include "wrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 22, WIDTH = 80, MOST_MARKS = 3, EVIDENCE = 6 };

/* A ratio's figure and interval: `1.021    1.015 .. 1.027`. */
static void print_interval(const struct ratio *ratio, FILE *out)
{
    char text[NUMBER], low[NUMBER], high[NUMBER];
    fprintf(out, "%7s", number(text, exp(ratio->log_mean)));
    if (ratio_has_interval(ratio))
        fprintf(out, "  %6s .. %-6s", number(low, exp(ratio->low)), number(high, exp(ratio->high)));
    else
        fprintf(out, "  %-16s", ratio->n == 1 ? "one round only" : "two rounds only");
}

static void print_verdict(const struct analysis *analysis, const struct result *result, bool colour,
                          FILE *out)
{
    static const char *const colours[] = {"", "\033[31m", "\033[32m", "\033[33m"};
    char text[PHRASE];
    wording_short(text, result, &analysis->settings);
    fprintf(out, "  %s%s%s%s%s", colour ? colours[result->verdict] : "",
            verdict_names[result->verdict], text[0] ? ", " : "", text, colour ? "\033[0m" : "");
}

/* The line below a comparison: what was recorded that goes with its difference. Frees `evidence`.
 */
static void print_evidence(char *evidence, FILE *out)
{
    if (!evidence)
        return;
    fprintf(out, "%*s", EVIDENCE, "");
    char *line = alloc_format("evidence: %s", evidence);
    wrap_print(out, line, EVIDENCE);
    free(line);
    free(evidence);
}

/* The numbers of the first few remarks that belong to a figure: ` [1,4]`; "" without any. */
static const char *marks_of(char text[NUMBER], const struct remarks *remarks, const struct row *row,
                            const char *platform)
{
    size_t shown = 0, used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < remarks->count && shown < MOST_MARKS; i++) {
        if (!remark_touches(&remarks->at[i], row, platform))
            continue;
        shown++;
        used +=
            (size_t)snprintf(text + used, NUMBER - used, "%s%zu", shown > 1 ? "," : " [", i + 1);
        if (shown == MOST_MARKS)
            used += (size_t)snprintf(text + used, NUMBER - used, "..");
    }
    if (shown)
        snprintf(text + used, NUMBER - used, "]");
    return text;
}

/* A name; what follows begins in the same column, below a name that is longer. */
static void print_column(const char *name, FILE *out)
{
    fprintf(out, "  ");
    if (strlen(name) <= NAME) {
        fprintf(out, "%-*s", NAME, name);
    } else {
        wrap_print(out, name, 2);
        fprintf(out, "%*s", NAME + 2, "");
    }
}

static void print_name(const struct remarks *remarks, const struct row *row, const char *platform,
                       FILE *out)
{
    char marks[NUMBER] = "";
    if (remarks)
        marks_of(marks, remarks, row, platform);
    char *name = alloc_format("%s%s", platform, marks);
    print_column(name, out);
    free(name);
}

/* The line above a metric's rows: its name, the baseline's figure and how many turns it rests on.
 */
static void print_head(const struct row *row, const struct remarks *remarks, FILE *out)
{
    char text[NUMBER], marks[NUMBER], phrase[PHRASE];
    char *name = alloc_format("%s %s", row->metric->benchmark, row->metric->name);
    bool is_long = strlen(name) > NAME + 2; /* with options, or a command: lines of its own */
    fprintf(out, "\n");
    if (is_long)
        wrap_print(out, name, 0);
    int used = fprintf(out, "%-*s", row->baseline ? NAME + 2 : 0, is_long ? "" : name);
    free(name);
    if (is_long && !row->baseline)
        return;
    if (row->baseline) {
        const struct stats *stats = &row->baseline->stats;
        struct unit unit = unit_for(row->metric->unit, stats->median);
        used += fprintf(out, " %s %s %s", row->baseline->platform,
                        number(text, stats->mean / unit.factor), unit.shown);
        if (stats->n > 2)
            used += fprintf(out, " +-%s", percent(text, stats->ci95 / fabs(stats->mean)));
        used += fprintf(out, "%s", marks_of(marks, remarks, row, row->baseline->platform));
        if (strstr(wording_turns(phrase, row->baseline->cell), "turns")) {
            bool fits = used + 2 + (int)strlen(phrase) <= WIDTH;
            fprintf(out, ",%s%*s%s", fits ? "" : "\n", fits ? 1 : NAME + 3, "", phrase);
        }
    }
    fprintf(out, "\n");
}

static bool is_in(const struct row *row, const char *platform)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->results[i].platform, platform) == 0)
            return true;
    }
    return false;
}

/* Platforms that took part and have no result here: a row that says so, never a missing row. */
static void print_missing(const struct analysis *analysis, const struct row *row,
                          const struct remarks *remarks, FILE *out)
{
    const struct names *platforms = &analysis->model->platforms;
    for (size_t p = 0; p < platforms->count; p++) {
        if (is_in(row, platforms->at[p]))
            continue;
        print_name(remarks, row, platforms->at[p], out);
        fprintf(out, "    n/a  no result\n");
    }
}

static void print_row(const struct analysis *analysis, const struct row *row,
                      const struct remarks *remarks, bool colour, FILE *out)
{
    char text[NUMBER];
    print_head(row, remarks, out);
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        if (result == row->baseline)
            continue;
        print_name(remarks, row, result->platform, out);
        if (!result->has_ratio)
            fprintf(out, "    n/a  %s", result->why_not);
        else
            print_interval(&result->ratio, out);
        if (result->has_ratio && result == row->twin)
            fprintf(out, "  noise floor %s", percent(text, expm1(row->floor)));
        else if (result->has_ratio)
            print_verdict(analysis, result, colour, out);
        fprintf(out, "\n");
        print_evidence(explain(analysis, row, result), out);
    }
    print_missing(analysis, row, remarks, out);
}

static void print_remark(const struct remark *remark, size_t index, FILE *out)
{
    char text[2048];
    int column = fprintf(out, "[%zu] ", index + 1);
    const char *evidence = remark->evidence;
    char more[64] = "";
    if (remark->rounds > 1)
        snprintf(more, sizeof more, " (in %zu trials)", remark->rounds);
    size_t length = strlen(evidence);
    bool ended = length && strchr(".!?", evidence[length - 1]);
    snprintf(text, sizeof text, "%s%s%s, %s %s: %s%s%s %s%s", remark->platform,
             strcmp(remark->benchmark, "-") == 0 ? "" : " ",
             strcmp(remark->benchmark, "-") == 0 ? "" : remark->benchmark, remark->guard,
             remark_kinds[remark->kind], evidence, more, ended && remark->rounds < 2 ? "" : ".",
             remark->advice[0] ? "To do: " : "", remark->advice);
    wrap_print(out, text, column);
}

static void print_left_out(const struct model *model, FILE *out)
{
    if (model->unusable_count)
        fprintf(out, "\nNot measured:\n");
    for (size_t i = 0; i < model->unusable_count; i++) {
        print_column(model->unusables[i].platform, out);
        wrap_print(out, model->unusables[i].reason, NAME + 2);
    }
    if (model->note_count)
        fprintf(out, "\n");
    for (size_t i = 0; i < model->note_count; i++) {
        fprintf(out, "note: ");
        wrap_print(out, model->notes[i], 6);
    }
}

void table_print(const struct analysis *analysis, const struct remarks *remarks, bool colour,
                 FILE *out)
{
    const struct model *model = analysis->model;
    int group = -1;
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (row->group != group) {
            group = row->group;
            fprintf(out, "%s%s: cost as a multiple of %s, 95 %% interval, verdict\n", i ? "\n" : "",
                    model->groups[group].label, analysis->settings.baseline);
        }
        if (row->metric->primary)
            print_row(analysis, row, remarks, colour, out);
    }
    if (remarks->count)
        fprintf(out, "\nWhat to know about these figures:\n");
    for (size_t i = 0; i < remarks->count; i++)
        print_remark(&remarks->at[i], i, out);
    print_left_out(model, out);
}

void table_versus(const struct analysis *analysis, bool colour, FILE *out)
{
    const struct group *groups = analysis->model->groups;
    struct versus_list list = versus_of(analysis);
    for (size_t i = 0; i < list.count; i++) {
        const struct versus *versus = &list.at[i];
        const struct row *row = versus->row;
        if (i == 0 || list.at[i - 1].row->group != row->group)
            fprintf(out, "\n%s against %s: cost as a multiple, not paired by round\n",
                    groups[row->group].label, groups[0].label);
        if (i == 0 || list.at[i - 1].row != row)
            fprintf(out, "\n%s %s\n", row->metric->benchmark, row->metric->name);
        print_name(NULL, row, versus->result.platform, out);
        print_interval(&versus->result.ratio, out);
        print_verdict(analysis, &versus->result, colour, out);
        fprintf(out, "\n");
        print_evidence(explain_versus(analysis, versus), out);
    }
    versus_free(&list);
}

void table_detail(const struct analysis *analysis, FILE *out)
{
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        const struct stats *stats = &row->results[0].stats;
        struct unit unit = unit_for(row->metric->unit, stats->median);
        fprintf(out, "\n%s %s, %s\n", row->metric->benchmark, row->metric->name, unit.shown);
        fprintf(out, "  %-*s %4s %9s %9s %9s  %s\n", NAME, "platform", "n", "mean", "stddev",
                "median", "ratio   95 %");
        for (size_t k = 0; k < row->count; k++) {
            const struct result *result = &row->results[k];
            fprintf(out, "  %-*s %4zu %9.5g %9.2g %9.5g", NAME, result->platform, result->stats.n,
                    result->stats.mean / unit.factor, result->stats.stddev / unit.factor,
                    result->stats.median / unit.factor);
            if (result->has_ratio)
                print_interval(&result->ratio, out);
            fprintf(out, "\n");
        }
    }
}
