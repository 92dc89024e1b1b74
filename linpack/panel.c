#include "panel.h"

#include <math.h>

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Four columns side by side and prefetched: each access may be a miss, and misses overlap. */
static void swap_rows(size_t n, double *a, size_t lda, const size_t *pivots, size_t count)
{
    enum { GROUP = 4, AHEAD = 8 };
    for (size_t from = 0; from < n; from += GROUP, a += GROUP * lda) {
        size_t across = min(GROUP, n - from);
        for (size_t p = 0; p < count; p++) {
            size_t later = pivots[min(p + AHEAD, count - 1)];
            for (size_t j = 0; j < across; j++) {
                double *column = a + j * lda, kept = column[p];
                __builtin_prefetch(column + later, 1);
                column[p] = column[pivots[p]];
                column[pivots[p]] = kept;
            }
        }
    }
}

/* Brings column j of a narrow panel up to date and returns its pivot row. */
static size_t advance_column(const struct isa_kernel *kernel, size_t m, size_t w, size_t j,
                             const double *a, size_t lda, double *y)
{
    size_t top = min(w, m), pivot = j;

    for (size_t p = 0; p < j; p++) {
        for (size_t i = p + 1; i < top; i++)
            y[i] -= a[p * lda + i] * y[p];
    }
    for (size_t i = j + 1; i < top; i++) {
        if (fabs(y[i]) > fabs(y[pivot]))
            pivot = i;
    }
    if (m > top) {
        size_t below = top + kernel->subtract_max(m - top, j, a + top, lda, y, y + top);
        if (fabs(y[below]) > fabs(y[pivot]))
            pivot = below;
    }
    return pivot;
}

/* Left-looking, column by column, w <= kernel->base. */
static bool factor_narrow(const struct isa_kernel *kernel, size_t m, size_t w, double *a,
                          size_t lda, size_t *pivots)
{
    bool regular = true;
    for (size_t j = 0; j < w; j++) {
        double *y = a + j * lda;
        size_t pivot = pivots[j] = advance_column(kernel, m, w, j, a, lda, y);
        for (size_t i = 0; i < w && pivot != j; i++) {
            double kept = a[i * lda + j];
            a[i * lda + j] = a[i * lda + pivot];
            a[i * lda + pivot] = kept;
        }
        if (y[j] == 0)
            regular = false;
        else
            kernel->scale(m - j - 1, 1 / y[j], y + j + 1);
    }
    return regular;
}

/* Where to cut a panel of w columns: whole tiles if it has them, else whole narrow panels. */
static size_t cut(const struct isa_kernel *kernel, size_t w)
{
    size_t unit = w > kernel->rows ? kernel->rows : kernel->base;
    return (w / 2 + unit - 1) / unit * unit;
}

bool panel_factor(const struct isa_kernel *kernel, size_t m, size_t w, double *a, size_t lda,
                  size_t *pivots, struct scratch *scratch)
{
    if (w <= kernel->base)
        return factor_narrow(kernel, m, w, a, lda, pivots);

    size_t w1 = cut(kernel, w), w2 = w - w1;
    double *right = a + w1 * lda;
    bool regular = panel_factor(kernel, m, w1, a, lda, pivots, scratch);
    panel_apply(kernel, m, w2, w1, left_in_place(kernel, a, lda), pivots, right, lda, scratch);
    regular &= panel_factor(kernel, m - w1, w2, right + w1, lda, pivots + w1, scratch);
    swap_rows(w1, a + w1, lda, pivots + w1, w2);
    for (size_t p = w1; p < w; p++)
        pivots[p] += w1;
    return regular;
}

void panel_apply(const struct isa_kernel *kernel, size_t m, size_t n, size_t w, struct left left,
                 const size_t *pivots, double *c, size_t ldc, struct scratch *scratch)
{
    size_t nr = kernel->columns;
    for (size_t from = 0; from < n; from += scratch->columns) {
        size_t columns = min(n - from, scratch->columns);
        double *part = c + from * ldc, *right = scratch->right;
        for (size_t j = 0; j < columns; j += nr, right += nr * w) {
            size_t across = min(nr, columns - j);
            swap_rows(across, part + j * ldc, ldc, pivots, w);
            kernel->pack_right(w, across, part + j * ldc, ldc, right);
            kernel->solve(w, left.data, left.ld, left.step, right);
            kernel->unpack_right(w, across, right, part + j * ldc, ldc);
        }
        if (m > w) {
            struct left below = left;
            below.data += left.step == kernel->rows ? w : w / kernel->rows * left.step;
            gemm_subtract(kernel, m - w, columns, w, below, scratch->right, part + w, ldc,
                          scratch->edge);
        }
    }
}

void panel_apply_column(const struct isa_kernel *kernel, size_t m, size_t w, const double *a,
                        size_t lda, const size_t *pivots, double *y)
{
    swap_rows(1, y, 0, pivots, w);
    for (size_t done = 0, next; done < w; done = next) {
        next = min(done + kernel->base, w);
        for (size_t p = done; p < next; p++) {
            for (size_t i = p + 1; i < next; i++)
                y[i] -= a[p * lda + i] * y[p];
        }
        kernel->subtract(m - next, next - done, a + done * lda + next, lda, y + done, y + next);
    }
}
