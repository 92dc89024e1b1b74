/* Wilcoxon's signed-rank test and Holm's correction. */
#ifndef GM_COMPARE_WILCOXON_H
#define GM_COMPARE_WILCOXON_H

#include <stddef.h>

/*
 * Two-sided p-value of the hypothesis that the differences are symmetric about 0 (Wilcoxon 1945).
 * Zeros are left out, ties share their ranks. Exact, over all 2^n signs, up to 200 differences
 * that are not 0; beyond, the normal approximation with both corrections. 1 if there is none.
 */
double wilcoxon_p(const double *differences, size_t n);

/* The smallest p-value that n differences can give: 2 / 2^n. */
double wilcoxon_least_p(size_t n);

/* Replaces p-values by Holm's adjusted ones (Holm 1979), which may be compared with alpha. */
void holm_adjust(double *p, size_t n);

#endif
