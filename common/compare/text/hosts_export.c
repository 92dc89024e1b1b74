/* A fleet for programs. */
#include "csv.h"
#include "hosts.h"
#include "json.h"
#include "sayings.h"
#include "version.h"

#include <math.h>

struct hosts_figure {
    const char *name;
    double value; /* NAN: not known, or not of this kind of row */
};

enum { MOST_FIGURES = 24 };

/* What is known of the hosts together. */
static size_t figures_of(const struct fleet *fleet, const struct table *table,
                         struct hosts_figure figures[MOST_FIGURES])
{
    const struct meta *meta = &table->meta;
    bool judged = fleet_compared(fleet, table), ratio = !table->is_native;
    size_t count = 0;
    const struct hosts_figure all[] = {
        {"hosts", (double)meta->k},
        {"ratio", ratio ? exp(meta->mean) : NAN},
        {"ratio_low", ratio ? exp(meta->low) : NAN},
        {"ratio_high", ratio ? exp(meta->high) : NAN},
        {"ratio_low90", ratio ? exp(meta->low90) : NAN},
        {"ratio_high90", ratio ? exp(meta->high90) : NAN},
        {"next_low", ratio ? exp(meta->next_low) : NAN},
        {"next_high", ratio ? exp(meta->next_high) : NAN},
        {"tau", meta->k > 1 ? sqrt(meta->tau2) : NAN},
        {"q", meta->k > 1 ? meta->q : NAN},
        {"p_q", meta->k > 1 ? meta->q_p : NAN},
        {"p_alike", table->alike},
        {"i2", meta->k > 1 ? meta->i2 : NAN},
        {"p_t", ratio ? meta->p : NAN},
        {"p_holm", judged ? table->result.p_holm : NAN},
        {"more_hosts", judged ? (double)table->result.more_rounds : NAN},
    };
    for (; count < sizeof all / sizeof all[0]; count++)
        figures[count] = all[count];
    return count;
}

/* The value of native, or a ratio. */
static double figure_of(const struct fleet *fleet, const struct table *table, double log_value)
{
    bool turned = table->is_native && fleet->metrics[table->metric].better == BETTER_HIGHER;
    return exp(turned ? -log_value : log_value);
}

static size_t figures_at(const struct fleet *fleet, const struct table *table,
                         const struct point *point, struct hosts_figure figures[MOST_FIGURES])
{
    size_t count = 0;
    const struct hosts_figure all[] = {
        {"rounds", point->rounds},         {"figure", figure_of(fleet, table, point->log)},
        {"error", point->error},           {"apart", fleet_apart(fleet, table, point)},
        {"deviations", point->deviations}, {"p_outlier", point->p},
        {"p_outlier_holm", point->p_holm}, {"stands_out", standouts_has(fleet, point)},
    };
    for (; count < sizeof all / sizeof all[0]; count++)
        figures[count] = all[count];
    return count;
}

/* ---- csv ---- */

static void put_front(const struct fleet *fleet, const struct table *table, const char *host,
                      FILE *out)
{
    const struct measured *metric = &fleet->metrics[table->metric];
    const char *fields[] = {fleet->architectures.at[table->architecture],
                            host,
                            fleet->platforms.at[table->platform],
                            metric->benchmark,
                            metric->name,
                            metric->unit,
                            better_names[metric->better],
                            metric->primary ? "yes" : "no",
                            *host ? "" : verdict_names[table->result.verdict]};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (i)
            fputc(',', out);
        csv_put(fields[i], out);
    }
}

static void put_fields(const struct hosts_figure *figures, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, figures && isfinite(figures[i].value) ? ",%.10g" : ",", figures[i].value);
}

static void put_commas(size_t count, FILE *out)
{
    while (count-- > 0)
        fputc(',', out);
}

void hosts_csv(const struct fleet *fleet, FILE *out)
{
    struct hosts_figure all[MOST_FIGURES], one[MOST_FIGURES];
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        size_t count = figures_of(fleet, table, all);
        size_t more = figures_at(fleet, table, &table->points[0], one);
        if (i == 0) {
            fprintf(out, "architecture,host,platform,benchmark,metric,unit,better,primary,verdict");
            for (size_t f = 0; f < count; f++)
                fprintf(out, ",%s", all[f].name);
            for (size_t f = 0; f < more; f++)
                fprintf(out, ",%s", one[f].name);
            fprintf(out, "\n");
        }
        put_front(fleet, table, "", out);
        put_fields(all, count, out);
        put_commas(more, out);
        fprintf(out, "\n");
        for (size_t k = 0; k < table->count; k++) {
            const struct point *point = &table->points[k];
            figures_at(fleet, table, point, one);
            put_front(fleet, table, fleet->hosts[point->host].name, out);
            put_commas(count, out);
            put_fields(one, more, out);
            fprintf(out, "\n");
        }
    }
}

