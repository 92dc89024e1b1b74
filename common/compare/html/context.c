/* What lies around the figures: expectation, remarks, environment, how to run it again. */
#include "sections.h"

#include "alloc.h"
#include "expect.h"
#include "numbers.h"
#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_costs(const void *left, const void *right)
{
    const struct result *a = *(const struct result *const *)left;
    const struct result *b = *(const struct result *const *)right;
    double x = a->has_ratio ? a->ratio.log_mean : 0, y = b->has_ratio ? b->ratio.log_mean : 0;
    return (x > y) - (x < y);
}

/* The platforms from cheap to dear. */
static void put_observed(const struct page *page, const struct row *row)
{
    const struct result **sorted = alloc_zero(row->count, sizeof(const struct result *));
    size_t count = 0;
    char text[NUMBER];
    for (size_t i = 0; i < row->count; i++) {
        const struct result *result = &row->results[i];
        if (result == row->baseline || (page_compared(row, result) && result->has_ratio))
            sorted[count++] = result;
    }
    qsort(sorted, count, sizeof(const struct result *), compare_costs);
    for (size_t i = 0; i < count; i++) {
        fprintf(page->out, "%s", i ? " &lt; " : "");
        plot_text(sorted[i]->platform, page->out);
        if (sorted[i]->has_ratio)
            fprintf(page->out, " <span class=\"soft\">%s</span>",
                    number(text, exp(sorted[i]->ratio.log_mean)));
    }
    free((void *)sorted);
}

void section_expectation(const struct page *page)
{
    static const char *const classes[] = {"same", "open", "more", "soft"};
    FILE *out = page->out;
    const struct row *row;
    char why[512];
    fprintf(out, "<div class=\"card scroll\"><table><tr><th>metric</th><th>from cheap to dear</th>"
                 "<th>order</th><th>what explains it</th></tr>\n");
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (!row->metric->primary || !row->baseline)
            continue;
        struct expected expected = expect_row(row);
        if (expected.outcome == EXPECT_NOTHING)
            continue;
        fprintf(out, "<tr><td>");
        page_metric(page, row->metric);
        fprintf(out, "</td><td>");
        put_observed(page, row);
        fprintf(out, "</td><td class=\"%s\">%s</td><td>", classes[expected.outcome],
                expectation_names[expected.outcome]);
        if (expected.outcome != EXPECT_HELD) {
            plot_text(expected.cheaper->platform, out);
            fprintf(out, " below ");
            plot_text(expected.dearer->platform, out);
            fprintf(out, ": ");
            plot_text(expect_why(why, sizeof why, row, &expected, page->remarks), out);
        }
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</table></div>\n");
}

/* ---- remarks ---- */

static void put_remark(const struct page *page, size_t index)
{
    static const char *const classes[] = {"open", "more", "more", "soft"};
    const struct remark *remark = &page->remarks->at[index];
    FILE *out = page->out;
    fprintf(out, "<li id=\"remark-%zu\" value=\"%zu\"><b>", index + 1, index + 1);
    plot_text(remark->platform, out);
    if (strcmp(remark->benchmark, "-") != 0) {
        fputc(' ', out);
        plot_text(remark->benchmark, out);
    }
    fprintf(out, "</b>: ");
    plot_text(remark->guard, out);
    fprintf(out, " <span class=\"tag %s\">%s</span><br>", classes[remark->kind],
            remark_kinds[remark->kind]);
    plot_text(remark->evidence, out);
    if (remark->rounds > 1)
        fprintf(out, " <span class=\"soft\">(in %zu trials)</span>", remark->rounds);
    if (remark->advice[0]) {
        fprintf(out, "<br><span class=\"soft\">To be sure:</span> ");
        plot_text(remark->advice, out);
    }
    fprintf(out, "</li>\n");
}

/* How many comparisons are open, and how many rounds would settle the hardest one. */
static void put_open(const struct page *page)
{
    size_t open = 0, most = 0;
    bool paired = page->analysis->model->groups[page->group].paired;
    const struct row *row;
    for (size_t at = 0; (row = page_row(page, &at));) {
        for (size_t i = 0; i < row->count; i++) {
            if (row->results[i].verdict != VERDICT_INCONCLUSIVE)
                continue;
            open++;
            most = row->results[i].more_rounds > most ? row->results[i].more_rounds : most;
        }
    }
    if (open == 0)
        fprintf(page->out,
                "<p>Every comparison has its verdict: more rounds are not needed.</p>\n");
    else if (most >= 1000)
        fprintf(page->out,
                "<p>%zu comparison%s still open; at least one is too close to the line for any "
                "number of rounds: raise <code>--margin</code> or accept the interval.</p>\n",
                open, open == 1 ? " is" : "s are");
    else
        fprintf(page->out,
                "<p>%zu comparison%s still open; about %zu more %s would settle the hardest "
                "one%s</p>\n",
                open, open == 1 ? " is" : "s are", most, paired ? "rounds" : "runs of each",
                paired ? ": run again with <code>--resume</code> and more rounds." : ".");
}

