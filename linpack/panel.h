/*
 * Factoring a panel, a few columns over all remaining rows, and what its factors do to the columns
 * right of it. One thread's work.
 */
#ifndef GM_LINPACK_PANEL_H
#define GM_LINPACK_PANEL_H

#include "gemm.h"

#include <stdbool.h>

/* A thread's buffers. */
struct scratch {
    double *right; /* slivers of k x columns */
    double *edge;  /* one left sliver of k columns */
    size_t columns;
};

/*
 * a[m x w] := its factors, m >= w. pivots[p] >= p is the row that was swapped with row p. False if
 * a pivot is zero; its column is left as it is. scratch->columns >= w / 2.
 */
bool panel_factor(const struct isa_kernel *kernel, size_t m, size_t w, double *a, size_t lda,
                  size_t *pivots, struct scratch *scratch);

/*
 * c[m x n] := what the elimination of the w columns `left` (m x w, as panel_factor() left them)
 * makes of it: rows swapped, the upper w rows solved for, the others updated.
 */
void panel_apply(const struct isa_kernel *kernel, size_t m, size_t n, size_t w, struct left left,
                 const size_t *pivots, double *c, size_t ldc, struct scratch *scratch);

/* The same for one column y and the panel in place. */
void panel_apply_column(const struct isa_kernel *kernel, size_t m, size_t w, const double *a,
                        size_t lda, const size_t *pivots, double *y);

#endif
