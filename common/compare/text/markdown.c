#include "export.h"

#include "err.h"
#include "explain.h"
#include "markdown.h"
#include "numbers.h"
#include "units.h"
#include "wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void markdown_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (strchr("|<>*_`\\[]()!#&~", *text))
            fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
}

/*
 * A comment of a review holds 65,536 characters (GitHub; others hold more), of which the table and
 * what --gate found shall be there. `out` is in memory.
 */
static bool has_room(FILE *out)
{
    const long room = 55000;
    return ftell(out) < room;
}

static void put_result(const struct analysis *analysis, const struct row *row,
                       const struct remarks *remarks, const struct result *result, FILE *out)
{
    char a[NUMBER], b[NUMBER], c[NUMBER], phrase[PHRASE];
    struct unit unit = unit_for(row->metric->unit, result->stats.median);
    fprintf(out, "| ");
    markdown_text(row->metric->benchmark, out);
    fputc(' ', out);
    markdown_text(row->metric->name, out);
    fprintf(out, " | ");
    markdown_text(result->platform, out);
    fprintf(out, " | %s ", number(a, result->stats.mean / unit.factor));
    markdown_text(unit.shown, out);
    fprintf(out, " | ");
    if (result == row->baseline)
        fprintf(out, "1 | | ");
    else if (result->has_ratio && ratio_has_interval(&result->ratio))
        fprintf(out, "%s | %s to %s | ", number(a, exp(result->ratio.log_mean)),
                number(b, exp(result->ratio.low)), number(c, exp(result->ratio.high)));
    else if (result->has_ratio)
        fprintf(out, "%s | %s only | ", number(a, exp(result->ratio.log_mean)),
                result->ratio.n == 1 ? "one round" : "two rounds");
    else
        fprintf(out, "n/a | %s | ", result->why_not ? result->why_not : "");
    wording_of(phrase, result, &analysis->settings);
    if (result == row->twin)
        fprintf(out, "noise floor %s", percent(a, expm1(row->floor)));
    else
        fprintf(out, "%s%s%s%s", result->verdict == VERDICT_DIFFERENT ? "**" : "",
                verdict_names[result->verdict], result->verdict == VERDICT_DIFFERENT ? "**" : "",
                phrase[0] ? ", " : "");
    markdown_text(phrase, out);
    for (size_t i = 0; i < remarks->count; i++) {
        if (remark_touches(&remarks->at[i], row, result->platform))
            fprintf(out, " [%zu]", i + 1);
    }
    char *evidence = has_room(out) ? explain(analysis, row, result) : NULL;
    if (evidence) {
        fprintf(out, "<br>");
        markdown_text(evidence, out);
        free(evidence);
    }
    fprintf(out, " |\n");
}

static void put_remarks(const struct model *model, const struct remarks *remarks, FILE *out)
{
    if (remarks->count)
        fprintf(out,
                "\n<details><summary>What to know about these figures: %zu remark%s</summary>\n\n",
                remarks->count, remarks->count == 1 ? "" : "s");
    for (size_t i = 0; i < remarks->count; i++) {
        if (!has_room(out)) {
            fprintf(out, "\n%zu more are in the text report.\n", remarks->count - i);
            break;
        }
        const struct remark *remark = &remarks->at[i];
        fprintf(out, "%zu. **", i + 1);
        markdown_text(remark->platform, out);
        if (strcmp(remark->benchmark, "-") != 0) {
            fputc(' ', out);
            markdown_text(remark->benchmark, out);
        }
        fprintf(out, "**, ");
        markdown_text(remark->guard, out);
        fprintf(out, " (%s): ", remark_kinds[remark->kind]);
        markdown_text(remark->evidence, out);
        fprintf(out, ". To do: ");
        markdown_text(remark->advice, out);
        fprintf(out, "\n");
    }
    if (remarks->count)
        fprintf(out, "\n</details>\n");
    for (size_t i = 0; i < model->unusable_count; i++) {
        fprintf(out, "%s- not measured: ", i ? "" : "\n");
        markdown_text(model->unusables[i].platform, out);
        fprintf(out, ": ");
        markdown_text(model->unusables[i].reason, out);
        fprintf(out, "\n");
    }
    for (size_t i = 0; i < model->note_count; i++) {
        fprintf(out, "%s- ", i || model->unusable_count ? "" : "\n");
        markdown_text(model->notes[i], out);
        fprintf(out, "\n");
    }
}

static void put_all(const struct analysis *analysis, const struct remarks *remarks, FILE *out)
{
    int group = -1;
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (!row->metric->primary)
            continue;
        if (row->group != group) {
            group = row->group;
            fprintf(out, "%s**", i ? "\n" : "");
            markdown_text(analysis->model->groups[group].label, out);
            fprintf(out, "**: cost as a multiple of ");
            markdown_text(analysis->settings.baseline, out);
            fprintf(out, "\n\n"
                         "| benchmark | platform | mean | cost | 95 %% interval | verdict |\n"
                         "|---|---|--:|--:|:-:|---|\n");
        }
        for (size_t k = 0; k < row->count; k++)
            put_result(analysis, row, remarks, &row->results[k], out);
    }
    put_remarks(analysis->model, remarks, out);
}

void export_markdown(const struct analysis *analysis, const struct remarks *remarks, FILE *out)
{
    char *text = NULL;
    size_t bytes;
    FILE *page = open_memstream(&text, &bytes);
    bool good = page;
    if (good) {
        put_all(analysis, remarks, page);
        good = fclose(page) == 0;
    }
    if (!good)
        die(STATUS_SYSTEM, "out of memory");
    fwrite(text, 1, bytes, out);
    free(text);
}
