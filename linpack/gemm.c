#include "gemm.h"

#include <string.h>

/*
 * Two orders. A right sliver stays in the first-level cache while left ones pass by, a block of
 * them out of the second-level cache. Or a left sliver stays there while the right ones, which a
 * chunk of the columns is narrow enough for, pass by: with a tile of 12 x 4 that is a third of the
 * bytes, and no block of the left has to stay in a second-level cache of 512 KiB.
 */
enum { BLOCK_BYTES = 512 << 10 };

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A tile of which only m x n elements exist. */
static void edge_tile(const struct isa_kernel *kernel, size_t m, size_t n, size_t k,
                      const double *left, size_t ld, const double *right, double *c, size_t ldc)
{
    _Alignas(64) double whole[KERNEL_MAX_ROWS * KERNEL_MAX_COLUMNS];
    memset(whole, 0, kernel->rows * kernel->columns * sizeof *whole);
    kernel->tile(k, left, ld, right, whole, kernel->rows, whole);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++)
            c[j * ldc + i] += whole[j * kernel->rows + i];
    }
}

/* A tile of mr x n elements, n <= nr; fetches what comes next. */
static void whole_tile(const struct isa_kernel *kernel, size_t n, size_t k, const double *sliver,
                       size_t ld, const double *right, double *c, size_t ldc, const double *next)
{
    if (n >= kernel->columns)
        kernel->tile(k, sliver, ld, right, c, ldc, next);
    else
        edge_tile(kernel, kernel->rows, n, k, sliver, ld, right, c, ldc);
}

/*
 * The first `whole` rows, whole slivers: each is used for all columns, and meanwhile the next one
 * is fetched into the second-level cache, a share of it with each tile.
 */
static void multiply_by_left(const struct isa_kernel *kernel, size_t whole, size_t n, size_t k,
                             struct left left, const double *right, double *c, size_t ldc)
{
    size_t mr = kernel->rows, nr = kernel->columns;
    size_t share = left.ld == mr ? (mr * k + n - 1) / n * nr : 0;
    for (size_t i = 0; i < whole; i += mr, left.data += left.step) {
        const double *later = left.data + left.step;
        for (size_t j = 0; j < n; j += nr) {
            for (size_t at = 0; at < share; at += 8, later += 8)
                __builtin_prefetch(later, 0, 2);
            double *tile = c + j * ldc + i;
            const double *next = j + nr < n ? tile + nr * ldc : c + i + mr;
            whole_tile(kernel, n - j, k, left.data, left.ld, right + j * k, tile, ldc, next);
        }
    }
}

/* The same, where each right sliver is used for all rows of a block. */
static void multiply_by_right(const struct isa_kernel *kernel, size_t whole, size_t n, size_t k,
                              struct left left, const double *right, double *c, size_t ldc)
{
    size_t mr = kernel->rows, nr = kernel->columns, block = BLOCK_BYTES / (8 * k) / mr * mr;
    if (block < mr)
        block = mr;
    for (size_t from = 0; from < whole; from += block) {
        size_t to = min(from + block, whole);
        for (size_t j = 0; j < n; j += nr) {
            const double *sliver = left.data + from / mr * left.step;
            for (size_t i = from; i < to; i += mr, sliver += left.step) {
                double *tile = c + j * ldc + i;
                const double *next = i + mr < to ? tile + mr : c + (j + nr) * ldc + from;
                whole_tile(kernel, n - j, k, sliver, left.ld, right + j * k, tile, ldc, next);
            }
        }
    }
}

void gemm_subtract(const struct isa_kernel *kernel, size_t m, size_t n, size_t k, struct left left,
                   const double *right, double *c, size_t ldc, double *edge)
{
    size_t mr = kernel->rows, nr = kernel->columns;
    size_t whole = m / mr * mr;

    if (kernel->left_stays)
        multiply_by_left(kernel, whole, n, k, left, right, c, ldc);
    else
        multiply_by_right(kernel, whole, n, k, left, right, c, ldc);
    if (whole < m) {
        const double *last = left.data + whole / mr * left.step;
        if (left.ld != mr) {
            kernel->pack_left(m - whole, k, last, left.ld, edge);
            last = edge;
        }
        for (size_t j = 0; j < n; j += nr)
            edge_tile(kernel, m - whole, min(nr, n - j), k, last, mr, right + j * k,
                      c + j * ldc + whole, ldc);
    }
}
