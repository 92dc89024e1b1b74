/* Lines over an axis: latency by quantile, and metrics `name[key=value]` by value. */
#include "sections.h"

#include "alloc.h"
#include "numbers.h"
#include "parse.h"
#include "plot.h"
#include "units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Adds `PLATFORM A B; ` to what a plot says in words. */
static char *add_label(char *label, const char *platform, const char *words)
{
    char *longer = alloc_format("%s%s%s %s", label, *label ? "; " : "", platform, words);
    free(label);
    return longer;
}

/* Begins a plot; frees `label`, its figures as text. */
static void begin_plot(const struct page *page, const struct axis *y, const struct unit *unit,
                       char *label)
{
    FILE *out = page->out;
    struct axis shown = *y;
    double ticks[MOST_TICKS];
    shown.low /= unit->factor;
    shown.high /= unit->factor;
    size_t count = axis_ticks(&shown, 11, false, ticks);
    fprintf(out, "<div class=\"plot wide\">");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "<i class=\"y\" style=\"top:%.1f%%\">%.6g</i>",
                100 - axis_place(&shown, ticks[i]), ticks[i]);
    fprintf(out, "<svg role=\"img\" aria-label=\"");
    plot_attribute(label, out);
    free(label);
    fprintf(out, "\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" fill=\"none\" "
                 "stroke-width=\"1.8\" stroke-linejoin=\"round\" stroke-linecap=\"round\">");
    for (size_t i = 0; i < count; i++)
        fprintf(out,
                "<line class=\"grid\" stroke-width=\"1\" x1=\"0\" x2=\"100\" y1=\"%.1f\" "
                "y2=\"%.1f\"/>",
                100 - axis_place(&shown, ticks[i]), 100 - axis_place(&shown, ticks[i]));
}

static void put_legend(const struct page *page, const char *platform)
{
    fprintf(page->out, "<span style=\"color:var(--p%d)\"><i></i><span>",
            page_colour(page, platform));
    plot_text(platform, page->out);
    fprintf(page->out, "</span></span>");
}

/* ---- latency by quantile ---- */

/* 0 is the median's end of the axis: places are equal steps of 1 / (1 - q). */
static double quantile_place(double q, double last)
{
    return 100 * log10(1 / (1 - q)) / log10(1 / (1 - last));
}

/* The distributions of one metric, one after another from *at = 0; NULL at the end. */
static const struct distribution *next_distribution(const struct page *page, const char *benchmark,
                                                    const char *metric, size_t *at)
{
    const struct model *model = page->analysis->model;
    while (*at < model->distribution_count) {
        const struct distribution *d = &model->distributions[(*at)++];
        if (d->group == page->group && strcmp(d->benchmark, benchmark) == 0 &&
            strcmp(d->metric, metric) == 0 && d->hist->count)
            return d;
    }
    return NULL;
}

static double deepest_quantile(const struct page *page, const char *benchmark, const char *metric)
{
    const struct distribution *d;
    double deepest = 0.9;
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));) {
        for (double q = 0.99; q < 0.9999999 && hist_supports(d->hist, q); q = 1 - (1 - q) / 10)
            deepest = fmax(deepest, q);
    }
    return deepest;
}

enum { QUANTILE_STEPS = 120 };

/* The k-th of the quantiles that are drawn: equal steps up to `last`. */
static double quantile_at(int k, double last)
{
    return 1 - pow(1 - last, (double)k / QUANTILE_STEPS);
}

static void put_quantile_line(const struct page *page, const struct distribution *d,
                              const struct axis *y, double last)
{
    fprintf(page->out, "<path stroke=\"var(--p%d)\" d=\"", page_colour(page, d->platform));
    for (int k = 0; k <= QUANTILE_STEPS; k++) {
        double q = quantile_at(k, last);
        if (k && !hist_supports(d->hist, q))
            break;
        fprintf(page->out, "%c%.2f %.2f", k ? 'L' : 'M', quantile_place(q, last),
                100 - axis_place(y, hist_quantile(d->hist, q)));
    }
    fprintf(page->out, "\"/>");
}

