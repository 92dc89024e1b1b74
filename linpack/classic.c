#include "classic.h"

#include <math.h>

/* y += factor * x */
static void daxpy(size_t n, double factor, const double *x, double *y)
{
    if (factor == 0)
        return;
    for (size_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

static size_t idamax(size_t n, const double *x)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++) {
        if (fabs(x[i]) > fabs(x[at]))
            at = i;
    }
    return at;
}

static void swap(double *x, double *y)
{
    double kept = *x;
    *x = *y;
    *y = kept;
}

bool classic_factor(size_t n, double *a, size_t lda, size_t *pivots)
{
    for (size_t k = 0; k < n; k++) {
        double *column = a + k * lda;
        size_t pivot = pivots[k] = k + idamax(n - k, column + k);
        if (column[pivot] == 0)
            return false;
        swap(&column[pivot], &column[k]);
        double factor = -1 / column[k];
        for (size_t i = k + 1; i < n; i++)
            column[i] *= factor;
        for (size_t j = k + 1; j < n; j++) {
            double *right = a + j * lda;
            swap(&right[pivot], &right[k]);
            daxpy(n - k - 1, right[k], column + k + 1, right + k + 1);
        }
    }
    return true;
}

void classic_solve(size_t n, const double *a, size_t lda, const size_t *pivots, double *b)
{
    for (size_t k = 0; k < n; k++) {
        swap(&b[pivots[k]], &b[k]);
        daxpy(n - k - 1, b[k], a + k * lda + k + 1, b + k + 1);
    }
    for (size_t k = n; k-- > 0;) {
        const double *column = a + k * lda;
        b[k] /= column[k];
        daxpy(k, -b[k], column, b);
    }
}
