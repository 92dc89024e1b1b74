/*
 * Every instruction set's kernel against the portable one, and that against plain loops, over odd
 * shapes; all buffers end at an inaccessible page, so one element read or written too far crashes.
 */
#include "err.h"
#include "gemm.h"
#include "mem.h"
#include "panel.h"
#include "rng.h"
#include "tap.h"

#include <string.h>

enum { MOST = 16 };
static struct mem mapped[MOST];
static size_t mapped_count;

/* `count` random doubles, at least one, that end at a guard page. */
static double *buffer(size_t count)
{
    struct mem *mem = &mapped[mapped_count++];
    struct rng rng;
    if (mem_map_guarded(mem, (count ? count : 1) * sizeof(double)) != 0)
        die_errno(STATUS_SYSTEM, "%zu doubles", count);
    rng_seed(&rng, count, mapped_count);
    for (size_t i = 0; i < count; i++)
        ((double *)mem->data)[i] = rng_real(&rng) - 0.5;
    return mem->data;
}

static void free_buffers(void)
{
    while (mapped_count > 0)
        mem_unmap(&mapped[--mapped_count]);
}

static double worst(const double *a, const double *b, size_t count)
{
    double difference = 0;
    for (size_t i = 0; i < count; i++)
        difference = fmax(difference, fabs(a[i] - b[i]));
    return difference;
}

/* Elements of a matrix whose last column ends where the matrix ends. */
static size_t extent(size_t m, size_t n, size_t lda)
{
    return n ? lda * (n - 1) + m : 0;
}

/* Products of k terms below 1/4 differ by a few roundings each. */
static double allowed(size_t k)
{
    return (double)(k + 1) * 0x1p-52;
}

static double *pack_all(const struct isa_kernel *kernel, size_t k, size_t n, const double *b,
                        size_t ldb)
{
    double *right = buffer(right_doubles(kernel, k, n));
    for (size_t j = 0; j < n; j += kernel->columns)
        kernel->pack_right(k, n - j < kernel->columns ? n - j : kernel->columns, b + j * ldb, ldb,
                           right + j * k);
    return right;
}

/* c -= a b by the kernel, with the left operand in place or packed. */
static void multiply(const struct isa_kernel *kernel, size_t m, size_t n, size_t k, const double *a,
                     const double *b, double *c, size_t ldc, bool packed)
{
    const double *right = pack_all(kernel, k, n, b, k);
    struct left left = left_in_place(kernel, a, m);
    if (packed) {
        double *copy = buffer((m + kernel->rows - 1) / kernel->rows * kernel->rows * k);
        kernel->pack_left(m, k, a, m, copy);
        left = left_packed(kernel, copy, k);
    }
    gemm_subtract(kernel, m, n, k, left, right, c, ldc, buffer(kernel->rows * k));
}

static void multiply_plainly(size_t m, size_t n, size_t k, const double *a, const double *b,
                             double *c, size_t ldc)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++) {
            long double sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += (long double)a[p * m + i] * b[j * k + p];
            c[j * ldc + i] -= (double)sum;
        }
    }
}

static const size_t odd[] = {1, 2, 3, 5, 7, 8, 11, 12, 13, 23, 24, 25, 31, 47, 49, 97};
enum { ODD = sizeof odd / sizeof odd[0] };

static void test_gemm(const struct isa_kernel *kernel, const struct isa_kernel *reference)
{
    bool good = true;
    for (size_t shape = 0; shape < ODD * ODD * 4; shape++) {
        size_t m = odd[shape % ODD], n = odd[shape / ODD % ODD], k = odd[shape * 7 % ODD];
        size_t ldc = m + shape % 5, size = extent(m, n, ldc);
        double *a = buffer(m * k), *b = buffer(k * n), *got = buffer(size), *wanted = buffer(size);
        memcpy(wanted, got, size * sizeof *got);
        multiply(kernel, m, n, k, a, b, got, ldc, shape / ODD / ODD % 2);
        if (reference)
            multiply(reference, m, n, k, a, b, wanted, ldc, true);
        else
            multiply_plainly(m, n, k, a, b, wanted, ldc);
        good = good && worst(got, wanted, size) <= allowed(k);
        free_buffers();
    }
    tap_ok(good, "%s: products of odd shapes", isa_names[kernel->isa]);
}

