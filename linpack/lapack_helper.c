/*
 * For bench.sh: linpack's measurement with the LAPACK that it is linked with, dgesv. For each line
 * on stdin it solves systems of order N for at least SECONDS and prints GFLOP/s by the same count
 * of operations. Linked without a LAPACK it is not available.
 *
 *     lapack_helper N SECONDS
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void dgesv_(const int *n, const int *columns, double *a, const int *lda, int *pivots, double *b,
            const int *ldb, int *info) __attribute__((weak));

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Uniform in -0.5 .. 0.5, and the row sums, so that the solution is all ones. */
static void fill(size_t n, size_t lda, double *a, double *b)
{
    uint64_t state = 1;
    for (size_t i = 0; i < n; i++)
        b[i] = 0;
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            state = state * 6364136223846793005 + 1442695040888963407;
            a[j * lda + i] = (double)(state >> 11) * 0x1p-53 - 0.5;
            b[i] += a[j * lda + i];
        }
    }
}

/* Seconds of one solution, or a negative number if it is none. */
static double solve(size_t n, size_t lda, double *a, double *b, int *pivots)
{
    int order = (int)n, distance = (int)lda, one = 1, info = 0;
    fill(n, lda, a, b);
    double start = now_s();
    dgesv_(&order, &one, a, &distance, pivots, b, &order, &info);
    double seconds = now_s() - start;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(b[i] - 1) < 1e-4))
            return -1;
    }
    return info == 0 ? seconds : -1;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000, lda = (n + 7) / 8 * 8 | 8;
    double least_s = argc > 2 ? atof(argv[2]) : 0.1;
    char line[64];

    if (!dgesv_)
        return 77;
    double *a = malloc(lda * n * sizeof *a), *b = malloc(n * sizeof *b);
    int *pivots = malloc(n * sizeof *pivots);
    if (!a || !b || !pivots)
        return 1;
    while (fgets(line, sizeof line, stdin)) {
        double seconds = 0, flops = 0;
        do {
            double time = solve(n, lda, a, b, pivots), order = (double)n;
            if (time < 0)
                return 3;
            seconds += time;
            flops += 2.0 / 3 * order * order * order + 2 * order * order;
        } while (seconds < least_s);
        printf("%.3f\n", flops / seconds * 1e-9);
        fflush(stdout);
    }
    return 0;
}
