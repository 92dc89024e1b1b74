/*
 * What a tool found, and the four formats it is printed in.
 *
 *   text   for people: units scaled, one screen of 80 columns; below the figures only what a reader
 *          must know to believe them (notes), or all facts
 *   csv    facts as `# key=value`, then `benchmark,metric,unit,better,rep,value`, base units
 *   json   one document
 *   value  the median of the first metric, and nothing else
 *
 * Two conventions let other programs draw what a tool knows. A metric called `name[key=value]` is
 * one point of a curve. Facts called `histogram.METRIC` (see hist_text()) and `series.METRIC` (one
 * value per second, separated by spaces, base units) carry distributions.
 *
 * Functions that allocate end the process when there is no memory; none belongs into a timed
 * region.
 */
#ifndef GM_REPORT_H
#define GM_REPORT_H

#include "hist.h"

#include <stdbool.h>

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_VALUE };
extern const char *const format_names[]; /* ends with NULL, to be an option's choices */

enum better { BETTER_LOWER, BETTER_HIGHER };
extern const char *const better_names[]; /* by enum better: "lower", "higher" */

struct report;
struct metric;

/* `benchmark` is the tool's name; it and all names below must outlive the report. */
struct report *report_new(const char *benchmark);
void report_free(struct report *report);

/* One line in front of the table in text format. */
void report_title(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A sentence below the table in text format: a guard that failed, what was chosen automatically,
 * what is unusual here.
 */
void report_note(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether text shows all facts; without it only notes, guards and the machine stand there. */
void report_show_facts(struct report *report, bool show);

/*
 * Adds a metric; the first one is what `value` prints. `unit` is a base unit: s, s/page, B/s,
 * flop/s, 1/s, 1. The name is copied. The pointer lives as long as the report.
 */
struct metric *report_metric(struct report *report, const char *name, const char *unit,
                             enum better better);

/* Adds one sample. Repetition 0 or less is the warm-up: shown as 0, never counted. */
void metric_add(struct metric *metric, int rep, double value);

/* Of the samples counted so far; NAN if there is none. */
double metric_median(const struct metric *metric);

/* Sets a fact; a later value replaces an earlier one. Newlines become spaces. */
void report_fact(struct report *report, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the fact `histogram.METRIC` and adds METRIC.p50 ... .p99.99 as far as hist supports them. */
void report_histogram(struct report *report, const char *metric, const struct hist *hist);

/*
 * For a servant, see steps.h: what csv prints, bit by bit, into stdout's buffer. The header forgets
 * the samples so far, and so do the rows. report_print() then has facts only to print; metrics that
 * were added behind the last rows are among them, as `# METRIC=VALUE`.
 */
void report_header(struct report *report);
void report_rows(struct report *report);

/* Prints everything to stdout. Ends the process with status 1 if stdout does not take it. */
void report_print(const struct report *report, enum format format);

#endif