/* Solving and multiplying by L again must give back what was there. */
static void test_solve(const struct isa_kernel *kernel)
{
    bool good = true;
    for (size_t k = 1; k <= 100; k++) {
        size_t nr = kernel->columns, across = 1 + k % nr;
        double *l = buffer(k * k), *c = buffer(k * across), *x = buffer(k * nr);
        double *solved = buffer(k * across);
        for (size_t i = 0; i < k; i++)
            l[i * k + i] = NAN; /* the unit diagonal is implied */
        kernel->pack_right(k, across, c, k, x);
        kernel->solve(k, l, k, kernel->rows, x);
        kernel->unpack_right(k, across, x, solved, k);
        for (size_t j = 0; j < across; j++) {
            for (size_t i = 0; i < k; i++) {
                double sum = solved[j * k + i], scale = fabs(sum);
                for (size_t p = 0; p < i; p++) {
                    sum += l[p * k + i] * solved[j * k + p];
                    scale += fabs(l[p * k + i] * solved[j * k + p]);
                }
                good = good && fabs(sum - c[j * k + i]) <= 4 * allowed(k) * (1 + scale);
            }
        }
        free_buffers();
    }
    tap_ok(good, "%s: triangular solves of every size to 100", isa_names[kernel->isa]);
}

static void test_columns(const struct isa_kernel *kernel)
{
    bool good = true, first = true;
    for (size_t m = 1; m <= 70; m++) {
        for (size_t k = 0; k <= KERNEL_MAX_BASE; k++) {
            double *a = buffer(extent(m, k, m + 3)), *x = buffer(k), *y = buffer(m);
            double *max = buffer(m), *wanted = buffer(m);
            size_t at = 0;
            memcpy(max, y, m * sizeof *y);
            memcpy(wanted, y, m * sizeof *y);
            for (size_t p = 0; p < k; p++) {
                for (size_t i = 0; i < m; i++)
                    wanted[i] -= a[p * (m + 3) + i] * x[p];
            }
            kernel->subtract(m, k, a, m + 3, x, y);
            for (size_t i = 0; i < m; i++)
                at = fabs(y[i]) > fabs(y[at]) ? i : at;
            first = first && kernel->subtract_max(m, k, a, m + 3, x, max) == at;
            good = good && worst(y, wanted, m) <= allowed(k) && worst(max, y, m) == 0;
            kernel->scale(m, 3, y);
            for (size_t i = 0; i < m; i++)
                good = good && y[i] == 3 * max[i];
            free_buffers();
        }
    }
    tap_ok(good, "%s: columns subtracted and scaled", isa_names[kernel->isa]);
    tap_ok(first, "%s: the first largest element is found", isa_names[kernel->isa]);
}

static void test_ties(const struct isa_kernel *kernel)
{
    double y[] = {1, -2, 2, 0, 1, -2, 2, 2, 1, 0, 2, -2, 2, 0, 1, 2, -2, 1};
    double x = 0, none[] = {NAN, NAN, NAN};
    tap_ok(kernel->subtract_max(sizeof y / sizeof y[0], 0, NULL, 0, &x, y) == 1,
           "%s: of equal elements the first is the pivot", isa_names[kernel->isa]);
    tap_ok(kernel->subtract_max(3, 0, NULL, 0, &x, none) < 3, "%s: only NaN still gives a row",
           isa_names[kernel->isa]);
}

static void test_kernel(const struct isa_kernel *kernel)
{
    test_gemm(kernel, kernel->isa == ISA_GENERIC ? NULL : kernel_of(ISA_GENERIC));
    test_solve(kernel);
    test_columns(kernel);
    test_ties(kernel);
    tap_ok(isfinite(kernel->fma(1000)), "%s: the peak's loop stays finite", isa_names[kernel->isa]);
    tap_ok(kernel->rows <= KERNEL_MAX_ROWS && kernel->columns <= KERNEL_MAX_COLUMNS &&
               kernel->base <= KERNEL_MAX_BASE && kernel->rows % kernel->base == 0,
           "%s: its shape is within bounds", isa_names[kernel->isa]);
}

int main(void)
{
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (!kernel_of((enum isa)isa))
            tap_skip(isa_names[isa], "not built for this architecture");
        else if (!cpu_has_isa((enum isa)isa))
            tap_skip(isa_names[isa], "not offered by this CPU");
        else
            test_kernel(kernel_of((enum isa)isa));
    }
    return tap_done();
}