static char *label_quantiles(const struct page *page, const char *benchmark, const char *metric,
                             const struct unit *unit)
{
    const struct distribution *d;
    char *label = alloc_text("", 0), a[NUMBER], b[NUMBER];
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));) {
        char *words = alloc_format("50 %%: %s, 90 %%: %s",
                                   number(a, hist_quantile(d->hist, 0.5) / unit->factor),
                                   number(b, hist_quantile(d->hist, 0.9) / unit->factor));
        label = add_label(label, d->platform, words);
        free(words);
    }
    return label;
}

static void put_quantiles(const struct page *page, const char *benchmark, const char *metric)
{
    static const struct {
        double q;
        const char *name;
    } marks[] = {{0.5, "50 %"},     {0.9, "90 %"},       {0.99, "99 %"},
                 {0.999, "99.9 %"}, {0.9999, "99.99 %"}, {0.99999, "99.999 %"}};
    FILE *out = page->out;
    const struct distribution *d;
    struct axis y = {.low = 1, .high = 0, .logarithmic = true};
    double last = deepest_quantile(page, benchmark, metric);
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));) {
        axis_hold(&y, hist_quantile(d->hist, 0));
        axis_hold(&y, hist_quantile(d->hist, hist_supports(d->hist, last) ? last : 0.9));
    }
    struct unit unit = unit_for("s", y.low);
    axis_pad(&y, 0.05);
    fprintf(out, "<h4>");
    plot_text(metric, out);
    fprintf(out, " by quantile, all rounds together, in ");
    plot_text(unit.shown, out);
    fprintf(out, " (logarithmic)</h4>");
    begin_plot(page, &y, &unit, label_quantiles(page, benchmark, metric, &unit));
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));)
        put_quantile_line(page, d, &y, last);
    fprintf(out, "</svg>");
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && marks[i].q <= last + 1e-9; i++)
        fprintf(out, "<i class=\"x\" style=\"left:%.1f%%\">%s</i>",
                quantile_place(marks[i].q, last), marks[i].name);
    fprintf(out, "</div>\n<div class=\"legend\">");
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));)
        put_legend(page, d->platform);
    fprintf(out, "</div>\n");
}

void section_distributions(const struct page *page, const char *benchmark)
{
    const struct model *model = page->analysis->model;
    for (size_t i = 0; i < model->distribution_count; i++) {
        const struct distribution *d = &model->distributions[i];
        bool first = d->group == page->group && strcmp(d->benchmark, benchmark) == 0;
        for (size_t k = 0; first && k < i; k++) {
            const struct distribution *other = &model->distributions[k];
            first = other->group != d->group || strcmp(other->benchmark, benchmark) != 0 ||
                    strcmp(other->metric, d->metric) != 0;
        }
        if (first)
            put_quantiles(page, benchmark, d->metric);
    }
}

/* ---- curves ---- */

/* Splits `name[key=value]`; false if the metric is no point of a curve over numbers above 0. */
static bool curve_point(const char *metric, char name[64], char key[64], double *value)
{
    const char *open = strchr(metric, '['), *equals = open ? strchr(open, '=') : NULL;
    char digits[64];
    uint64_t bytes;
    if (!equals || metric[strlen(metric) - 1] != ']')
        return false;
    snprintf(name, 64, "%.*s", (int)(open - metric), metric);
    snprintf(key, 64, "%.*s", (int)(equals - open - 1), open + 1);
    snprintf(digits, sizeof digits, "%.*s", (int)strlen(equals + 1) - 1, equals + 1);
    if (parse_size(digits, &bytes))
        *value = (double)bytes;
    else if (!parse_real(digits, value))
        return false;
    return *value > 0;
}

bool section_is_point(const char *metric)
{
    char name[64], key[64];
    double value;
    return curve_point(metric, name, key, &value);
}

/* The rows of one curve: those of this benchmark whose name and key are the first one's. */
struct curve {
    char name[64], key[64];
    const struct row *rows[256];
    double x[256];
    size_t count;
};

static bool collect(const struct page *page, const char *benchmark, const struct row *first,
                    struct curve *curve)
{
    const struct row *row;
    double value;
    char name[64], key[64];
    curve->count = 0;
    if (!curve_point(first->metric->name, curve->name, curve->key, &value))
        return false;
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (strcmp(row->metric->benchmark, benchmark) != 0 || curve->count == 256 ||
            !curve_point(row->metric->name, name, key, &value) || strcmp(name, curve->name) != 0 ||
            strcmp(key, curve->key) != 0)
            continue;
        if (curve->count == 0 && row != first)
            return false; /* drawn already, at its first row */
        size_t i = curve->count++;
        for (; i > 0 && curve->x[i - 1] > value; i--) {
            curve->x[i] = curve->x[i - 1];
            curve->rows[i] = curve->rows[i - 1];
        }
        curve->x[i] = value;
        curve->rows[i] = row;
    }
    return curve->count >= 2;
}

