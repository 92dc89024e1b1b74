#include "matrix.h"

#include "rng.h"

#include <float.h>
#include <math.h>
#include <string.h>

const char *const matrix_kind_names[] = {"auto", "netlib", "uniform", NULL};

/* netlib's generator: state := 3125 * state mod 65536, from 1325, column after column. */
enum { NETLIB_FIRST = 1325, NETLIB_FACTOR = 3125, NETLIB_PERIOD = 16384 };

bool matrix_netlib_singular(size_t n)
{
    /* Column j is column 0 again when j * n is a multiple of the period. */
    size_t common = n & -n;
    return common >= NETLIB_PERIOD ? n > 1 : NETLIB_PERIOD / common < n;
}

static void netlib_column(size_t n, size_t j, double *column)
{
    uint32_t state = NETLIB_FIRST, factor = NETLIB_FACTOR;

    /* Jumps over the columns before: the factor's power by squaring, modulo 2^32. */
    for (uint64_t skip = (uint64_t)j * n; skip > 0; skip /= 2, factor *= factor) {
        if (skip % 2)
            state *= factor;
    }
    for (size_t i = 0; i < n; i++) {
        state = state * NETLIB_FACTOR % 65536;
        column[i] = ((double)state - 32768.0) / 16384.0;
    }
}

static void uniform_column(size_t n, size_t j, uint64_t seed, double *column)
{
    struct rng rng;
    rng_seed(&rng, seed, j);
    for (size_t i = 0; i < n; i++)
        column[i] = rng_real(&rng) - 0.5;
}

void matrix_column(const struct matrix *matrix, size_t j, double *column)
{
    if (matrix->kind == MATRIX_NETLIB)
        netlib_column(matrix->n, j, column);
    else
        uniform_column(matrix->n, j, matrix->seed, column);
}

void matrix_fill(const struct matrix *matrix, double *a, size_t lda, double *b)
{
    memset(b, 0, matrix->n * sizeof *b);
    for (size_t j = 0; j < matrix->n; j++) {
        double *column = a + j * lda;
        matrix_column(matrix, j, column);
        for (size_t i = 0; i < matrix->n; i++)
            b[i] += column[i];
    }
}

size_t matrix_scratch(size_t n)
{
    return 4 * n;
}

/* max |v|, NaN if any element is. */
static double largest(const double *v, size_t n)
{
    double max = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(v[i]) <= max))
            max = fabs(v[i]);
        if (isnan(max))
            return NAN;
    }
    return max;
}

struct residuals matrix_residuals(const struct matrix *matrix, const double *x, double *scratch)
{
    size_t n = matrix->n;
    double *column = scratch, *b = scratch + n, *rest = scratch + 2 * n, *row = scratch + 3 * n;
    double max_a = 0;

    memset(b, 0, 3 * n * sizeof *b);
    for (size_t j = 0; j < n; j++) {
        matrix_column(matrix, j, column);
        for (size_t i = 0; i < n; i++) {
            b[i] += column[i];
            row[i] += fabs(column[i]);
            /* netlib takes the largest, which in a small matrix of ours may be no measure at all.
             */
            max_a = fmax(max_a, matrix->kind == MATRIX_NETLIB ? column[i] : fabs(column[i]));
        }
    }
    /* In netlib's order, from -b upwards, so that its published digits come out. */
    for (size_t i = 0; i < n; i++)
        rest[i] = -b[i];
    for (size_t j = 0; j < n; j++) {
        matrix_column(matrix, j, column);
        for (size_t i = 0; i < n; i++)
            rest[i] += column[i] * x[j];
    }
    double residual = largest(rest, n), max_x = largest(x, n), eps = DBL_EPSILON;
    return (struct residuals){
        .netlib = residual / ((double)n * max_a * max_x * eps),
        .hpl = residual / (eps / 2 * (largest(row, n) * max_x + largest(b, n)) * (double)n),
    };
}

uint64_t matrix_fingerprint(const double *x, size_t n)
{
    uint64_t hash = n, word;
    for (size_t i = 0; i < n; i++) {
        memcpy(&word, &x[i], sizeof word);
        hash = rng_mix(hash ^ word);
    }
    return hash;
}
