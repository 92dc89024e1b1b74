/*
 * c -= left * right over whole slivers and their edges, around a kernel's tile.
 */
#ifndef GM_LINPACK_GEMM_H
#define GM_LINPACK_GEMM_H

#include "kernel.h"

#include <stddef.h>

/* A left operand as the tile reads it: sliver q starts at data + q * step (see kernel.h). */
struct left {
    const double *data;
    size_t ld, step;
};

/* In a matrix, and as pack_left() lays out k columns. */
static inline struct left left_in_place(const struct isa_kernel *kernel, const double *a,
                                        size_t lda)
{
    return (struct left){.data = a, .ld = lda, .step = kernel->rows};
}

static inline struct left left_packed(const struct isa_kernel *kernel, const double *packed,
                                      size_t k)
{
    return (struct left){.data = packed, .ld = kernel->rows, .step = kernel->rows * k};
}

/* Slivers of a right operand of n columns. */
static inline size_t right_doubles(const struct isa_kernel *kernel, size_t k, size_t n)
{
    return (n + kernel->columns - 1) / kernel->columns * kernel->columns * k;
}

/*
 * c[m x n] -= left[m x k] * right[k x n]. `right` is n columns in slivers. `edge` has room for one
 * left sliver of k columns: a last sliver in place has fewer rows than the tile reads.
 */
void gemm_subtract(const struct isa_kernel *kernel, size_t m, size_t n, size_t k, struct left left,
                   const double *right, double *c, size_t ldc, double *edge);

#endif
