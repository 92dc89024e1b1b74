/*
 * For bench.sh: STREAM's copy and triad as plain loops over `double` arrays, and memcpy, for a
 * compiler to make the best of (-O3 -march=native): best GB/s of RUNS on arrays of MIB MiB each.
 *
 *     plain_helper MIB RUNS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

__attribute__((noinline)) static void copy(double *restrict c, const double *restrict a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c[i] = a[i];
}

__attribute__((noinline)) static void triad(double *restrict a, const double *restrict b,
                                            const double *restrict c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] = b[i] + 3 * c[i];
}

int main(int argc, char **argv)
{
    size_t n = (argc > 1 ? strtoul(argv[1], NULL, 10) : 128) * (1 << 20) / sizeof(double);
    int runs = argc > 2 ? atoi(argv[2]) : 10;
    double *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), *c = malloc(n * sizeof *c);
    double best[3] = {1e9, 1e9, 1e9};
    if (!a || !b || !c)
        return 1;
    for (size_t i = 0; i < n; i++)
        a[i] = 1, b[i] = 2, c[i] = 0;
    for (int run = 0; run < runs; run++) {
        double at[4] = {now_s()};
        copy(c, a, n);
        at[1] = now_s();
        memcpy(c, b, n * sizeof *c);
        at[2] = now_s();
        triad(a, b, c, n);
        at[3] = now_s();
        for (int i = 0; i < 3; i++)
            best[i] = at[i + 1] - at[i] < best[i] ? at[i + 1] - at[i] : best[i];
    }
    if (a[n / 2] != 8)
        return 3;
    double gb = (double)(n * sizeof *a) * 1e-9;
    printf("copy %.2f memcpy %.2f triad %.2f\n", 2 * gb / best[0], 2 * gb / best[1],
           3 * gb / best[2]);
    return 0;
}
