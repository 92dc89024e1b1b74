#include "gemm.h"

#include <string.h>

/* A block of left slivers that stays in the second-level cache while the right ones pass by. */
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

/* Rows from .. to - 1, whole slivers, of the columns that one right sliver makes. */
static void multiply_column(const struct isa_kernel *kernel, size_t from, size_t to, size_t n,
                            size_t k, struct left left, const double *right, double *c, size_t ldc)
{
    size_t mr = kernel->rows;
    for (size_t i = from; i < to; i += mr) {
        const double *sliver = left.data + i / mr * left.step;
        const double *next = i + mr < to ? c + i + mr : c + kernel->columns * ldc + from;
        if (n == kernel->columns)
            kernel->tile(k, sliver, left.ld, right, c + i, ldc, next);
        else
            edge_tile(kernel, mr, n, k, sliver, left.ld, right, c + i, ldc);
    }
}

void gemm_subtract(const struct isa_kernel *kernel, size_t m, size_t n, size_t k, struct left left,
                   const double *right, double *c, size_t ldc, double *edge)
{
    size_t mr = kernel->rows, nr = kernel->columns;
    size_t whole = m / mr * mr, block = BLOCK_BYTES / (8 * k) / mr * mr;
    if (block < mr)
        block = mr;

    for (size_t from = 0; from < whole; from += block) {
        size_t to = min(from + block, whole);
        for (size_t j = 0; j < n; j += nr)
            multiply_column(kernel, from, to, min(nr, n - j), k, left, right + j * k, c + j * ldc,
                            ldc);
    }
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
