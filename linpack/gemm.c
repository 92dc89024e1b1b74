#include "gemm.h"

#include <string.h>

/* A block of left slivers that stays in the second-level cache while the right ones pass by. */
enum { BLOCK_BYTES = 256 << 10 };

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A tile of which only m x n elements exist. */
static void edge_tile(const struct kernel *kernel, size_t m, size_t n, size_t k, const double *left,
                      size_t ld, const double *right, double *c, size_t ldc)
{
    _Alignas(64) double whole[KERNEL_MAX_ROWS * KERNEL_MAX_COLUMNS];
    memset(whole, 0, kernel->rows * kernel->columns * sizeof *whole);
    kernel->tile(k, left, ld, right, whole, kernel->rows);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++)
            c[j * ldc + i] += whole[j * kernel->rows + i];
    }
}

/* One sliver of m rows times all of `right`. */
static void multiply_sliver(const struct kernel *kernel, size_t m, size_t n, size_t k,
                            const double *left, size_t ld, const double *right, double *c,
                            size_t ldc)
{
    for (size_t j = 0; j < n; j += kernel->columns, right += kernel->columns * k) {
        size_t columns = min(kernel->columns, n - j);
        if (m == kernel->rows && columns == kernel->columns)
            kernel->tile(k, left, ld, right, c + j * ldc, ldc);
        else
            edge_tile(kernel, m, columns, k, left, ld, right, c + j * ldc, ldc);
    }
}

void gemm_subtract(const struct kernel *kernel, size_t m, size_t n, size_t k, struct left left,
                   const double *right, double *c, size_t ldc, double *edge)
{
    size_t mr = kernel->rows, nr = kernel->columns;
    size_t whole = m / mr * mr, block = BLOCK_BYTES / (8 * k) / mr * mr;
    if (block < mr)
        block = mr;

    for (size_t from = 0; from < whole; from += block) {
        size_t to = min(from + block, whole);
        for (size_t j = 0; j < n; j += nr) {
            for (size_t i = from; i < to; i += mr)
                multiply_sliver(kernel, mr, min(nr, n - j), k, left.data + i / mr * left.step,
                                left.ld, right + j * k, c + j * ldc + i, ldc);
        }
    }
    if (whole < m) {
        const double *last = left.data + whole / mr * left.step;
        if (left.ld != mr) {
            kernel->pack_left(m - whole, k, last, left.ld, edge);
            last = edge;
        }
        multiply_sliver(kernel, m - whole, n, k, last, mr, right, c + whole, ldc);
    }
}