void section_remarks(const struct page *page)
{
    const struct model *model = page->analysis->model;
    FILE *out = page->out;
    size_t shown = 0;
    put_open(page);
    fprintf(out, "<div class=\"card\">\n<ol class=\"remarks\">\n");
    for (size_t i = 0; i < page->remarks->count; i++) {
        if (page->remarks->at[i].group == page->group) {
            put_remark(page, i);
            shown++;
        }
    }
    fprintf(out, "</ol>\n");
    if (!shown)
        fprintf(out, "<p>No guard fired, no trial failed, and the values show no drift, no "
                     "dependence between rounds and no outlier.</p>\n");
    for (size_t i = 0; i < model->unusable_count; i++) {
        fprintf(out, "<p><b>");
        plot_text(model->unusables[i].platform, out);
        fprintf(out, "</b> was not measured: ");
        plot_text(model->unusables[i].reason, out);
        fprintf(out, "</p>\n");
    }
    for (size_t i = 0; i < model->note_count; i++) {
        fprintf(out, "<p class=\"soft\">");
        plot_text(model->notes[i], out);
        fprintf(out, "</p>\n");
    }
    fprintf(out, "</div>\n");
}

/* ---- environment ---- */

static const char *setting(const struct page *page, const char *key)
{
    const struct model *model = page->analysis->model;
    for (size_t i = 0; i < model->environment_count; i++) {
        if (strcmp(model->environment[i].key, key) == 0)
            return model->environment[i].value;
    }
    return NULL;
}

static void put_reproduce(const struct page *page)
{
    static const char *const keys[] = {"command", "reproduce", "setting.seed", "commit"};
    static const char *const names[] = {"command", "again", "seed", "commit"};
    const struct model *model = page->analysis->model;
    FILE *out = page->out;
    fprintf(out, "<pre>");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *value = setting(page, keys[i]);
        if (!value)
            continue;
        fprintf(out, "%-8s ", names[i]);
        plot_text(value, out);
        fprintf(out, "\n");
    }
    for (size_t i = 0; i < model->environment_count; i++) {
        if (strncmp(model->environment[i].key, "sha256.", 7) != 0)
            continue;
        fprintf(out, "sha256   ");
        plot_text(model->environment[i].value, out);
        fprintf(out, "  ");
        plot_text(model->environment[i].key + 7, out);
        fprintf(out, "\n");
    }
    fprintf(out, "</pre>\n");
}

static void put_host(const struct page *page)
{
    const struct model *model = page->analysis->model;
    FILE *out = page->out;
    fprintf(out, "<div class=\"card scroll\"><table>\n");
    for (size_t i = 0; i < model->environment_count; i++) {
        const char *key = model->environment[i].key;
        if (strncmp(key, "setting.", 8) == 0 || strncmp(key, "sha256.", 7) == 0 ||
            strncmp(key, "vulnerability.", 14) == 0 || strcmp(key, "command") == 0 ||
            strcmp(key, "reproduce") == 0 || strcmp(key, "commit") == 0)
            continue;
        fprintf(out, "<tr><th>");
        plot_text(key, out);
        fprintf(out, "</th><td class=\"wrap\">");
        plot_text(model->environment[i].value, out);
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</table></div>\n");
}

static void put_facts(const struct page *page)
{
    const struct model *model = page->analysis->model;
    FILE *out = page->out;
    for (size_t p = 0; p < model->platforms.count; p++) {
        bool any = false;
        for (size_t i = 0; i < model->fact_count; i++) {
            const struct known_fact *fact = &model->facts[i];
            if (fact->group != page->group || strcmp(fact->platform, model->platforms.at[p]) != 0)
                continue;
            if (!any) {
                fprintf(out, "<details><summary>Facts: ");
                plot_text(model->platforms.at[p], out);
                fprintf(out, "</summary><div class=\"scroll\"><table>\n");
                any = true;
            }
            fprintf(out, "<tr><td>");
            plot_text(fact->benchmark, out);
            fprintf(out, "</td><td>");
            plot_text(fact->key, out);
            fprintf(out, "</td><td class=\"wrap\">");
            plot_text(fact->value, out);
            fprintf(out, "%s</td></tr>\n",
                    fact->varies ? " <span class=\"soft\">(the last; it varies)</span>" : "");
        }
        if (any)
            fprintf(out, "</table></div></details>\n");
    }
}

void section_environment(const struct page *page)
{
    if (page->analysis->model->environment_count) {
        put_reproduce(page);
        put_host(page);
    }
    put_facts(page);
}
