/* How the intervals narrowed, round by round, and what more time would bring. */
#include "sections.h"

#include "lines.h"
#include "numbers.h"
#include "plot.h"

#include <math.h>

/* The half-width after the first n pairs; INFINITY where there is no interval. */
static double half_after(const struct result *result, size_t n)
{
    double sum = 0, squares = 0, mean;
    for (size_t i = 0; i < n; i++)
        sum += result->pairs[i].log_ratio;
    mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (result->pairs[i].log_ratio - mean) * (result->pairs[i].log_ratio - mean);
    if (n < RATIO_LEAST)
        return INFINITY;
    double error = sqrt(squares / (double)(n - 1) / (double)n);
    return expm1(stats_t_quantile(0.975, (double)n - 1) * error);
}

/* The half-width that `n` pairs as noisy as the result's would have. */
static double half_with(const struct result *result, size_t n)
{
    double t = stats_t_quantile(0.975, (double)n - 1);
    return expm1(t * result->ratio.log_sd / sqrt((double)n));
}

static bool is_drawn(const struct row *row, const struct result *result)
{
    return page_compared(row, result) && result->has_ratio && result->pairs &&
           result->pair_count > RATIO_LEAST && result->ratio.log_sd > 0;
}

static double place_y(const struct axis *axis, double half)
{
    return 100 - axis_place(axis, half);
}

/* Measured rounds as a line, as many again as a dashed one. */
static void put_line(const struct page *page, const struct result *result, const struct axis *y,
                     double rounds)
{
    FILE *out = page->out;
    size_t n = result->pair_count;
    fprintf(out,
            "<g style=\"color:var(--p%d)\" stroke=\"currentColor\"><path stroke-width=\"1.8\" d=\"",
            page_colour(page, result->platform));
    for (size_t i = RATIO_LEAST; i <= n; i++)
        fprintf(out, "%c%.1f %.1f", i == RATIO_LEAST ? 'M' : 'L',
                100 * result->pairs[i - 1].round / (2 * rounds), place_y(y, half_after(result, i)));
    double last = result->pairs[n - 1].round;
    fprintf(out, "\"/><path stroke-width=\"1.4\" stroke-dasharray=\"3 4\" d=\"M%.1f %.1f",
            50 * last / rounds, place_y(y, half_after(result, n)));
    for (size_t i = 1; i <= 8; i++) {
        double more = (2 * rounds - last) * (double)i / 8;
        fprintf(out, "L%.1f %.1f", 50 * (last + more) / rounds,
                place_y(y, half_with(result, n + (size_t)round(more))));
    }
    fprintf(out, "\"/></g>");
}

/* What the panel's lines come to, in words. */
static void put_label(const struct page *page, const struct row *row)
{
    char text[NUMBER];
    fprintf(page->out,
            "half-widths after %u rounds:", page->analysis->model->groups[page->group].last_round);
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        if (!is_drawn(row, result))
            continue;
        fputc(' ', page->out);
        plot_attribute(result->platform, page->out);
        fprintf(page->out, " %s", percent(text, half_after(result, result->pair_count)));
    }
}

static void put_panel(const struct page *page, const struct row *row, const struct axis *y)
{
    FILE *out = page->out;
    char text[NUMBER];
    double ticks[MOST_TICKS], rounds = page->analysis->model->groups[page->group].last_round;
    double precision = page->analysis->settings.precision;
    fprintf(out, "<div class=\"panel\"><div class=\"title\"><b>");
    page_metric(page, row->metric);
    fprintf(out, "</b></div><div class=\"plot strip narrow\">");
    size_t count = axis_ticks(y, 22, false, ticks);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "<i class=\"y\" style=\"top:%.1f%%\">%s</i>", place_y(y, ticks[i]),
                percent(text, ticks[i]));
    fprintf(out, "<svg role=\"img\" aria-label=\"");
    put_label(page, row);
    fprintf(out, "\" viewBox=\"0 0 100 100\" "
                 "preserveAspectRatio=\"none\" fill=\"none\" stroke-linecap=\"round\">");
    fprintf(out, "<line class=\"one\" x1=\"0\" x2=\"100\" y1=\"%.1f\" y2=\"%.1f\"/>",
            place_y(y, precision), place_y(y, precision));
    for (size_t i = 0; i < row->count; i++) {
        if (is_drawn(row, &row->results[i]))
            put_line(page, &row->results[i], y, rounds);
    }
    fprintf(out,
            "</svg><i class=\"x\" style=\"left:50%%\">%.0f rounds</i>"
            "<i class=\"x last\" style=\"left:100%%\">%.0f</i></div></div>\n",
            rounds, 2 * rounds);
}

static void put_legend(const struct page *page)
{
    const struct names *platforms = &page->analysis->model->platforms;
    fprintf(page->out, "<div class=\"legend\">");
    for (size_t p = 0; p < platforms->count; p++) {
        const struct row *row;
        bool drawn = false;
        for (size_t at = 0; !drawn && (row = page_row(page, &at));) {
            const struct result *result = page_result(row, platforms->at[p]);
            drawn = row->metric->primary && result && is_drawn(row, result);
        }
        if (drawn)
            lines_legend(page, platforms->at[p]);
    }
    fprintf(page->out, "</div>\n");
}

void section_precision(const struct page *page)
{
    const struct row *row;
    struct axis y = {.low = 1, .high = 0, .logarithmic = true};
    for (size_t at = 0; (row = page_row(page, &at));) {
        for (size_t i = 0; row->metric->primary && i < row->count; i++) {
            const struct result *result = &row->results[i];
            if (!is_drawn(row, result))
                continue;
            axis_hold(&y, half_with(result, 2 * result->pair_count));
            for (size_t n = RATIO_LEAST; n <= result->pair_count; n++)
                axis_hold(&y, half_after(result, n));
        }
    }
    if (y.low > y.high)
        return;
    axis_hold(&y, page->analysis->settings.precision);
    axis_pad(&y, 0.06);
    fprintf(page->out,
            "<div class=\"card\"><h3>Precision against time</h3>\n<h4>Half-width of the 95 %% "
            "interval after each round (logarithmic); dashed: what as many rounds again would "
            "bring; across: %g %%, where a verdict is settled</h4>\n",
            100 * page->analysis->settings.precision);
    put_legend(page);
    fprintf(page->out, "<div class=\"panels\">\n");
    for (size_t at = 0; (row = page_row(page, &at));) {
        bool drawn = false;
        for (size_t i = 0; row->metric->primary && i < row->count; i++)
            drawn = drawn || is_drawn(row, &row->results[i]);
        if (drawn)
            put_panel(page, row, &y);
    }
    fprintf(page->out, "</div></div>\n");
}
