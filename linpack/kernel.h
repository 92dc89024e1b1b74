/*
 * The arithmetic that an instruction set matters for, one row of functions per instruction set.
 *
 * Matrices are column-major; `lda`, `ldc` are the distances between columns in doubles. A *sliver*
 * is a piece of `rows` rows of a left operand or of `columns` columns of a right operand:
 *
 *   left sliver   element (r, p) at data[p * ld + r], r < rows: packed with ld = rows, or in place
 *                 in a matrix with ld = lda
 *   right sliver  element (p, j) at data[p * columns + j], j < columns: always packed
 *
 * Every element of a result is computed by the same operations in the same order wherever it lies
 * in a tile, so results do not depend on how the work is cut or on the number of threads.
 */
#ifndef GM_LINPACK_KERNEL_H
#define GM_LINPACK_KERNEL_H

#include "cpu.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    KERNEL_MAX_ROWS = 24,
    KERNEL_MAX_COLUMNS = 8,
    KERNEL_MAX_BASE = 8 /* columns of the panels that are factored without recursion */
};

struct isa_kernel {
    enum isa isa;
    size_t rows, columns; /* shape of the tile; columns <= rows */
    size_t base;          /* width of the narrowest panels; divides rows */
    bool left_stays;      /* which sliver stays in the first-level cache, see gemm.c */

    /*
     * c[rows x columns] -= left[rows x k] * right[k x columns]. `next` is where the next tile will
     * be: it is fetched into the cache meanwhile.
     */
    void (*tile)(size_t k, const double *left, size_t ld, const double *right, double *c,
                 size_t ldc, const double *next);

    /*
     * Right sliver x[k x columns] := L^-1 x, L unit lower triangular, k x k, as left slivers with
     * `ld`, sliver q starting at l + q * step. Reads nothing on or above L's diagonal.
     */
    void (*solve)(size_t k, const double *l, size_t ld, size_t step, double *x);

    /* Left slivers of a[m x k], sliver q at packed + q * rows * k; missing rows become zero. */
    void (*pack_left)(size_t m, size_t k, const double *a, size_t lda, double *packed);

    /* Right sliver of c[k x n], n <= columns, and back; missing columns become zero. */
    void (*pack_right)(size_t k, size_t n, const double *c, size_t ldc, double *packed);
    void (*unpack_right)(size_t k, size_t n, const double *packed, double *c, size_t ldc);

    /* y[m] -= a[m x k] * x[k], k <= KERNEL_MAX_BASE. */
    void (*subtract)(size_t m, size_t k, const double *a, size_t lda, const double *x, double *y);

    /* The same, and returns the first row where the largest |y| is; m > 0. */
    size_t (*subtract_max)(size_t m, size_t k, const double *a, size_t lda, const double *x,
                           double *y);

    /* y[m] *= factor. */
    void (*scale)(size_t m, double factor, double *y);

    /* Independent multiply-adds in registers, for the peak: `rounds` times fma_flops operations. */
    double (*fma)(size_t rounds);
    double fma_flops;
};

/* The row of an instruction set, or NULL if this program was built without it. */
const struct isa_kernel *kernel_of(enum isa isa);

#endif
