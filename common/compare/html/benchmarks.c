/* The report benchmark by benchmark: figures, spread, and every sample in time order. */
#include "sections.h"

#include "alloc.h"
#include "numbers.h"
#include "plot.h"
#include "units.h"
#include "wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DOTS = 400 };

static void put_figures(const struct page *page, const struct row *row)
{
    FILE *out = page->out;
    char a[NUMBER], b[NUMBER], c[NUMBER];
    struct unit unit = unit_for(row->metric->unit, row->results[0].stats.median);
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        const struct stats *stats = &result->stats;
        double within = result->levels.known ? result->levels.within / fabs(stats->mean) : NAN;
        double between = result->levels.known ? result->levels.between / fabs(stats->mean) : NAN;
        fprintf(out, "<tr><td>");
        if (i == 0)
            plot_text(row->metric->name, out);
        fprintf(out, "</td><td>");
        plot_text(result->platform, out);
        fprintf(out, "</td><td class=\"num\">%zu</td><td class=\"num\">%s ", stats->n,
                number(a, stats->mean / unit.factor));
        plot_text(unit.shown, out);
        fprintf(out, "</td><td class=\"num\">%s</td>", number(a, stats->median / unit.factor));
        if (result->has_median_interval)
            fprintf(out, "<td class=\"num\">%s – %s</td>",
                    number(a, result->median.low / unit.factor),
                    number(b, result->median.high / unit.factor));
        else
            fprintf(out, "<td></td>");
        fprintf(out, "<td class=\"num\">%s</td>",
                stats->n > 1 ? percent(a, stats->stddev / fabs(stats->mean)) : "");
        fprintf(out, "<td class=\"num\">%s</td><td class=\"num\">%s</td>",
                isnan(within) ? "" : percent(a, within), isnan(between) ? "" : percent(b, between));
        if (result->has_ratio && ratio_has_interval(&result->ratio))
            fprintf(out, "<td class=\"num\">%s</td><td class=\"num\">%s – %s</td>",
                    number(a, exp(result->ratio.log_mean)), number(b, exp(result->ratio.low)),
                    number(c, exp(result->ratio.high)));
        else
            fprintf(out, "<td class=\"num\">%s</td><td></td>",
                    result->has_ratio ? number(a, exp(result->ratio.log_mean)) : "");
        if (result->has_bca)
            fprintf(out, "<td class=\"num\">%s – %s</td>", number(a, exp(result->bca.low)),
                    number(b, exp(result->bca.high)));
        else
            fprintf(out, "<td></td>");
        fprintf(out, "</tr>\n");
    }
}

static void put_table(const struct page *page, const char *benchmark)
{
    const struct row *row;
    fprintf(
        page->out,
        "<details><summary>All figures</summary><div class=\"scroll\"><table>"
        "<tr><th>metric</th><th>platform</th><th class=\"num\">n</th><th class=\"num\">mean</th>"
        "<th class=\"num\">median</th><th class=\"num\">95 %% of median</th>"
        "<th class=\"num\">spread</th><th class=\"num\">within</th><th class=\"num\">between</th>"
        "<th class=\"num\">cost</th><th class=\"num\">95 %% (t)</th>"
        "<th class=\"num\">95 %% (BCa)</th></tr>\n");
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (strcmp(row->metric->benchmark, benchmark) == 0 && !section_is_point(row->metric->name))
            put_figures(page, row);
    }
    fprintf(page->out, "</table></div></details>\n");
}

/* ---- spread: a box and every round's mean ---- */

static void put_box(const struct page *page, const struct axis *axis, const struct unit *unit,
                    const struct result *result)
{
    const struct cell *cell = result->cell;
    FILE *out = page->out;
    double *sorted = alloc_zero(cell->count, sizeof *sorted), place[5];
    for (size_t i = 0; i < cell->count; i++)
        sorted[i] = cell->trials[i].mean;
    stats_sort(sorted, cell->count);
    for (int i = 0; i < 5; i++)
        place[i] = axis_place(axis, stats_quantile(sorted, cell->count, i / 4.0));
    char texts[5][NUMBER];
    for (int i = 0; i < 5; i++)
        number(texts[i], stats_quantile(sorted, cell->count, i / 4.0) / unit->factor);
    free(sorted);
    int colour = page_colour(page, result->platform);
    fprintf(out, "<div class=\"name\">");
    plot_text(result->platform, out);
    fprintf(out,
            "</div><div><svg role=\"img\" aria-label=\"from %s, quartiles %s, %s, %s, to %s\" "
            "height=\"26\" style=\"color:var(--p%d)\" stroke=\"currentColor\" "
            "fill=\"currentColor\">",
            texts[0], texts[1], texts[2], texts[3], texts[4], colour);
    fprintf(out, "<line x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"13\" y2=\"13\"/>", place[0], place[4]);
    fprintf(out,
            "<rect class=\"box\" x=\"%.2f%%\" width=\"%.2f%%\" y=\"5\" height=\"16\" rx=\"2\"/>",
            place[1], fmax(0.15, place[3] - place[1]));
    fprintf(out, "<line x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"3\" y2=\"23\" stroke-width=\"2.5\"/>",
            place[2], place[2]);
    size_t step = cell->count / MOST_DOTS + 1;
    for (size_t i = 0; i < cell->count; i += step)
        fprintf(out,
                "<circle cx=\"%.2f%%\" cy=\"%d\" r=\"2\" stroke=\"none\" fill-opacity=\".7\"/>",
                axis_place(axis, cell->trials[i].mean), 8 + (int)(i * 7 % 11));
    fprintf(out, "</svg></div>\n");
}

