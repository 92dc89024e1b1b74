/* The parts of the HTML report, in the order in which they come. */
#ifndef GM_COMPARE_SECTIONS_H
#define GM_COMPARE_SECTIONS_H

#include "page.h"

/* report.css, as the page carries it. */
extern const char html_style[];

/* Every metric by every platform at a glance. */
void section_matrix(const struct page *page);

/* All ratios with their intervals on one axis. */
void section_forest(const struct page *page);

/* How the intervals narrowed; nothing with too few rounds. */
void section_precision(const struct page *page);

/* Expectation against observation. */
void section_expectation(const struct page *page);

/* Guards, failures, checks: what would have fooled the reader; and what to do to be sure. */
void section_remarks(const struct page *page);

/* Benchmark by benchmark: figures, spread, time order, distributions, curves. */
void section_benchmarks(const struct page *page);

/* The latency distributions and the curves of one benchmark; nothing if it has none. */
void section_distributions(const struct page *page, const char *benchmark);
void section_curves(const struct page *page, const char *benchmark);

/* Whether a metric is a point of a curve over numbers, which section_curves() draws. */
bool section_is_point(const char *metric);

/* Later campaigns against the first; nothing if there is only one. */
void section_versus(const struct page *page);

/* Host and guests, and how to run it again. */
void section_environment(const struct page *page);

#endif
