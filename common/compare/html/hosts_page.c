#include "hosts_page.h"

#include "hosts_sections.h"
#include "page.h"
#include "plot.h"
#include "version.h"

#include <math.h>
#include <time.h>

enum { COLOURS = 12 };

void hosts_metric(const struct fleet *fleet, const struct table *table, FILE *out)
{
    plot_text(fleet->metrics[table->metric].benchmark, out);
    fputc(' ', out);
    plot_text(fleet->metrics[table->metric].name, out);
}

int hosts_colour(const struct table *table)
{
    return table->is_native || table->is_twin ? 0 : 1 + table->platform % (COLOURS - 1);
}

static void put_when(const struct fleet *fleet, FILE *out)
{
    double ends[2] = {INFINITY, -INFINITY};
    for (size_t i = 0; i < fleet->host_count; i++) {
        ends[0] = fmin(ends[0], fleet->hosts[i].first); /* NAN counts for nothing */
        ends[1] = fmax(ends[1], fleet->hosts[i].last);
    }
    if (!(ends[0] <= ends[1] && ends[0] > 1e6 && ends[1] < 1e11))
        return;
    for (int i = 0; i < 2; i++) {
        char text[32];
        struct tm parts;
        time_t seconds = (time_t)ends[i];
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", gmtime_r(&seconds, &parts));
        fprintf(out, "%s%s", i ? " to " : ", ", text);
    }
    fprintf(out, " UTC");
}

static void put_head(const struct fleet *fleet, FILE *out)
{
    fprintf(out, "<h1>What a guest costs, over %zu hosts</h1>\n<p class=\"lead\">",
            fleet_count(fleet, HOST_DONE, -1));
    plot_text(fleet->name, out);
    for (int status = HOST_DONE; status <= HOST_LEFT_OUT; status++) {
        size_t count = fleet_count(fleet, (enum host_status)status, -1);
        if (count)
            fprintf(out, "%s%zu %s", status ? ", " : ": ", count, host_statuses[status]);
    }
    put_when(fleet, out);
    fprintf(out, ". Every figure is a multiple of ");
    plot_text(fleet->settings.baseline, out);
    fprintf(out,
            " on the same host: 1 is as fast, 2 takes twice as long or does half as much.</p>"
            "\n<nav><a href=\"#means\">Which platform costs what</a><a href=\"#standouts\">Who "
            "stands out</a><a href=\"#maps\">Map of the hosts</a><a href=\"#forests\">Host by "
            "host</a><a href=\"#facts\">In what they differ</a></nav>\n");
}

/* A heading, and what is below it once for each architecture. */
static void put_section(const struct fleet *fleet, const char *name, const char *title,
                        const char *lead,
                        void (*put)(const struct fleet *fleet, int architecture, FILE *out),
                        FILE *out)
{
    fprintf(out, "<h2 id=\"%s\">%s</h2>\n<p class=\"lead\">%s</p>\n", name, title, lead);
    for (size_t i = 0; i < fleet->architectures.count; i++) {
        if (fleet_count(fleet, HOST_DONE, (int)i) == 0)
            continue;
        if (fleet->architectures.count > 1) {
            fprintf(out, "<h3>");
            plot_text(*fleet->architectures.at[i] ? fleet->architectures.at[i] : "unknown", out);
            fprintf(out, ", %zu hosts</h3>\n", fleet_count(fleet, HOST_DONE, (int)i));
        }
        put(fleet, (int)i, out);
    }
}

void hosts_page(const struct fleet *fleet, FILE *out)
{
    page_begin("What a guest costs, over many hosts", out);
    put_head(fleet, out);
    put_section(fleet, "means", "Which platform costs what, and what the next host will show",
                "Dot: mean over hosts; thick bar: its 95 % interval; thin bar: where 95 % of "
                "further hosts will be. Different, equivalent: of the mean, among all comparisons.",
                hosts_means, out);
    fprintf(out, "<h2 id=\"standouts\">Hosts that stand out</h2>\n");
    hosts_standouts(fleet, out);
    put_section(fleet, "maps", "Hosts by metrics",
                "Against the middle of the fleet: <b class=\"more\">costs more</b>, <b "
                "class=\"less\">costs less</b>, in steps at 1, 2, 4, 8 and 16 %.",
                hosts_maps, out);
    put_section(
        fleet, "forests", "Host by host",
        "Dots: hosts, with their 95 % intervals (variances moderated over hosts); line: the "
        "mean; band: where the next host will be.",
        hosts_forests, out);
    hosts_facts(fleet, out);
    fprintf(out,
            "<footer>guestmark %s. Means: random effects, variance between hosts by restricted "
            "maximum likelihood, interval by Hartung and Knapp 2001; variances of few rounds "
            "moderated (Smyth 2004); hosts that stand out: beyond 3.5 median deviations "
            "(Iglewicz and Hoaglin 1993) and by Rosner's test (1983), Holm among %zu figures."
            "</footer>\n</main></body></html>\n",
            gm_version, fleet->tested);
}