static void put_spread(const struct page *page, const struct row *row)
{
    FILE *out = page->out;
    struct axis axis = {.low = 1, .high = 0};
    double ticks[MOST_TICKS];
    bool positive = true;
    for (size_t i = 0; i < row->count; i++) {
        axis_hold(&axis, row->results[i].stats.min);
        axis_hold(&axis, row->results[i].stats.max);
        positive = positive && row->results[i].stats.min > 0;
    }
    axis.logarithmic = positive && axis.high > 3 * axis.low;
    axis_pad(&axis, 0.03);
    struct unit unit = unit_for(row->metric->unit, row->results[0].stats.median);
    fprintf(out, "<h4>Spread: every round's mean, median, quartiles and range, in ");
    plot_text(unit.shown[0] ? unit.shown : "units", out);
    fprintf(out, "%s</h4><div class=\"rows\">\n", axis.logarithmic ? " (logarithmic)" : "");
    for (size_t i = 0; i < row->count; i++)
        put_box(page, &axis, &unit, &row->results[i]);
    fprintf(out, "<div class=\"axis\"><svg height=\"18\" aria-hidden=\"true\">");
    axis.low /= unit.factor;
    axis.high /= unit.factor;
    size_t count = axis_ticks(&axis, 14, false, ticks);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "<text x=\"%.2f%%\" y=\"13\" text-anchor=\"middle\">%.6g</text>",
                axis_place(&axis, ticks[i]), ticks[i]);
    fprintf(out, "</svg></div></div>\n");
}

/* ---- every sample in time order ---- */

/* The number of the last turn or repetition of any platform in this round. */
static double last_part(const struct row *row, uint32_t round)
{
    uint32_t last = 1;
    for (size_t i = 0; i < row->count; i++) {
        const struct cell *cell = row->results[i].cell;
        for (size_t k = 0; k < cell->count; k++) {
            if (cell->trials[k].round == round && cell->trials[k].last_rep > last)
                last = cell->trials[k].last_rep;
        }
    }
    return last;
}

/* The largest deviation of any sample from its platform's median, as a share; at least 1 %. */
static double widest(const struct row *row)
{
    double most = 0.01;
    for (size_t i = 0; i < row->count; i++) {
        const struct cell *cell = row->results[i].cell;
        double median = row->results[i].stats.median;
        for (size_t k = 0; median != 0 && k < cell->sample_count; k++)
            most = fmax(most, fabs(cell->samples[k].value / median - 1));
    }
    return most;
}

static void put_panel(const struct page *page, const struct row *row, const struct result *result,
                      double limit)
{
    const struct cell *cell = result->cell;
    const struct group *group = &page->analysis->model->groups[row->group];
    FILE *out = page->out;
    char text[NUMBER], low[NUMBER], high[NUMBER], phrase[PHRASE];
    double median = result->stats.median, rounds = group->last_round, parts = 1;
    uint32_t round = 0;
    fprintf(out, "<div class=\"panel\"><div class=\"title\"><b>");
    plot_text(result->platform, out);
    fprintf(out,
            "</b><span class=\"soft\">%s</span></div><div class=\"plot strip\">"
            "<i class=\"y\" style=\"top:8%%\">+%s</i><i class=\"y\" style=\"top:92%%\">−%s</i>"
            "<svg role=\"img\" aria-label=\"rounds from %s to %s of their median\" "
            "viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" style=\"color:var(--p%d)\" "
            "fill=\"none\" stroke=\"currentColor\" stroke-linecap=\"round\">",
            wording_turns(phrase, cell), percent(text, limit), text,
            percent(low, result->stats.min / median - 1),
            percent(high, result->stats.max / median - 1), page_colour(page, result->platform));
    fprintf(out, "<line class=\"one\" x1=\"0\" x2=\"100\" y1=\"50\" y2=\"50\"/>"
                 "<path stroke-width=\"3\" stroke-opacity=\".4\" d=\"");
    for (size_t k = 0; median != 0 && k < cell->sample_count; k++) {
        const struct plotted *sample = &cell->samples[k];
        const struct trial *trial = &cell->trials[sample->trial];
        if (trial->round != round) {
            round = trial->round;
            parts = trial->first_turn == NO_TURNS ? trial->last_rep : last_part(row, round);
        }
        double part = (sample->part - 0.5) / parts;
        fprintf(out, "M%.1f %.1fh.01", 100 * (trial->round - 1 + part) / rounds,
                50 - 42 * (sample->value / median - 1) / limit);
    }
    fprintf(out, "\"/><path stroke-width=\"2\" d=\"");
    size_t step = cell->count / MOST_SAMPLES + 1;
    for (size_t k = 0; median != 0 && k < cell->count; k += step)
        fprintf(out, "M%.2f %.1fH%.2f", 100 * (cell->trials[k].round - 1 + 0.1) / rounds,
                50 - 42 * (cell->trials[k].mean / median - 1) / limit,
                100 * (cell->trials[k].round - 0.1) / rounds);
    fprintf(out, "\"/></svg></div></div>\n");
}

