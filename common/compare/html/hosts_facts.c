/* Which hosts stand out, in what they differ, what is to be said, and who they are. */
#include "hosts_sections.h"
#include "numbers.h"
#include "plot.h"
#include "sayings.h"

#include <math.h>
#include <stdlib.h>

/* A host's name; a link to its own report, which lies in the fleet's folder. */
static void put_name(const struct fleet *fleet, const struct host *host, FILE *out)
{
    const char *base = host->folder;
    for (const char *at = host->folder; *at; at++)
        base = *at == '/' && at[1] ? at + 1 : base;
    bool linked = fleet->one_folder && *base;
    if (linked) {
        fprintf(out, "<a href=\"");
        plot_attribute(base, out);
        fprintf(out, "/report.html\">");
    }
    plot_text(host->name, out);
    fprintf(out, linked ? "</a>" : "");
}

static void put_standout(const struct fleet *fleet, const struct standout *one, FILE *out)
{
    char a[NUMBER], b[NUMBER];
    const struct point *point = one->point;
    double apart = fleet_apart(fleet, one->table, point);
    fprintf(out, "<tr><td>");
    put_name(fleet, &fleet->hosts[point->host], out);
    fprintf(out, "</td><td>");
    hosts_metric(fleet, one->table, out);
    fprintf(out, "</td><td>");
    plot_text(fleet->platforms.at[one->table->platform], out);
    fprintf(out,
            "</td><td class=\"%s\">%s %s</td><td class=\"num\">%s</td><td class=\"num\">%.2g</td>"
            "</tr>\n",
            point->log > one->table->median ? "more" : "less", percent(a, fabs(apart)),
            apart < 0 ? "below" : "above",
            isfinite(point->deviations) ? number(b, fabs(point->deviations)) : "∞", point->p_holm);
}

void hosts_standouts(const struct fleet *fleet, FILE *out)
{
    struct standouts list = standouts_of(fleet);
    if (list.count == 0)
        fprintf(out,
                "<p>None: no host is further than 3.5 median deviations from the middle and "
                "at the same time too far by test, among all %zu figures.</p>\n",
                fleet->tested);
    else
        fprintf(out, "<div class=\"card scroll\"><table><tr><th>host</th><th>metric</th><th>"
                     "platform</th><th>than the middle</th><th class=\"num\">deviations</th><th "
                     "class=\"num\">p (Holm)</th></tr>\n");
    for (size_t i = 0; i < list.count; i++)
        put_standout(fleet, &list.at[i], out);
    if (list.count)
        fprintf(out, "</table></div>\n");
    standouts_free(&list);
}

static void put_hosts(const struct fleet *fleet, const int *hosts, size_t count, FILE *out)
{
    char *names = sayings_hosts(fleet, hosts, count);
    plot_text(names, out);
    free(names);
}

static void put_differences(const struct fleet *fleet, FILE *out)
{
    struct differences list = differences_of(fleet);
    if (list.count == 0)
        fprintf(out, "<p>In nothing that is known of them.</p>\n");
    else
        fprintf(out,
                "<div class=\"card scroll\"><table><tr><th>fact</th><th>value</th><th>hosts</th>"
                "</tr>\n");
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; k < list.at[i].count; k++) {
            const struct held *held = &list.at[i].values[k];
            fprintf(out, "<tr><td>");
            plot_text(k ? "" : list.at[i].key, out);
            fprintf(out, "</td><td class=\"wrap\">");
            plot_text(held->value, out);
            fprintf(out, "</td><td class=\"wrap\">");
            put_hosts(fleet, held->hosts, held->count, out);
            fprintf(out, "</td></tr>\n");
        }
    }
    if (list.count)
        fprintf(out, "</table></div>\n");
    differences_free(&list);
}

static void put_host(const struct fleet *fleet, const struct host *host, FILE *out)
{
    fprintf(out, "<tr><td>");
    put_name(fleet, host, out);
    fprintf(out, "</td><td class=\"%s\">%s</td><td>", host->status == HOST_DONE ? "soft" : "more",
            host_statuses[host->status]);
    plot_text(host->architecture < 0 ? "" : fleet->architectures.at[host->architecture], out);
    fprintf(out, "</td><td class=\"num\">%u</td></tr>\n", host->rounds);
}

void hosts_facts(const struct fleet *fleet, FILE *out)
{
    fprintf(out, "<h2 id=\"facts\">In what the hosts differ</h2>\n");
    put_differences(fleet, out);
    fprintf(out, "<h2>What else to know</h2>\n<ol class=\"remarks\">\n");
    for (size_t i = 0; i < fleet->saying_count; i++) {
        const struct saying *saying = &fleet->sayings[i];
        fprintf(out, "<li><b>");
        put_hosts(fleet, saying->hosts, saying->count, out);
        fprintf(out, "</b>%s", saying->count ? ": " : "");
        plot_text(saying->text, out);
        fprintf(out, "</li>\n");
    }
    fprintf(out,
            "</ol>\n<details><summary>All %zu hosts</summary><table><tr><th>host</th><th></th>"
            "<th>architecture</th><th class=\"num\">rounds</th></tr>\n",
            fleet->host_count);
    for (size_t i = 0; i < fleet->host_count; i++)
        put_host(fleet, &fleet->hosts[i], out);
    fprintf(out, "</table></details>\n");
}
