/*
 * netlib's linpackd, written anew: column-oriented elimination with partial pivoting, one daxpy per
 * column (dgefa), and the two triangular solves (dgesl). What decades of published KFLOPS ran.
 * One thread, the compiler's baseline instruction set, as those had.
 */
#ifndef GM_LINPACK_CLASSIC_H
#define GM_LINPACK_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>

/* A := its factors L (negated, unit diagonal implied) and U; pivots[k] is the row swapped with k.
 * False if a pivot is zero. */
bool classic_factor(size_t n, double *a, size_t lda, size_t *pivots);

/* b := x, from what classic_factor() made. */
void classic_solve(size_t n, const double *a, size_t lda, const size_t *pivots, double *b);

#endif
