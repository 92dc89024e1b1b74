/* The factorizations against known answers and against each other, the matrices, the residuals. */
#include "err.h"
#include "system.h"
#include "tap.h"

#include <errno.h>
#include <string.h>

/* A system with threads of its own; `kernel` NULL is the classic algorithm. */
static void start(struct system *system, const struct isa_kernel *kernel, size_t n, int threads)
{
    struct cpu_list any = {0};
    struct matrix matrix = {MATRIX_UNIFORM, n, 1};
    struct team *team = team_new(threads, &any);
    if (!team || (errno = system_new(system, kernel, team, matrix, PAGES_DEFAULT)) != 0)
        die_errno(STATUS_SYSTEM, "n=%zu, %d threads", n, threads);
}

static void finish(struct system *system)
{
    struct team *team = system->team;
    system_free(system);
    team_free(team);
}

static bool solve(struct system *system)
{
    double seconds;
    return system_solve(system, &seconds);
}

static bool residuals_small(const struct system *system)
{
    struct residuals found = system_residuals(system);
    return found.netlib < 100 && found.hpl < 16;
}

/* Solves one size with 1, 2 and 5 threads: good, and equal to the bit. */
static bool size_is_right(const struct isa_kernel *kernel, size_t n)
{
    static const int threads[] = {1, 2, 5};
    uint64_t first = 0;
    bool good = true;
    for (int i = 0; i < 3; i++) {
        struct system system;
        start(&system, kernel, n, threads[i]);
        system_fill(&system);
        good = good && solve(&system) && residuals_small(&system);
        uint64_t fingerprint = matrix_fingerprint(system.b, n);
        first = i == 0 ? fingerprint : first;
        good = good && fingerprint == first;
        finish(&system);
    }
    return good;
}

/* Every size to 64, and around every multiple of the tile, the panel and powers of two to 400. */
static void test_sizes(const struct isa_kernel *kernel)
{
    bool good = true;
    for (size_t n = 1; n <= 400; n++) {
        size_t unit = kernel->rows * 2;
        bool edge = n % unit <= 1 || n % unit == unit - 1 || n % 64 <= 1 || n % 64 == 63;
        if (n <= 64 || edge)
            good = good && size_is_right(kernel, n);
    }
    tap_ok(good, "%s: sizes to 400, equal bits with 1, 2 and 5 threads", isa_names[kernel->isa]);
    static const size_t large[] = {439, 512, 577, 769, 1021};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
        tap_ok(size_is_right(kernel, large[i]), "%s: n=%zu", isa_names[kernel->isa], large[i]);
}

/* Elimination without exchange would divide by zero here. x = (3, 2, 1). */
static void test_pivoting(const struct isa_kernel *kernel)
{
    static const double a[3][3] = {{0, 2, 4}, {1, 1, -2}, {1, 1, 0}}; /* columns */
    static const double b[3] = {3, 9, 8};
    for (int classic = 0; classic < 2; classic++) {
        struct system system;
        start(&system, classic ? NULL : kernel, 3, 1);
        for (size_t j = 0; j < 3; j++)
            memcpy(system.a + j * system.lda, a[j], sizeof a[j]);
        memcpy(system.b, b, sizeof b);
        tap_ok(solve(&system) && system.b[0] == 3 && system.b[1] == 2 && system.b[2] == 1,
               "%s: a zero on the diagonal", classic ? "classic" : isa_names[kernel->isa]);
        finish(&system);
    }
}

static void test_singular(const struct isa_kernel *kernel)
{
    static const size_t sizes[] = {1, 10, 150};
    for (int classic = 0; classic < 2; classic++) {
        bool caught = true;
        for (int i = 0; i < 3; i++) {
            struct system system;
            start(&system, classic ? NULL : kernel, sizes[i], classic ? 1 : 2);
            system_fill(&system);
            memset(system.a + sizes[i] / 2 * system.lda, 0, sizes[i] * sizeof(double));
            caught = caught && !solve(&system);
            finish(&system);
        }
        tap_ok(caught, "%s: a column of zeros is seen",
               classic ? "classic" : isa_names[kernel->isa]);
    }
}

