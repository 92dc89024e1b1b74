/* The rules that turn intervals and tests into one word. */
#ifndef GM_COMPARE_VERDICT_H
#define GM_COMPARE_VERDICT_H

#include "analysis.h"

/* Sets ratio and tests from the paired differences of logarithms. n >= 1. */
void verdict_ratio(struct result *result, const double *d, size_t n,
                   const struct settings *settings);

/* Replaces values by the logarithms of their costs; false if one is not above 0. */
bool verdict_logs(double *values, size_t n, enum better better);

/*
 * Gives every comparison of a primary metric its verdict:
 *
 *   different     the 95 % interval excludes 1 by more than the noise floor, and the test's
 * p-value, Holm-adjusted over all comparisons, is at most alpha equivalent    the 90 % interval
 * lies within 1/(1+margin) .. 1+margin inconclusive  neither; fewer than 3 rounds always
 *
 * The test is Wilcoxon's signed-rank test. With n rounds its p-value cannot be below 2/2^n, which
 * with many comparisons and few rounds Holm never accepts, however large a difference is. There,
 * and where rounds are not paired, Student's t of the same logarithms takes its place. Which of the
 * two is decided by n and the number of comparisons alone, never by the values.
 */
void verdict_all(struct analysis *analysis);

/* One comparison's verdict from its ratio, its adjusted p-value and the row's noise floor. */
void verdict_decide(const struct analysis *analysis, const struct row *row, struct result *result);

#endif
