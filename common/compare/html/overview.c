/* The report's first page: the matrix and the forest plot. */
#include "sections.h"

#include "alloc.h"
#include "catalog.h"
#include "explain.h"
#include "numbers.h"
#include "plot.h"
#include "units.h"
#include "wording.h"

#include <math.h>
#include <stdlib.h>

static const char *verdict_class(const struct result *result)
{
    if (result->verdict == VERDICT_DIFFERENT)
        return result->ratio.log_mean > 0 ? "more" : "less";
    return result->verdict == VERDICT_EQUIVALENT     ? "same"
           : result->verdict == VERDICT_INCONCLUSIVE ? "open"
                                                     : "soft";
}

static void put_native(const struct page *page, const struct row *row)
{
    char text[NUMBER];
    if (!row->baseline)
        return;
    const struct stats *stats = &row->baseline->stats;
    struct unit unit = unit_for(row->metric->unit, stats->median);
    plot_text(page->analysis->settings.baseline, page->out);
    fprintf(page->out, " %s ", number(text, stats->mean / unit.factor));
    plot_text(unit.shown, page->out);
}

/* Stronger with the size of a difference that is one; 30 times is full. */
static void put_cost(const struct page *page, const struct row *row, const struct result *result)
{
    static const char *const words[] = {"", "different", "same", "open"};
    FILE *out = page->out;
    char text[NUMBER];
    if (!result || !result->has_ratio) {
        fprintf(out, "<td class=\"cost soft\">%s</td>", result ? "n/a" : "–");
        return;
    }
    const char *class = verdict_class(result);
    double size = fmin(1, fabs(result->ratio.log_mean) / log(30));
    int tint = result->verdict == VERDICT_DIFFERENT    ? 12 + (int)(58 * size)
               : result->verdict == VERDICT_EQUIVALENT ? 12
                                                       : 0;
    fprintf(
        out,
        "<td class=\"cost\" style=\"background:color-mix(in srgb,var(--%s) %d%%,transparent)\">%s",
        class, tint, number(text, exp(result->ratio.log_mean)));
    page_marks(page, row, result->platform);
    fprintf(out, "<span class=\"%s\">%s</span></td>", tint > 40 ? "" : class,
            result->verdict == VERDICT_DIFFERENT ? result->ratio.log_mean > 0 ? "more" : "less"
                                                 : words[result->verdict]);
}

/* Places of the platforms that have a figure of their own, by kind; returns how many. */
static size_t list_columns(const struct page *page, size_t *columns)
{
    const struct names *platforms = &page->analysis->model->platforms;
    size_t count = 0;
    for (int kind = 0; kind <= KIND_OTHER; kind++) {
        for (size_t p = 0; p < platforms->count; p++) {
            const struct row *row;
            bool there = false;
            for (size_t at = 0; !there && (row = page_row(page, &at));) {
                const struct result *result = page_result(row, platforms->at[p]);
                there = row->metric->primary && result && page_compared(row, result);
            }
            if (there && (int)platform_kind(platforms->at[p]) == kind)
                columns[count++] = p;
        }
    }
    return count;
}

void section_matrix(const struct page *page)
{
    const struct names *platforms = &page->analysis->model->platforms;
    FILE *out = page->out;
    const struct row *row;
    size_t *columns = alloc_zero(platforms->count, sizeof *columns);
    size_t count = list_columns(page, columns);
    fprintf(out, "<div class=\"card scroll\"><table class=\"matrix\"><tr><th></th>");
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "<th class=\"p\">");
        plot_text(platforms->at[columns[i]], out);
        fprintf(out, "</th>");
    }
    fprintf(out, "</tr>\n");
    for (size_t at = 0; (row = page_row(page, &at));) {
        const struct measured *metric = row->metric;
        if (!metric->primary)
            continue;
        fprintf(out, "<tr><td>");
        plot_text(metric->resource[0] ? metric->resource : metric->benchmark, out);
        fprintf(out, "<span>");
        page_metric(page, metric);
        fprintf(out, "</span></td>");
        for (size_t i = 0; i < count; i++)
            put_cost(page, row, page_result(row, platforms->at[columns[i]]));
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</table></div>\n");
    free(columns);
}

/* ---- forest ---- */

static void put_grid(const struct page *page, const struct axis *axis)
{
    double ticks[MOST_TICKS];
    size_t count = axis_ticks(axis, 9, true, ticks);
    for (size_t i = 0; i < count; i++)
        fprintf(page->out, "<line class=\"%s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"100%%\"/>",
                ticks[i] == 1 ? "one" : "grid", axis_place(axis, ticks[i]),
                axis_place(axis, ticks[i]));
}

static void put_axis(const struct page *page, const struct axis *axis)
{
    double ticks[MOST_TICKS];
    size_t count = axis_ticks(axis, 9, true, ticks);
    fprintf(page->out, "<div class=\"axis\"><svg height=\"20\" aria-hidden=\"true\">");
    for (size_t i = 0; i < count; i++)
        fprintf(page->out, "<text x=\"%.2f%%\" y=\"14\" text-anchor=\"middle\">%.4g×</text>",
                axis_place(axis, ticks[i]), ticks[i]);
    fprintf(page->out, "</svg></div>\n");
}

