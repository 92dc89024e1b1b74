/*
 * The linear system A x = b that is solved, and the proof that x solves it. No copy of A is kept:
 * columns are made again when they are needed, so the memory is that of one matrix.
 *
 * b is the sum of A's columns, so the exact solution is all ones.
 */
#ifndef GM_LINPACK_MATRIX_H
#define GM_LINPACK_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum matrix_kind {
    MATRIX_AUTO,   /* netlib where the classic kernel asks for it and it is regular */
    MATRIX_NETLIB, /* linpackd's congruential generator, values in (-2, 2) */
    MATRIX_UNIFORM /* the suite's seeded generator, values in [-0.5, 0.5), as HPL's */
};
extern const char *const matrix_kind_names[]; /* ends with NULL, to be an option's choices */

struct matrix {
    enum matrix_kind kind; /* not MATRIX_AUTO */
    size_t n;
    uint64_t seed; /* of MATRIX_UNIFORM */
};

/*
 * Whether netlib's matrix of this size has two equal columns, and so no solution: its generator
 * repeats itself every 16384 values.
 */
bool matrix_netlib_singular(size_t n);

/* Writes the n values of column j. */
void matrix_column(const struct matrix *matrix, size_t j, double *column);

/* Writes A, column j at a + j * lda, and b. */
void matrix_fill(const struct matrix *matrix, double *a, size_t lda, double *b);

/*
 * The two classic figures of merit of a solution; NaN if x or anything computed from it is.
 *
 *     netlib  max |A x - b| / (n * max(A) * max |x| * eps), eps = 2^-52
 *     hpl     max |A x - b| / (eps * (|A| max |x| + max |b|) * n), eps = 2^-53
 *
 * max(A) is netlib's for its own matrix, else max |A|; |A| is the largest row sum.
 */
struct residuals {
    double netlib, hpl;
};

/* `scratch` holds matrix_scratch(n) doubles. */
struct residuals matrix_residuals(const struct matrix *matrix, const double *x, double *scratch);
size_t matrix_scratch(size_t n);

/* Depends on every bit of x. */
uint64_t matrix_fingerprint(const double *x, size_t n);

#endif
