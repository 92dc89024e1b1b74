/*
 * For bench.sh: STREAM's copy and triad as plain loops over `double` arrays, and memcpy, for a
 * compiler to make the best of (-O3 -march=native -fopenmp); and the same past the caches, in
 * order, which is what the memory can do at most. Median GB/s of RUNS on arrays of MIB MiB each.
 *
 *     plain_helper MIB RUNS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __AVX__
#include <immintrin.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#define PARALLEL _Pragma("omp parallel for schedule(static)")
#else
#define PARALLEL
#endif

enum { KERNELS = 5, RUNS_MAX = 100, PIECES = 64 };

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

__attribute__((noinline)) static void copy(double *restrict a, const double *restrict b,
                                           const double *restrict c, size_t n)
{
    (void)c;
    PARALLEL
    for (size_t i = 0; i < n; i++)
        a[i] = b[i];
}

static void copy_library(double *restrict a, const double *restrict b, const double *restrict c,
                         size_t n)
{
    size_t piece = n / PIECES;
    (void)c;
#ifdef _OPENMP
    if (omp_get_max_threads() > 1) {
        PARALLEL
        for (size_t p = 0; p < PIECES; p++)
            memcpy(a + p * piece, b + p * piece, piece * sizeof *a);
        return;
    }
#endif
    memcpy(a, b, piece * PIECES * sizeof *a);
}

__attribute__((noinline)) static void triad(double *restrict a, const double *restrict b,
                                            const double *restrict c, size_t n)
{
    PARALLEL
    for (size_t i = 0; i < n; i++)
        a[i] = b[i] + 3 * c[i];
}

/* Without such stores there is nothing better known than the loops. */
#ifdef __AVX__
__attribute__((noinline)) static void copy_past(double *restrict a, const double *restrict b,
                                                const double *restrict c, size_t n)
{
    (void)c;
    PARALLEL
    for (size_t i = 0; i < n / 4; i++)
        _mm256_stream_pd(a + 4 * i, _mm256_load_pd(b + 4 * i));
}

__attribute__((noinline)) static void triad_past(double *restrict a, const double *restrict b,
                                                 const double *restrict c, size_t n)
{
    PARALLEL
    for (size_t i = 0; i < n / 4; i++)
        _mm256_stream_pd(a + 4 * i,
                         _mm256_load_pd(b + 4 * i) + _mm256_set1_pd(3) * _mm256_load_pd(c + 4 * i));
}
#else
#define copy_past  copy
#define triad_past triad
#endif

static const struct kernel {
    const char *name;
    void (*run)(double *a, const double *b, const double *c, size_t n);
    int arrays;
} kernels[KERNELS] = {{"copy", copy, 2},
                      {"memcpy", copy_library, 2},
                      {"triad", triad, 3},
                      {"copy_past", copy_past, 2},
                      {"triad_past", triad_past, 3}};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static double seconds[KERNELS][RUNS_MAX];
    size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 128, bytes = mib << 20;
    int runs = argc > 2 ? atoi(argv[2]) : 10;
    double *array[3];

    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    for (int i = 0; i < 3; i++) {
        /* Not at the same offset modulo a page: that would make loads wait for stores. */
        array[i] = aligned_alloc(64, bytes + 4096);
        if (!array[i])
            return 1;
        array[i] += (size_t)i * 64;
        for (size_t k = 0; k < bytes / 8; k++)
            array[i][k] = i;
    }
    for (int run = 0; run < runs; run++) {
        for (int k = 0; k < KERNELS; k++) {
            double start = now_s();
            kernels[k].run(array[0], array[1], array[2], bytes / 8);
            seconds[k][run] = now_s() - start;
        }
    }
    if (array[0][bytes / 16] != 7)
        return 3;
    for (int k = 0; k < KERNELS; k++) {
        qsort(seconds[k], (size_t)runs, sizeof seconds[k][0], ascending);
        printf("%s %.3f\n", kernels[k].name,
               (double)bytes * 1e-9 * kernels[k].arrays / seconds[k][runs / 2]);
    }
    return 0;
}
