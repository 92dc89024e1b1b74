/* Latency by quantile: a line per platform. */
#include "sections.h"

#include "alloc.h"
#include "lines.h"
#include "numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        label = lines_label(label, d->platform, words);
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
    lines_begin(page, &y, &unit, label_quantiles(page, benchmark, metric, &unit));
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));)
        put_quantile_line(page, d, &y, last);
    fprintf(out, "</svg>");
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && marks[i].q <= last + 1e-9; i++)
        fprintf(out, "<i class=\"x\" style=\"left:%.1f%%\">%s</i>",
                quantile_place(marks[i].q, last), marks[i].name);
    fprintf(out, "</div>\n<div class=\"legend\">");
    for (size_t at = 0; (d = next_distribution(page, benchmark, metric, &at));)
        lines_legend(page, d->platform);
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
