#include "report.h"

#include "err.h"
#include "stats.h"
#include "units.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifndef GM_VERSION
#error "GM_VERSION comes from the Makefile"
#endif

const char *const format_names[] = {"text", "csv", "json", "value", NULL};

struct sample {
    int rep;
    double value;
};

struct metric {
    struct metric *next;
    char *name;
    const char *unit;
    enum better better;
    size_t count, room, counted; /* samples, space for them, samples that are not warm-up */
    struct sample *samples;
};

struct fact {
    struct fact *next;
    char *key, *value;
};

struct note {
    struct note *next;
    char *text;
};

struct report {
    const char *benchmark;
    char *title;
    struct metric *metrics, **last_metric;
    struct fact *facts, **last_fact;
    struct note *notes, **last_note;
};

static void *must(void *pointer)
{
    if (!pointer)
        die(STATUS_SYSTEM, "report: out of memory");
    return pointer;
}

static char *format_text(const char *format, va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0)
        must(NULL);
    for (char *c = text; *c; c++) {
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    }
    return text;
}

struct report *report_new(const char *benchmark)
{
    struct report *report = must(calloc(1, sizeof *report));
    report->benchmark = benchmark;
    report->last_metric = &report->metrics;
    report->last_fact = &report->facts;
    report->last_note = &report->notes;
    return report;
}

void report_free(struct report *report)
{
    if (!report)
        return;
    for (struct metric *metric = report->metrics, *next; metric; metric = next) {
        next = metric->next;
        free(metric->name);
        free(metric->samples);
        free(metric);
    }
    for (struct fact *fact = report->facts, *next; fact; fact = next) {
        next = fact->next;
        free(fact->key);
        free(fact->value);
        free(fact);
    }
    for (struct note *note = report->notes, *next; note; note = next) {
        next = note->next;
        free(note->text);
        free(note);
    }
    free(report->title);
    free(report);
}

void report_title(struct report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    free(report->title);
    report->title = format_text(format, arguments);
    va_end(arguments);
}

void report_note(struct report *report, const char *format, ...)
{
    struct note *note = must(calloc(1, sizeof *note));
    va_list arguments;
    va_start(arguments, format);
    note->text = format_text(format, arguments);
    va_end(arguments);
    *report->last_note = note;
    report->last_note = &note->next;
}

struct metric *report_metric(struct report *report, const char *name, const char *unit,
                             enum better better)
{
    struct metric *metric = must(calloc(1, sizeof *metric));
    metric->name = must(strdup(name));
    metric->unit = unit;
    metric->better = better;
    *report->last_metric = metric;
    report->last_metric = &metric->next;
    return metric;
}

void metric_add(struct metric *metric, int rep, double value)
{
    if (metric->count == metric->room) {
        metric->room = metric->room ? 2 * metric->room : 16;
        metric->samples = must(realloc(metric->samples, metric->room * sizeof(struct sample)));
    }
    metric->samples[metric->count++] = (struct sample){.rep = rep > 0 ? rep : 0, .value = value};
    metric->counted += rep > 0;
}

void report_fact(struct report *report, const char *key, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *value = format_text(format, arguments);
    va_end(arguments);
    for (struct fact *fact = report->facts; fact; fact = fact->next) {
        if (strcmp(fact->key, key) == 0) {
            free(fact->value);
            fact->value = value;
            return;
        }
    }
    struct fact *fact = must(calloc(1, sizeof *fact));
    fact->key = must(strdup(key));
    fact->value = value;
    *report->last_fact = fact;
    report->last_fact = &fact->next;
}

void report_histogram(struct report *report, const char *metric, const struct hist *hist)
{
    static const struct {
        const char *name;
        double q;
    } quantiles[] = {
        {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}};
    char name[64];

    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        if (!hist_supports(hist, quantiles[i].q))
            break;
        snprintf(name, sizeof name, "%s.%s", metric, quantiles[i].name);
        metric_add(report_metric(report, name, "s", BETTER_LOWER), 1,
                   hist_quantile(hist, quantiles[i].q));
    }
    char *text = must(hist_text(hist));
    snprintf(name, sizeof name, "histogram.%s", metric);
    report_fact(report, name, "%s", text);
    free(text);
}

/* The counted samples' statistics; false if there is none. */
static bool metric_stats(const struct metric *metric, struct stats *stats)
{
    if (metric->counted == 0)
        return false;
    double *values = must(malloc(metric->counted * sizeof *values));
    size_t n = 0;
    for (size_t i = 0; i < metric->count; i++) {
        if (metric->samples[i].rep > 0)
            values[n++] = metric->samples[i].value;
    }
    *stats = stats_of(values, n);
    free(values);
    return true;
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
        fprintf(out, "%s\n", note->text);
    fprintf(out, "\n");
    for (const struct fact *fact = report->facts; fact; fact = fact->next) {
        if (strncmp(fact->key, "histogram.", 10) != 0 && strncmp(fact->key, "series.", 7) != 0)
            fprintf(out, "%-22s %s\n", fact->key, fact->value);
    }
}

static const char *better_name(enum better better)
{
    return better == BETTER_HIGHER ? "higher" : "lower";
}

static void print_csv(const struct report *report, FILE *out)
{
    for (const struct fact *fact = report->facts; fact; fact = fact->next)
        fprintf(out, "# %s=%s\n", fact->key, fact->value);
    fprintf(out, "benchmark,metric,unit,better,rep,value\n");
    for (const struct metric *metric = report->metrics; metric; metric = metric->next) {
        for (size_t i = 0; i < metric->count; i++)
            fprintf(out, "%s,%s,%s,%s,%d,%.10g\n", report->benchmark, metric->name, metric->unit,
                    better_name(metric->better), metric->samples[i].rep, metric->samples[i].value);
    }
}

static void print_json_string(const char *text, FILE *out)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < ' ')
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

static void print_json_metric(const struct metric *metric, FILE *out)
{
    struct stats stats = {0};
    bool counted = metric_stats(metric, &stats);

    fprintf(out, "    {\"name\": ");
    print_json_string(metric->name, out);
    fprintf(out, ", \"unit\": \"%s\", \"better\": \"%s\",\n     \"samples\": [", metric->unit,
            better_name(metric->better));
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
            report->benchmark, GM_VERSION);
    for (const struct fact *fact = report->facts; fact; fact = fact->next) {
        fprintf(out, "%s\n    ", fact == report->facts ? "" : ",");
        print_json_string(fact->key, out);
        fprintf(out, ": ");
        print_json_string(fact->value, out);
    }
    fprintf(out, "\n  },\n  \"metrics\": [\n");
    for (const struct metric *metric = report->metrics; metric; metric = metric->next) {
        print_json_metric(metric, out);
        fprintf(out, "%s\n", metric->next ? "," : "");
    }
    fprintf(out, "  ]\n}\n");
}

static void print_value(const struct report *report, FILE *out)
{
    struct stats stats;
    if (report->metrics && metric_stats(report->metrics, &stats))
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
