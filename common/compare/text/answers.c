#include "answers.h"

#include "alloc.h"
#include "err.h"
#include "explain.h"
#include "markdown.h"
#include "numbers.h"
#include "units.h"
#include "wrap.h"

#include <math.h>
#include <stdlib.h>

/* The list so far and one more: `A, B`. Frees `list` and returns the longer one. */
static char *listed(char *list, const char *name)
{
    char *longer = alloc_format("%s%s%s", list, *list ? ", " : "", name);
    free(list);
    return longer;
}

static bool is_compared(const struct row *row, const struct result *result)
{
    return result != row->baseline && result != row->twin;
}

/* `slower: qemu; the same within 2 %: docker; not decided: kvm` */
static void say_how(const struct analysis *analysis, const struct row *row, FILE *out)
{
    enum { COSTLIER, CHEAPER, SAME, OPEN, WITHOUT, WAYS };
    char *lists[WAYS];
    const char *before = "";
    for (int way = 0; way < WAYS; way++)
        lists[way] = alloc_text("", 0);
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        if (!is_compared(row, result))
            continue;
        int way = !result->has_ratio                        ? WITHOUT
                  : result->verdict == VERDICT_EQUIVALENT   ? SAME
                  : result->verdict == VERDICT_INCONCLUSIVE ? OPEN
                  : result->ratio.log_mean > 0              ? COSTLIER
                                                            : CHEAPER;
        lists[way] = listed(lists[way], result->platform);
    }
    const char *base = analysis->settings.baseline;
    for (int way = 0; way < WAYS; way++) {
        if (*lists[way]) {
            fprintf(out, "%s", before);
            switch (way) {
            case COSTLIER:
                fprintf(out, "costs more than %s: %s", base, lists[way]);
                break;
            case CHEAPER:
                fprintf(out, "costs less than %s: %s", base, lists[way]);
                break;
            case SAME:
                fprintf(out, "the same as %s, within %g %%: %s", base,
                        100 * analysis->settings.margin, lists[way]);
                break;
            case OPEN:
                fprintf(out, "no difference shown, nor that there is none: %s", lists[way]);
                break;
            default:
                fprintf(out, "not comparable: %s", lists[way]);
            }
            before = "; ";
        }
        free(lists[way]);
    }
    fprintf(out, *before ? "." : "nothing but %s was measured.", base);
}

static void say_mean(const struct row *row, const struct result *result, FILE *out)
{
    char text[NUMBER];
    struct unit unit = unit_for(row->metric->unit, result->stats.median);
    fprintf(out, "%s %s", number(text, result->stats.mean / unit.factor), unit.shown);
}

/* `native 75.45 ms; qemu 1.234 s, 16.4 times (11.4 to 23.5)` */
static void say_by(const struct row *row, FILE *out)
{
    char a[NUMBER], b[NUMBER], c[NUMBER];
    const char *before = "";
    if (row->baseline) {
        fprintf(out, "%s ", row->baseline->platform);
        say_mean(row, row->baseline, out);
        before = "; ";
    }
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        if (!is_compared(row, result))
            continue;
        fprintf(out, "%s%s ", before, result->platform);
        say_mean(row, result, out);
        if (result->has_ratio)
            fprintf(out, ", a cost of %s", number(a, exp(result->ratio.log_mean)));
        if (result->has_ratio && ratio_has_interval(&result->ratio))
            fprintf(out, " (95 %%: %s to %s)", number(b, exp(result->ratio.low)),
                    number(c, exp(result->ratio.high)));
        before = "; ";
    }
    if (row->twin && row->twin->has_ratio)
        fprintf(out, "; two runs of %s differ by %s", row->baseline->platform,
                percent(a, expm1(row->floor)));
    fputc('.', out);
}

static void say_why(const struct analysis *analysis, const struct row *row, FILE *out)
{
    const char *before = "";
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        char *evidence = explain(analysis, row, result);
        if (result->verdict == VERDICT_DIFFERENT)
            fprintf(out, "%s%s: %s.", before, result->platform,
                    evidence ? evidence : "nothing that was recorded goes with it");
        if (result->verdict == VERDICT_DIFFERENT)
            before = " ";
        free(evidence);
    }
    if (!*before)
        fprintf(out, "no difference was shown.");
}

enum { QUESTIONS = 3 };
static const char *const questions[QUESTIONS] = {"How do they differ?", "By how much?",
                                                 "What explains it?"};

/* The answer to a question, a new text. */
static char *answer(const struct analysis *analysis, const struct row *row, int question)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        die(STATUS_SYSTEM, "out of memory");
    if (question == 0)
        say_how(analysis, row, out);
    else if (question == 1)
        say_by(row, out);
    else
        say_why(analysis, row, out);
    if (fclose(out) != 0)
        die(STATUS_SYSTEM, "out of memory");
    return text;
}

void answers_text(const struct analysis *analysis, FILE *out)
{
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (!row->metric->primary)
            continue;
        fprintf(out, "\n%s %s (%s)\n", row->metric->benchmark, row->metric->name,
                row->metric->resource);
        for (int question = 0; question < QUESTIONS; question++) {
            char *said = answer(analysis, row, question);
            char *line = alloc_format("%s %s", questions[question], said);
            fprintf(out, "  ");
            wrap_print(out, line, 2);
            free(line);
            free(said);
        }
    }
}

void answers_markdown(const struct analysis *analysis, FILE *out)
{
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (!row->metric->primary)
            continue;
        fprintf(out, "\n### ");
        markdown_text(row->metric->benchmark, out);
        fputc(' ', out);
        markdown_text(row->metric->name, out);
        fprintf(out, " (");
        markdown_text(row->metric->resource, out);
        fprintf(out, ")\n\n");
        for (int question = 0; question < QUESTIONS; question++) {
            char *said = answer(analysis, row, question);
            fprintf(out, "- *%s* ", questions[question]);
            markdown_text(said, out);
            fputc('\n', out);
            free(said);
        }
    }
}