/* What netlib's program has always printed for n=100 in doubles. */
static void test_classic(void)
{
    struct system system;
    start(&system, NULL, 100, 1);
    system.matrix.kind = MATRIX_NETLIB;
    system_fill(&system);
    tap_ok(solve(&system) && residuals_small(&system), "classic: n=100");
    struct residuals found = system_residuals(&system);
#ifdef __FP_FAST_FMA
    tap_skip("classic: netlib's published digits", "products are not rounded here");
    (void)found;
#else
    tap_near(system.b[0] - 1, -1.49880108e-14, 1e-8, "classic: netlib's x[0] - 1");
    tap_near(system.b[99] - 1, -1.89848137e-14, 1e-8, "classic: netlib's x[n-1] - 1");
    tap_near(found.netlib, 7.41628980e-14 / (100 * 1.9999 * 0x1p-52), 1e-3,
             "classic: netlib's residual");
#endif
    finish(&system);
}

static void test_matrix(void)
{
    struct matrix matrix = {MATRIX_NETLIB, 100, 0};
    double column[100], next[100];
    uint32_t state = 1325;
    bool good = true;
    for (size_t j = 0; j < 100; j++) {
        matrix_column(&matrix, j, column);
        for (size_t i = 0; i < 100; i++) {
            state = 3125 * state % 65536;
            good = good && column[i] == ((double)state - 32768.0) / 16384.0;
        }
    }
    tap_ok(good, "netlib's generator, column by column as in one sweep");

    for (size_t n = 2; n <= 100; n++)
        good = good && !matrix_netlib_singular(n);
    tap_ok(good && matrix_netlib_singular(512) && matrix_netlib_singular(16384) &&
               !matrix_netlib_singular(1000) && !matrix_netlib_singular(1),
           "sizes for which netlib's generator repeats a column");

    matrix.kind = MATRIX_UNIFORM;
    matrix_column(&matrix, 3, column);
    matrix_column(&matrix, 4, next);
    good = memcmp(column, next, sizeof column) != 0;
    for (size_t i = 0; i < 100; i++)
        good = good && column[i] >= -0.5 && column[i] < 0.5;
    tap_ok(good, "uniform values, other ones in every column");
}

static void test_residuals(void)
{
    struct matrix matrix = {MATRIX_UNIFORM, 50, 1};
    double x[50], scratch[200];
    for (int i = 0; i < 50; i++)
        x[i] = 1;
    struct residuals found = matrix_residuals(&matrix, x, scratch);
    tap_ok(found.netlib < 10 && found.hpl < 1, "the exact solution leaves roundings only");
    uint64_t fingerprint = matrix_fingerprint(x, 50);
    x[49] += 1e-9;
    found = matrix_residuals(&matrix, x, scratch);
    tap_ok(found.netlib > 100 && found.hpl > 16, "an error of 1e-9 is far above both limits");
    tap_ok(matrix_fingerprint(x, 50) != fingerprint, "and changes the fingerprint");
    x[7] = NAN;
    found = matrix_residuals(&matrix, x, scratch);
    tap_ok(isnan(found.netlib) && isnan(found.hpl), "NaN is never hidden");
    x[7] = INFINITY;
    found = matrix_residuals(&matrix, x, scratch);
    tap_ok(!(found.netlib < 100) && !(found.hpl < 16), "nor is infinity");
}

int main(void)
{
    test_matrix();
    test_residuals();
    test_classic();
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        const struct isa_kernel *kernel = kernel_of((enum isa)isa);
        if (!kernel || !cpu_has_isa((enum isa)isa)) {
            tap_skip(isa_names[isa], "not offered here");
            continue;
        }
        test_pivoting(kernel);
        test_singular(kernel);
        test_sizes(kernel);
    }
    tap_ok(size_is_right(kernel_of(cpu_best_isa()), 3011), "n=3011, whose panels are the widest");
    return tap_done();
}
