#include "html.h"

#include "numbers.h"
#include "plot.h"
#include "sections.h"
#include "version.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* ---- head ---- */

static void put_when(const struct page *page)
{
    const struct model *model = page->analysis->model;
    double first = INFINITY, last = -INFINITY;
    char from[32] = "", to[32] = "";
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct cell *cell = &model->cells[i];
        if (cell->group != page->group || cell->count == 0)
            continue;
        first = fmin(first, cell->trials[0].time);
        last = fmax(last, cell->trials[cell->count - 1].time);
    }
    if (!(first <= last && first > 1e6 && last < 1e11))
        return; /* no dates: a folder that counts seconds from its own start */
    time_t ends[2] = {(time_t)first, (time_t)last};
    struct tm parts;
    strftime(from, sizeof from, "%Y-%m-%d %H:%M", gmtime_r(&ends[0], &parts));
    strftime(to, sizeof to, last - first < 86400 ? "%H:%M" : "%Y-%m-%d %H:%M",
             gmtime_r(&ends[1], &parts));
    fprintf(page->out, ", %s to %s UTC", from, to);
}

/* One sentence per platform: how many metrics cost more, the same, less, or are open. */
static void put_summary(const struct page *page)
{
    static const char *const classes[] = {"more", "same", "less", "open"};
    static const char *const words[] = {"cost more", "the same", "cost less", "open"};
    const struct names *platforms = &page->analysis->model->platforms;
    FILE *out = page->out;
    for (size_t p = 0; p < platforms->count; p++) {
        size_t count = 0, more = 0, less = 0, same = 0;
        double sum = 0;
        const struct row *row;
        for (size_t at = 0; (row = page_row(page, &at));) {
            for (size_t i = 0; i < row->count; i++) {
                const struct result *result = &row->results[i];
                if (result->verdict == VERDICT_NONE ||
                    strcmp(result->platform, platforms->at[p]) != 0)
                    continue;
                count++;
                sum += result->ratio.log_mean;
                more += result->verdict == VERDICT_DIFFERENT && result->ratio.log_mean > 0;
                less += result->verdict == VERDICT_DIFFERENT && result->ratio.log_mean < 0;
                same += result->verdict == VERDICT_EQUIVALENT;
            }
        }
        if (count == 0)
            continue;
        size_t counts[] = {more, same, less, count - more - less - same};
        const char *before = ": ";
        char text[NUMBER];
        fprintf(out, "<li><b>");
        plot_text(platforms->at[p], out);
        fprintf(out, "</b>");
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            if (counts[i] == 0)
                continue;
            fprintf(out, "%s<span class=\"%s\">%zu %s</span>", before, classes[i], counts[i],
                    words[i]);
            before = ", ";
        }
        fprintf(out, "; geometric mean %s× ", number(text, exp(sum / (double)count)));
        plot_text(page->analysis->settings.baseline, out);
        fprintf(out, "</li>\n");
    }
}

/* What the dots, bars and bands of the forest plot are, and what the verdicts mean. */
static void put_real(const struct page *page)
{
    FILE *out = page->out;
    const struct settings *settings = &page->analysis->settings;
    bool has_floor = false;
    const struct row *row;
    for (size_t at = 0; (row = page_row(page, &at));)
        has_floor = has_floor || row->twin;
    fprintf(out,
            "<h2 id=\"real-%d\">Is the difference real?</h2>\n<p class=\"lead\">Dot: ratio, %s; "
            "bar: its 95 %% interval; ",
            page->group,
            page->analysis->model->groups[page->group].paired ? "paired by round"
                                                              : "of independent runs");
    if (has_floor) {
        fprintf(out, "band: noise floor, what two runs of the same ");
        plot_text(settings->baseline, out);
        fprintf(out, " differ by. ");
    } else {
        fprintf(out, "no band: nothing ran twice, so how far equal things differ is not known. ");
    }
    fprintf(
        out,
        "<b class=\"more\">Different</b>: %ssignificant among all %zu comparisons (Holm, 5 %%). "
        "<b class=\"same\">Equivalent</b>: surely within %g %%. "
        "<b class=\"open\">Inconclusive</b>: neither yet.</p>\n",
        has_floor ? "beyond the band, and " : "", page->analysis->family, 100 * settings->margin);
}

static void put_group(const struct page *page)
{
    const struct group *group = &page->analysis->model->groups[page->group];
    const struct settings *settings = &page->analysis->settings;
    FILE *out = page->out;
    fprintf(out, "<h1>What a guest costs</h1>\n<p class=\"lead\">");
    plot_text(group->label, out);
    fprintf(out, ": %u %s%s", group->last_round, group->paired ? "round" : "run",
            group->last_round == 1 ? "" : "s");
    put_when(page);
    fprintf(out, ". Every figure is a multiple of ");
    plot_text(settings->baseline, out);
    fprintf(out,
            ": 1 is as fast, 2 takes twice as long or does "
            "half as much.</p>\n<nav><a href=\"#real-%d\">Is it real?</a><a href=\"#order-%d\">As "
            "expected?</a><a href=\"#fooled-%d\">What could fool you</a><a href=\"#bench-%d\">"
            "Benchmarks</a><a href=\"#env-%d\">Environment, run it again</a></nav>\n",
            page->group, page->group, page->group, page->group, page->group);
    fprintf(out, "<h2>Which platform costs what</h2>\n<ul>\n");
    put_summary(page);
    fprintf(out, "</ul>\n");
    section_matrix(page);
    put_real(page);
    section_forest(page);
    section_precision(page);
    fprintf(
        out,
        "<h2 id=\"order-%d\">Is it what one would expect?</h2>\n<p class=\"lead\">Expected: native "
        "≤ container ≤ KVM ≤ emulation. Held: no platform is below one that should cost less. "
        "Open: it is, but the intervals overlap.</p>\n",
        page->group);
    section_expectation(page);
    fprintf(out,
            "<h2 id=\"fooled-%d\">What would have fooled you, and what to do to be sure</h2>\n",
            page->group);
    section_remarks(page);
    fprintf(out, "<h2 id=\"bench-%d\">Benchmark by benchmark</h2>\n", page->group);
    section_benchmarks(page);
    fprintf(out, "<h2 id=\"env-%d\">Environment, and how to run it again</h2>\n", page->group);
    section_environment(page);
}

void html_report(const struct analysis *analysis, const struct remarks *remarks, FILE *out)
{
    struct page page = {.analysis = analysis, .remarks = remarks, .out = out};
    page_begin("What a guest costs", out);
    section_versus(&page);
    for (size_t i = 0; i < analysis->model->group_count; i++) {
        page.group = (int)i;
        put_group(&page);
    }
    fprintf(
        out,
        "<footer>guestmark %s. Ratios: exp of the mean log ratio, Student t over rounds "
        "(Welch where runs are not paired); significance: exact Wilcoxon signed-rank (Student t "
        "where so few rounds cannot decide), Holm; equivalence: two one-sided tests; BCa: 10,000 "
        "resamples, seed %llu. Method: Hoefler "
        "and Belli 2015; Kalibera and Jones 2013; Abedi and Brecht 2017.</footer>\n"
        "</main></body></html>\n",
        gm_version, (unsigned long long)analysis->settings.seed);
}
