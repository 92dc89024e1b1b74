#include "hosts.h"

#include "alloc.h"
#include "numbers.h"
#include "sayings.h"
#include "units.h"
#include "wrap.h"

#include <math.h>
#include <stdlib.h>

enum { NAME = 20, MOST_STANDOUTS = 40, MOST_VALUES = 6 };

static void print_range(double low, double high, FILE *out)
{
    char a[NUMBER], b[NUMBER];
    fprintf(out, "  %6s .. %-6s", number(a, exp(low)), number(b, exp(high)));
}

static void print_mean(const struct fleet *fleet, const struct table *table, FILE *out)
{
    const struct meta *meta = &table->meta;
    char text[NUMBER];
    int used = fprintf(out, "  %s", fleet->platforms.at[table->platform]);
    if (used > NAME)
        used = fprintf(out, "\n") - 1;
    fprintf(out, "%*s%5zu %7s", NAME - used, "", meta->k, number(text, exp(meta->mean)));
    if (isfinite(meta->low)) {
        print_range(meta->low, meta->high, out);
        print_range(meta->next_low, meta->next_high, out);
        fprintf(out, " %6s %3.0f", percent(text, expm1(sqrt(meta->tau2))), 100 * meta->i2);
    } else {
        fprintf(out, "  %s", meta->k == 1 ? "one host only" : "two hosts only");
    }
    fprintf(out, "\n");
}

/* The metric, native's middle figure, and the host that is furthest from it. */
static void print_head(const struct fleet *fleet, const struct table *table,
                       const struct table *native, FILE *out)
{
    const struct measured *metric = &fleet->metrics[table->metric];
    fprintf(out, "\n%s %s", metric->benchmark, metric->name);
    if (native) {
        char text[NUMBER];
        double median = exp(metric->better == BETTER_HIGHER ? -native->median : native->median);
        struct unit unit = unit_for(metric->unit, median);
        fprintf(out, ", %s %s %s", fleet->platforms.at[native->platform],
                number(text, median / unit.factor), unit.shown);
        if (native->count > 2) {
            const struct point *far = &native->points[native->furthest];
            double apart = fleet_apart(fleet, native, far);
            fprintf(out, ", hosts +-%s", percent(text, expm1(sqrt(native->meta.tau2))));
            fprintf(out, "\n  furthest: %s, %s %s", fleet->hosts[far->host].name,
                    percent(text, fabs(apart)), apart < 0 ? "below" : "above");
        }
    }
    fprintf(out, "\n");
}

static void print_tables(const struct fleet *fleet, bool detail, FILE *out)
{
    const struct table *last = NULL;
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        const char *machine = fleet->architectures.at[table->architecture];
        if (!detail && !fleet->metrics[table->metric].primary)
            continue;
        if (!last || last->architecture != table->architecture) {
            fprintf(out, "\n%s%s%zu hosts\n", *machine ? machine : "", *machine ? ", " : "",
                    fleet_count(fleet, HOST_DONE, table->architecture));
            fprintf(out, "%-*s hosts  ratio   95 %% interval      next host         tau  I2\n",
                    NAME - 1, "");
        }
        if (!last || last->metric != table->metric || last->architecture != table->architecture)
            print_head(fleet, table, fleet_native(fleet, table), out);
        if (!table->is_native)
            print_mean(fleet, table, out);
        last = table;
    }
}

/* `n7 memsweep triad native: 9.1 % below the others`, and by what. */
static void print_standout(const struct fleet *fleet, const struct standout *one, FILE *out)
{
    char a[NUMBER], b[NUMBER];
    const struct measured *metric = &fleet->metrics[one->table->metric];
    double apart = fleet_apart(fleet, one->table, one->point);
    char *text = alloc_format(
        "%s %s %s %s: %s %s the middle of %zu hosts (%s deviations, p %.2g)",
        fleet->hosts[one->point->host].name, metric->benchmark, metric->name,
        fleet->platforms.at[one->table->platform], percent(a, fabs(apart)),
        apart < 0 ? "below" : "above", one->table->count,
        isfinite(one->point->deviations) ? number(b, fabs(one->point->deviations)) : "many",
        one->point->p_holm);
    fprintf(out, "  ");
    wrap_print(out, text, 4);
    free(text);
}

static void print_standouts(const struct fleet *fleet, FILE *out)
{
    struct standouts list = standouts_of(fleet);
    fprintf(out, "\nHosts that stand out: %s\n",
            list.count == 0 ? "none" : "by median deviations, and by test among all figures");
    for (size_t i = 0; i < list.count && i < MOST_STANDOUTS; i++)
        print_standout(fleet, &list.at[i], out);
    if (list.count > MOST_STANDOUTS)
        fprintf(out, "  and %zu more figures\n", list.count - MOST_STANDOUTS);
    standouts_free(&list);
}

static void print_differences(const struct fleet *fleet, FILE *out)
{
    struct differences list = differences_of(fleet);
    if (list.count)
        fprintf(out, "\nIn what the hosts differ:\n");
    for (size_t i = 0; i < list.count; i++) {
        const struct difference *difference = &list.at[i];
        fprintf(out, "  %s\n", difference->key);
        for (size_t k = 0; k < difference->count && k < MOST_VALUES; k++) {
            const struct held *held = &difference->values[k];
            char *hosts = sayings_hosts(fleet, held->hosts, held->count);
            char *text = alloc_format("%s: %s", held->value, hosts);
            fprintf(out, "    ");
            wrap_print(out, text, 6);
            free(text);
            free(hosts);
        }
        if (difference->count > MOST_VALUES)
            fprintf(out, "    and %zu more values\n", difference->count - MOST_VALUES);
    }
    differences_free(&list);
}

static void print_sayings(const struct fleet *fleet, FILE *out)
{
    if (fleet->saying_count)
        fprintf(out, "\n");
    for (size_t i = 0; i < fleet->saying_count; i++) {
        const struct saying *saying = &fleet->sayings[i];
        char *hosts = sayings_hosts(fleet, saying->hosts, saying->count);
        char *text = alloc_format("%s%s%s", hosts, *hosts ? ": " : "", saying->text);
        fprintf(out, "note: ");
        wrap_print(out, text, 6);
        free(text);
        free(hosts);
    }
}

void hosts_text(const struct fleet *fleet, bool detail, FILE *out)
{
    fprintf(out, "%s: %zu hosts", fleet->name, fleet->host_count);
    for (int status = HOST_DONE; status <= HOST_LEFT_OUT; status++) {
        size_t count = fleet_count(fleet, (enum host_status)status, -1);
        if (count)
            fprintf(out, "%s%zu %s", status ? ", " : ": ", count, host_statuses[status]);
    }
    fprintf(out, "\n");
    char *text = alloc_format(
        "Cost as a multiple of %s on the same host: mean over hosts (Hartung-Knapp), where the "
        "next host will be (95 %%), the spread between hosts, and its share of all variance in %%",
        fleet->settings.baseline);
    wrap_print(out, text, 0);
    free(text);
    print_tables(fleet, detail, out);
    print_standouts(fleet, out);
    print_differences(fleet, out);
    print_sayings(fleet, out);
}
