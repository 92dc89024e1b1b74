#include "columns.h"
#include "report_data.h"

#include "err.h"
#include "json.h"
#include "stats.h"
#include "units.h"
#include "version.h"
#include "wrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const format_names[] = {"text", "csv", "json", "value", NULL};

const char *const better_names[] = {[BETTER_LOWER] = "lower", [BETTER_HIGHER] = "higher"};

/* The counted samples' statistics; false if there is none. */
static bool metric_stats(const struct metric *metric, struct stats *stats)
{
    if (metric->counted == 0)
        return false;
    double *values = malloc(metric->counted * sizeof *values);
    if (!values)
        die(STATUS_SYSTEM, "report: out of memory");
    size_t n = 0;
    for (size_t i = 0; i < metric->count; i++) {
        if (column_rep_counts(metric->samples[i].rep))
            values[n++] = metric->samples[i].value;
    }
    *stats = stats_of(values, n);
    free(values);
    return true;
}

double metric_median(const struct metric *metric)
{
    struct stats stats;
    return metric_stats(metric, &stats) ? stats.median : NAN;
}

/* ---- text ---- */

static const char *fact_value(const struct report *report, const char *key)
{
    for (const struct fact *fact = report->facts; fact; fact = fact->next) {
        if (strcmp(fact->key, key) == 0)
            return fact->value;
    }
    return NULL;
}

/* "guards passed: client, rate"; the others have a note, which says what they have found. */
static void print_guards(const struct report *report, FILE *out)
{
    const char *separator = "guards passed: ";
    for (const struct fact *fact = report->facts; fact; fact = fact->next) {
        if (strncmp(fact->key, "guard.", 6) != 0 || strncmp(fact->value, "pass", 4) != 0)
            continue;
        fprintf(out, "%s%s", separator, fact->key + 6);
        separator = ", ";
    }
    if (*separator == ',')
        fprintf(out, "\n");
}

/* Where the figures are from, in one line. */
static void print_machine(const struct report *report, FILE *out)
{
    const char *cpu = fact_value(report, "cpu.model"), *kernel = fact_value(report, "kernel");
    const char *hypervisor = fact_value(report, "hypervisor");
    if (!cpu || !kernel || !hypervisor)
        return;
    char text[512];
    bool bare = strcmp(hypervisor, "none") == 0;
    snprintf(text, sizeof text, "%s%s%s, %s; --facts shows more", cpu, bare ? "" : " under ",
             bare ? "" : hypervisor, kernel);
    wrap_print(out, text, 0);
}

static void print_facts(const struct report *report, FILE *out)
{
    for (const struct fact *fact = report->facts; fact; fact = fact->next) {
        if (strncmp(fact->key, "histogram.", 10) != 0 && strncmp(fact->key, "series.", 7) != 0)
            fprintf(out, "%-22s %s\n", fact->key, fact->value);
    }
}

static void print_text(const struct report *report, FILE *out)
{
    struct stats stats;
    if (report->title)
        fprintf(out, "%s: %s\n", report->benchmark, report->title);
    fprintf(out, "%-22s %10s %10s %9s %9s %4s  %s\n", "metric", "median", "mean", "+-95%", "stddev",
            "n", "unit");
    for (const struct metric *metric = report->metrics; metric; metric = metric->next) {
        if (!metric_stats(metric, &stats))
            continue;
        struct unit unit = unit_for(metric->unit, stats.median);
        fprintf(out, "%-22s %10.5g %10.5g ", metric->name, stats.median / unit.factor,
                stats.mean / unit.factor);
        if (stats.n > 1)
            fprintf(out, "%9.2g %9.2g", stats.ci95 / unit.factor, stats.stddev / unit.factor);
        else
            fprintf(out, "%9s %9s", "-", "-");
        fprintf(out, " %4zu  %s\n", stats.n, unit.shown);
    }
    for (const struct note *note = report->notes; note; note = note->next)
        wrap_print(out, note->text, 0);
    print_guards(report, out);
    fprintf(out, "\n");
    if (report->show_facts)
        print_facts(report, out);
    else
        print_machine(report, out);
}

