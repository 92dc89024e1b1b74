#include "columns.h"
#include "report_data.h"

#include "err.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

void report_show_facts(struct report *report, bool show)
{
    report->show_facts = show;
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
    metric->samples[metric->count++] =
        (struct sample){.rep = column_rep_counts(rep) ? rep : 0, .value = value};
    metric->counted += column_rep_counts(rep);
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
