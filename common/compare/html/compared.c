/* The report's section on several campaigns: later ones against the first. */
#include "sections.h"

#include "explain.h"
#include "numbers.h"
#include "plot.h"
#include "versus.h"
#include "wording.h"

#include <math.h>
#include <stdlib.h>

static void put_one(const struct page *page, const struct versus *versus)
{
    static const char *const classes[] = {"soft", "more", "same", "open"};
    const struct ratio *ratio = &versus->result.ratio;
    FILE *out = page->out;
    char a[NUMBER], b[NUMBER], c[NUMBER], phrase[PHRASE];
    bool less = versus->result.verdict == VERDICT_DIFFERENT && ratio->log_mean < 0;
    fprintf(out, "<tr><td>");
    page_metric(page, versus->row->metric);
    fprintf(out, "</td><td>");
    plot_text(versus->result.platform, out);
    fprintf(out, "</td><td class=\"num\"><b>%s</b></td><td class=\"num\">",
            number(a, exp(ratio->log_mean)));
    if (isfinite(ratio->low))
        fprintf(out, "%s – %s", number(b, exp(ratio->low)), number(c, exp(ratio->high)));
    wording_of(phrase, &versus->result, &page->analysis->settings);
    fprintf(out, "</td><td class=\"%s\">%s%s%s", less ? "less" : classes[versus->result.verdict],
            verdict_names[versus->result.verdict], phrase[0] ? ", " : "", phrase);
    char *evidence = explain_versus(page->analysis, versus);
    if (evidence) {
        fprintf(out, "<br><span class=\"soft\">");
        plot_text(evidence, out);
        fprintf(out, "</span>");
        free(evidence);
    }
    fprintf(out, "</td></tr>\n");
}

void section_versus(const struct page *page)
{
    const struct group *groups = page->analysis->model->groups;
    struct versus_list list = versus_of(page->analysis);
    FILE *out = page->out;
    for (size_t i = 0; i < list.count; i++) {
        int group = list.at[i].row->group;
        if (i == 0 || list.at[i - 1].row->group != group) {
            fprintf(out, "%s<h1>", i ? "</table></div>" : "");
            plot_text(groups[group].label, out);
            fprintf(out, " against ");
            plot_text(groups[0].label, out);
            fprintf(out,
                    "</h1>\n<p class=\"lead\">Above 1: the later campaign costs more. Rounds "
                    "of different campaigns are not paired (Welch, Holm); what differed between "
                    "the days is in the figures.</p>\n<div class=\"card scroll\"><table><tr>"
                    "<th>metric</th><th>platform</th><th class=\"num\">cost</th>"
                    "<th class=\"num\">95 %% interval</th><th>verdict</th></tr>\n");
        }
        put_one(page, &list.at[i]);
    }
    if (list.count)
        fprintf(out, "</table></div>\n");
    versus_free(&list);
}