static void put_ratio(const struct page *page, const struct axis *axis, const struct row *row,
                      const struct result *result)
{
    FILE *out = page->out;
    char ratio[NUMBER], low[NUMBER], high[NUMBER], phrase[PHRASE];
    const char *class = verdict_class(result);
    double at = axis_place(axis, exp(result->ratio.log_mean));
    double left = axis_place(axis, exp(-row->floor)), right = axis_place(axis, exp(row->floor));

    fprintf(out, "<div class=\"name\">");
    plot_text(result->platform, out);
    page_marks(page, row, result->platform);
    fprintf(out, "</div><div class=\"draw\"><svg role=\"img\" aria-label=\"%s\">",
            number(ratio, exp(result->ratio.log_mean)));
    fprintf(out, "<rect class=\"floor\" x=\"%.2f%%\" width=\"%.2f%%\" height=\"100%%\"/>", left,
            right - left);
    put_grid(page, axis);
    if (ratio_has_interval(&result->ratio))
        fprintf(
            out,
            "<line class=\"ci %s\" stroke=\"currentColor\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"50%%\" "
            "y2=\"50%%\"/>",
            class, axis_place(axis, exp(result->ratio.low)),
            axis_place(axis, exp(result->ratio.high)));
    fprintf(out,
            "<circle class=\"%s\" cx=\"%.2f%%\" cy=\"50%%\" r=\"4.5\" fill=\"%s\" "
            "stroke=\"currentColor\" "
            "stroke-width=\"1.6\"/></svg></div>",
            class, at, result->verdict == VERDICT_INCONCLUSIVE ? "var(--card)" : "currentColor");
    if (ratio_has_interval(&result->ratio))
        fprintf(out, "<div class=\"figure\"><b>%s</b> <span class=\"soft\">%s – %s</span></div>",
                ratio, number(low, exp(result->ratio.low)), number(high, exp(result->ratio.high)));
    else
        fprintf(out, "<div class=\"figure\"><b>%s</b> <span class=\"soft\">one round</span></div>",
                ratio);
    wording_of(phrase, result, &page->analysis->settings);
    fprintf(out, "<div class=\"word %s\">%s%s%s</div>\n", class, verdict_names[result->verdict],
            phrase[0] ? ", " : "", phrase);
    char *evidence = explain(page->analysis, row, result);
    if (evidence) {
        fprintf(out, "<div class=\"evidence\">");
        plot_text(evidence, out);
        fprintf(out, "</div>\n");
        free(evidence);
    }
}

/*
 * The axis holds every ratio, and intervals as far as they reach no more than 8 times beyond the
 * outermost ratio: those of two or three noisy rounds may span decades.
 */
static struct axis forest_axis(const struct page *page)
{
    struct axis axis = {.low = 1, .high = 1, .logarithmic = true};
    double low = 0, high = INFINITY;
    for (int pass = 0; pass < 2; pass++) {
        const struct row *row;
        for (size_t at = 0; (row = page_row(page, &at));) {
            for (size_t i = 0; row->metric->primary && i < row->count; i++) {
                const struct result *result = &row->results[i];
                if (!result->has_ratio || !page_compared(row, result))
                    continue;
                axis_hold(&axis, exp(result->ratio.log_mean));
                if (pass == 1) {
                    axis_hold(&axis, fmax(low, exp(result->ratio.low)));
                    axis_hold(&axis, fmin(high, exp(result->ratio.high)));
                    axis_hold(&axis, fmax(low, exp(-row->floor)));
                    axis_hold(&axis, fmin(high, exp(row->floor)));
                }
            }
        }
        low = axis.low / 8;
        high = axis.high * 8;
    }
    axis_pad(&axis, 0.05);
    return axis;
}

static void put_missing(const struct page *page, const struct row *row, const char *platform,
                        const char *why)
{
    fprintf(page->out, "<div class=\"name\">");
    plot_text(platform, page->out);
    page_marks(page, row, platform);
    fprintf(page->out, "</div><div class=\"soft\">n/a: %s</div><div></div><div></div>\n",
            why ? why : "");
}

void section_forest(const struct page *page)
{
    const struct names *platforms = &page->analysis->model->platforms;
    FILE *out = page->out;
    struct axis axis = forest_axis(page);
    const struct row *row;
    char text[NUMBER];
    fprintf(out, "<div class=\"card forest\">\n");
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (!row->metric->primary)
            continue;
        fprintf(out, "<div class=\"head\">");
        page_metric(page, row->metric);
        fprintf(out, " <span>");
        put_native(page, row);
        if (row->baseline)
            page_marks(page, row, row->baseline->platform);
        if (row->twin && row->twin->has_ratio) {
            fprintf(out, " · noise floor %s", percent(text, expm1(row->floor)));
            page_marks(page, row, row->twin->platform);
        }
        fprintf(out, "</span></div>\n");
        for (size_t i = 0; i < row->count; i++) {
            const struct result *result = &row->results[i];
            if (!page_compared(row, result))
                continue;
            if (result->has_ratio) {
                put_ratio(page, &axis, row, result);
                continue;
            }
            put_missing(page, row, result->platform, result->why_not);
        }
        for (size_t p = 0; p < platforms->count; p++) {
            if (!page_result(row, platforms->at[p]) && !platform_is_twin(platforms->at[p]))
                put_missing(page, row, platforms->at[p], "no result");
        }
    }
    put_axis(page, &axis);
    fprintf(out, "</div>\n");
}