/* The curve's own values below the axis, as far as they do not touch. */
static void put_curve_places(const struct page *page, const struct curve *curve,
                             const struct axis *x)
{
    FILE *out = page->out;
    char text[NUMBER];
    double apart = -100;
    for (size_t i = 0; i < curve->count; i++) {
        double place = axis_place(x, curve->x[i]);
        if (place - apart < 10)
            continue;
        apart = place;
        bool whole = curve->x[i] >= 1024 && curve->x[i] == floor(curve->x[i]);
        fprintf(out, "<i class=\"x\" style=\"left:%.1f%%\">%s</i>", place,
                whole ? format_size(text, (uint64_t)curve->x[i]) : number(text, curve->x[i]));
    }
}

static char *label_curve(const struct page *page, const struct curve *curve,
                         const struct unit *unit)
{
    const struct names *platforms = &page->analysis->model->platforms;
    char *label = alloc_text("", 0), text[NUMBER];
    for (size_t p = 0; p < platforms->count; p++) {
        char *words = alloc_text("", 0);
        for (size_t i = 0; i < curve->count; i++) {
            const struct result *result = page_result(curve->rows[i], platforms->at[p]);
            if (!result)
                continue;
            char *longer = alloc_format("%s%s%s", words, *words ? ", " : "",
                                        number(text, result->stats.median / unit->factor));
            free(words);
            words = longer;
        }
        if (*words)
            label = add_label(label, platforms->at[p], words);
        free(words);
    }
    return label;
}

static void put_curve(const struct page *page, const struct curve *curve)
{
    const struct names *platforms = &page->analysis->model->platforms;
    FILE *out = page->out;
    struct axis x = {curve->x[0], curve->x[curve->count - 1], true};
    struct axis y = {.low = 1, .high = 0, .logarithmic = true};
    for (size_t i = 0; i < curve->count; i++) {
        for (size_t k = 0; k < curve->rows[i]->count; k++)
            axis_hold(&y, curve->rows[i]->results[k].stats.median);
    }
    struct unit unit = unit_for(curve->rows[0]->metric->unit, y.low);
    axis_pad(&y, 0.05);
    fprintf(out, "<h4>");
    plot_text(curve->name, out);
    fprintf(out, " by ");
    plot_text(curve->key, out);
    fprintf(out, ", in ");
    plot_text(unit.shown, out);
    fprintf(out, " (both logarithmic)</h4>");
    begin_plot(page, &y, &unit, label_curve(page, curve, &unit));
    for (size_t p = 0; p < platforms->count; p++) {
        char move = 'M';
        fprintf(out, "<path stroke=\"var(--p%d)\" d=\"", page_colour(page, platforms->at[p]));
        for (size_t i = 0; i < curve->count; i++) {
            const struct result *result = page_result(curve->rows[i], platforms->at[p]);
            if (!result || result->stats.median <= 0)
                continue;
            fprintf(out, "%c%.2f %.2f", move, axis_place(&x, curve->x[i]),
                    100 - axis_place(&y, result->stats.median));
            move = 'L';
        }
        fprintf(out, "\"/>");
    }
    fprintf(out, "</svg>");
    put_curve_places(page, curve, &x);
    fprintf(out, "</div>\n<div class=\"legend\">");
    for (size_t p = 0; p < platforms->count; p++) {
        if (page_result(curve->rows[0], platforms->at[p]))
            put_legend(page, platforms->at[p]);
    }
    fprintf(out, "</div>\n");
}

void section_curves(const struct page *page, const char *benchmark)
{
    struct curve *curve = alloc_zero(1, sizeof *curve);
    const struct row *row;
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (strcmp(row->metric->benchmark, benchmark) == 0 && strchr(row->metric->name, '[') &&
            collect(page, benchmark, row, curve))
            put_curve(page, curve);
    }
    free(curve);
}