/* ---- the other formats ---- */

static void print_csv_rows(const struct report *report, FILE *out)
{
    for (const struct metric *metric = report->metrics; metric; metric = metric->next) {
        for (size_t i = 0; i < metric->count; i++)
            fprintf(out, "%s,%s,%s,%s,%d,%.10g\n", report->benchmark, metric->name, metric->unit,
                    better_names[metric->better], metric->samples[i].rep, metric->samples[i].value);
    }
}

static void print_csv(const struct report *report, FILE *out)
{
    for (const struct fact *fact = report->facts; fact; fact = fact->next)
        fprintf(out, "# %s=%s\n", fact->key, fact->value);
    if (!report->served) {
        fputs(COLUMNS_ROW "\n", out);
        print_csv_rows(report, out);
        return;
    }
    for (const struct metric *metric = report->metrics; metric; metric = metric->next) {
        if (metric->count > 0)
            fprintf(out, "# %s=%.10g\n", metric->name, metric->samples[metric->count - 1].value);
    }
}

static void forget_samples(struct report *report)
{
    for (struct metric *metric = report->metrics; metric; metric = metric->next)
        metric->count = metric->counted = 0;
}

void report_header(struct report *report)
{
    report->served = true;
    forget_samples(report);
    puts(COLUMNS_ROW);
}

void report_rows(struct report *report)
{
    print_csv_rows(report, stdout);
    forget_samples(report);
}

static void print_json_metric(const struct metric *metric, FILE *out)
{
    struct stats stats = {0};
    bool counted = metric_stats(metric, &stats);

    fprintf(out, "    {\"name\": ");
    json_string(metric->name, out);
    fprintf(out, ", \"unit\": \"%s\", \"better\": \"%s\",\n     \"samples\": [", metric->unit,
            better_names[metric->better]);
    for (size_t i = 0; i < metric->count; i++)
        fprintf(out, "%s{\"rep\": %d, \"value\": %.10g}", i ? ", " : "", metric->samples[i].rep,
                metric->samples[i].value);
    fprintf(out, "],\n     \"n\": %zu", stats.n);
    if (counted)
        fprintf(out, ", \"median\": %.10g, \"mean\": %.10g, \"stddev\": %.10g, \"ci95\": %.10g",
                stats.median, stats.mean, stats.stddev, stats.ci95);
    fprintf(out, "}");
}

static void print_json(const struct report *report, FILE *out)
{
    fprintf(out, "{\n  \"benchmark\": \"%s\",\n  \"version\": \"%s\",\n  \"facts\": {",
            report->benchmark, gm_version);
    for (const struct fact *fact = report->facts; fact; fact = fact->next) {
        fprintf(out, "%s\n    ", fact == report->facts ? "" : ",");
        json_string(fact->key, out);
        fprintf(out, ": ");
        json_string(fact->value, out);
    }
    fprintf(out, "\n  },\n  \"metrics\": [\n");
    for (const struct metric *metric = report->metrics; metric; metric = metric->next) {
        print_json_metric(metric, out);
        fprintf(out, "%s\n", metric->next ? "," : "");
    }
    fprintf(out, "  ]\n}\n");
}

/* Whoever reads one number must not take an empty line for one. */
static void print_value(const struct report *report, FILE *out)
{
    struct stats stats;
    if (!report->metrics || !metric_stats(report->metrics, &stats))
        die(STATUS_SYSTEM, "%s: no sample",
            report->metrics ? report->metrics->name : report->benchmark);
    fprintf(out, "%.10g\n", stats.median);
}

void report_print(const struct report *report, enum format format)
{
    static void (*const printers[])(const struct report *, FILE *) = {
        [FORMAT_TEXT] = print_text,
        [FORMAT_CSV] = print_csv,
        [FORMAT_JSON] = print_json,
        [FORMAT_VALUE] = print_value,
    };
    printers[format](report, stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        die_errno(STATUS_SYSTEM, "stdout");
}