/* ---- json ---- */

static void put_pair(const char *before, const char *name, const char *text, FILE *out)
{
    fprintf(out, "%s\"%s\": ", before, name);
    json_string(text, out);
}

static void put_figures(const struct hosts_figure *figures, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, isfinite(figures[i].value) ? ", \"%s\": %.10g" : ", \"%s\": null",
                figures[i].name, figures[i].value);
}

static void put_table(const struct fleet *fleet, const struct table *table, FILE *out)
{
    const struct measured *metric = &fleet->metrics[table->metric];
    struct hosts_figure figures[MOST_FIGURES];
    size_t count = figures_of(fleet, table, figures);
    put_pair("    {", "architecture", fleet->architectures.at[table->architecture], out);
    put_pair(", ", "platform", fleet->platforms.at[table->platform], out);
    put_pair(", ", "benchmark", metric->benchmark, out);
    put_pair(", ", "metric", metric->name, out);
    put_pair(", ", "unit", metric->unit, out);
    put_pair(", ", "better", better_names[metric->better], out);
    fprintf(out, ", \"primary\": %s", metric->primary ? "true" : "false");
    put_pair(", ", "verdict", verdict_names[table->result.verdict], out);
    put_figures(figures, count, out);
    fprintf(out, ", \"by_host\": [");
    for (size_t k = 0; k < table->count; k++) {
        const struct point *point = &table->points[k];
        put_pair(k ? ",\n      {" : "\n      {", "host", fleet->hosts[point->host].name, out);
        count = figures_at(fleet, table, point, figures);
        put_figures(figures, count, out);
        fprintf(out, "}");
    }
    fprintf(out, "]}");
}

static void put_names(const struct fleet *fleet, const int *hosts, size_t count, FILE *out)
{
    fprintf(out, "[");
    for (size_t i = 0; i < count; i++) {
        fprintf(out, i ? ", " : "");
        json_string(fleet->hosts[hosts[i]].name, out);
    }
    fprintf(out, "]");
}

static void put_hosts(const struct fleet *fleet, FILE *out)
{
    fprintf(out, ",\n  \"hosts\": [");
    for (size_t i = 0; i < fleet->host_count; i++) {
        const struct host *host = &fleet->hosts[i];
        put_pair(i ? ",\n    {" : "\n    {", "host", host->name, out);
        put_pair(", ", "status", host_statuses[host->status], out);
        put_pair(", ", "folder", host->folder, out);
        put_pair(", ", "architecture",
                 host->architecture < 0 ? "" : fleet->architectures.at[host->architecture], out);
        fprintf(out, ", \"rounds\": %u}", host->rounds);
    }
    fprintf(out, "]");
}

static void put_differences(const struct fleet *fleet, FILE *out)
{
    struct differences list = differences_of(fleet);
    fprintf(out, ",\n  \"differences\": [");
    for (size_t i = 0; i < list.count; i++) {
        put_pair(i ? ",\n    {" : "\n    {", "fact", list.at[i].key, out);
        fprintf(out, ", \"values\": [");
        for (size_t k = 0; k < list.at[i].count; k++) {
            const struct held *held = &list.at[i].values[k];
            put_pair(k ? ", {" : "{", "value", held->value, out);
            fprintf(out, ", \"hosts\": ");
            put_names(fleet, held->hosts, held->count, out);
            fprintf(out, "}");
        }
        fprintf(out, "]}");
    }
    fprintf(out, "]");
    differences_free(&list);
}

void hosts_json(const struct fleet *fleet, FILE *out)
{
    const struct settings *settings = &fleet->settings;
    fprintf(out, "{\n  \"version\": \"%s\"", gm_version);
    put_pair(",\n  ", "baseline", settings->baseline, out);
    fprintf(out, ", \"margin\": %g, \"alpha\": %g, \"comparisons\": %zu", settings->margin,
            settings->alpha, fleet->comparisons);
    put_hosts(fleet, out);
    fprintf(out, ",\n  \"metrics\": [\n");
    for (size_t i = 0; i < fleet->table_count; i++) {
        put_table(fleet, &fleet->tables[i], out);
        fprintf(out, "%s\n", i + 1 < fleet->table_count ? "," : "");
    }
    fprintf(out, "  ]");
    put_differences(fleet, out);
    fprintf(out, ",\n  \"notes\": [");
    for (size_t i = 0; i < fleet->saying_count; i++) {
        put_pair(i ? ",\n    {" : "\n    {", "note", fleet->sayings[i].text, out);
        fprintf(out, ", \"hosts\": ");
        put_names(fleet, fleet->sayings[i].hosts, fleet->sayings[i].count, out);
        fprintf(out, "}");
    }
    fprintf(out, "]\n}\n");
}
