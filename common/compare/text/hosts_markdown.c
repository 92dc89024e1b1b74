/* A fleet for an issue or a page. */
#include "hosts.h"
#include "markdown.h"
#include "numbers.h"
#include "sayings.h"

#include <math.h>
#include <stdlib.h>

static void put_metric(const struct fleet *fleet, const struct table *table, FILE *out)
{
    markdown_text(fleet->metrics[table->metric].benchmark, out);
    fputc(' ', out);
    markdown_text(fleet->metrics[table->metric].name, out);
}

static void put_mean(const struct fleet *fleet, const struct table *table, FILE *out)
{
    char a[NUMBER], b[NUMBER], c[NUMBER];
    const struct meta *meta = &table->meta;
    fprintf(out, "| ");
    put_metric(fleet, table, out);
    fprintf(out, " | ");
    markdown_text(fleet->platforms.at[table->platform], out);
    fprintf(out, " | %zu | %s | ", meta->k, number(a, exp(meta->mean)));
    if (isfinite(meta->low))
        fprintf(out, "%s to %s | %s to %s | %s ", number(a, exp(meta->low)),
                number(b, exp(meta->high)), number(c, exp(meta->next_low)),
                number((char[NUMBER]){0}, exp(meta->next_high)),
                percent((char[NUMBER]){0}, expm1(sqrt(meta->tau2))));
    else
        fprintf(out, "%s only | | ", meta->k == 1 ? "one host" : "two hosts");
    fprintf(out, "| %s |\n", verdict_names[table->result.verdict]);
}

static void put_tables(const struct fleet *fleet, FILE *out)
{
    int architecture = NAMES_NONE;
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        if (!fleet->metrics[table->metric].primary || table->is_native)
            continue;
        if (table->architecture != architecture) {
            architecture = table->architecture;
            fprintf(out, "\n**");
            markdown_text(fleet->architectures.at[architecture], out);
            fprintf(out, *fleet->architectures.at[architecture] ? ", " : "");
            fprintf(out, "%zu hosts**: cost as a multiple of ",
                    fleet_count(fleet, HOST_DONE, architecture));
            markdown_text(fleet->settings.baseline, out);
            fprintf(out, " on the same host\n\n"
                         "| benchmark | platform | hosts | cost | 95 %% interval | next host | "
                         "spread between hosts | verdict |\n"
                         "|---|---|--:|--:|:-:|:-:|--:|---|\n");
        }
        put_mean(fleet, table, out);
    }
}

static void put_standouts(const struct fleet *fleet, FILE *out)
{
    char text[NUMBER];
    struct standouts list = standouts_of(fleet);
    fprintf(out, "\nHosts that stand out:%s\n\n", list.count ? "" : " none");
    for (size_t i = 0; i < list.count; i++) {
        double apart = fleet_apart(fleet, list.at[i].table, list.at[i].point);
        fprintf(out, "- **");
        markdown_text(fleet->hosts[list.at[i].point->host].name, out);
        fprintf(out, "** ");
        put_metric(fleet, list.at[i].table, out);
        fputc(' ', out);
        markdown_text(fleet->platforms.at[list.at[i].table->platform], out);
        fprintf(out, ": %s %s the others' middle (p %.2g)\n", percent(text, fabs(apart)),
                apart < 0 ? "below" : "above", list.at[i].point->p_holm);
    }
    standouts_free(&list);
}

static void put_hosts(const struct fleet *fleet, const int *hosts, size_t count, FILE *out)
{
    char *names = sayings_hosts(fleet, hosts, count);
    markdown_text(names, out);
    free(names);
}

static void put_differences(const struct fleet *fleet, FILE *out)
{
    struct differences list = differences_of(fleet);
    if (list.count)
        fprintf(out, "\n| the hosts differ in | value | hosts |\n|---|---|---|\n");
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; k < list.at[i].count; k++) {
            fprintf(out, "| ");
            markdown_text(k ? "" : list.at[i].key, out);
            fprintf(out, " | ");
            markdown_text(list.at[i].values[k].value, out);
            fprintf(out, " | ");
            put_hosts(fleet, list.at[i].values[k].hosts, list.at[i].values[k].count, out);
            fprintf(out, " |\n");
        }
    }
    differences_free(&list);
}

void hosts_markdown(const struct fleet *fleet, FILE *out)
{
    put_tables(fleet, out);
    put_standouts(fleet, out);
    put_differences(fleet, out);
    for (size_t i = 0; i < fleet->saying_count; i++) {
        const struct saying *saying = &fleet->sayings[i];
        fprintf(out, i ? "- " : "\n- ");
        put_hosts(fleet, saying->hosts, saying->count, out);
        fprintf(out, saying->count ? ": " : "");
        markdown_text(saying->text, out);
        fprintf(out, "\n");
    }
}