static void put_time_order(const struct page *page, const struct row *row)
{
    double limit = widest(row);
    fprintf(page->out,
            "<h4>Every sample in time order, as deviation from the platform's own median; "
            "bars are the rounds' means</h4><div class=\"panels\">\n");
    for (size_t i = 0; i < row->count; i++)
        put_panel(page, row, &row->results[i], limit);
    fprintf(page->out, "</div>\n");
}

static int compare_shares(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The share of what makes rounds differ that comes from single repetitions or turns. */
static double share_within(const struct levels *levels)
{
    double within = levels->within * levels->within / levels->reps;
    double all = within + levels->between * levels->between;
    return levels->known && all > 0 ? within / all : NAN;
}

/* Whether more repetitions or more rounds would narrow the intervals (Kalibera and Jones 2013). */
static void put_levels(const struct page *page, const struct row *row)
{
    double *shares = alloc_zero(row->count, sizeof *shares), reps = 0;
    size_t count = 0;
    char text[NUMBER];
    bool turns = false;
    for (size_t i = 0; i < row->count; i++)
        turns = turns || row->results[i].ratio_levels.known;
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        const struct levels *levels = turns ? &result->ratio_levels : &result->levels;
        double share = share_within(levels);
        if (isnan(share) || result->stats.n < 3)
            continue;
        shares[count++] = share;
        reps = levels->reps;
    }
    qsort(shares, count, sizeof *shares, compare_shares);
    if (count && turns)
        fprintf(page->out,
                "<p class=\"soft\">Of what makes the rounds' ratios differ, %s comes from single "
                "turns (%.0f per round), the rest from starting anew: %s.</p>\n",
                percent(text, shares[count / 2]), reps,
                shares[count / 2] > 0.5 ? "more turns per round would narrow the intervals"
                                        : "only more rounds narrow the intervals");
    else if (count)
        fprintf(page->out,
                "<p class=\"soft\">Of what makes rounds differ, %s comes from single repetitions "
                "(%.0f per round), the rest from starting anew: %s.</p>\n",
                percent(text, shares[count / 2]), reps,
                shares[count / 2] > 0.5 ? "more repetitions per round would narrow the intervals"
                                        : "only more rounds narrow the intervals");
    free(shares);
}

void section_benchmarks(const struct page *page)
{
    const struct row *row;
    const char *benchmark = "";
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (strcmp(benchmark, row->metric->benchmark) == 0)
            continue;
        benchmark = row->metric->benchmark;
        fprintf(page->out, "<div class=\"card\"><h3>");
        plot_text(benchmark, page->out);
        fprintf(page->out, "</h3>\n");
        const struct row *part;
        for (size_t other = 0; (part = page_row(page, &other));) {
            if (strcmp(benchmark, part->metric->benchmark) != 0 || !part->metric->primary)
                continue;
            fprintf(page->out, "<h4><b style=\"color:var(--ink)\">");
            plot_text(part->metric->name, page->out);
            fprintf(page->out, "</b> · ");
            plot_text(part->metric->resource, page->out);
            fprintf(page->out, ", %s is better</h4>\n",
                    part->metric->better == BETTER_LOWER ? "less" : "more");
            put_spread(page, part);
            put_time_order(page, part);
            put_levels(page, part);
        }
        section_distributions(page, benchmark);
        section_curves(page, benchmark);
        put_table(page, benchmark);
        fprintf(page->out, "</div>\n");
    }
}
