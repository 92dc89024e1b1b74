#include "wilcoxon.h"

#include "alloc.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_EXACT = 200 };

static int compare_sizes(const void *left, const void *right)
{
    double a = fabs(*(const double *)left), b = fabs(*(const double *)right);
    return (a > b) - (a < b);
}

/* Twice the rank of each sorted difference, so that shared ranks are whole; returns sum t^3 - t. */
static double double_ranks(const double *sorted, size_t n, size_t *ranks)
{
    double ties = 0;
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && fabs(sorted[next]) == fabs(sorted[i]); next++)
            ;
        double tied = (double)(next - i);
        ties += tied * tied * tied - tied;
        for (size_t k = i; k < next; k++)
            ranks[k] = i + 1 + next;
    }
    return ties;
}

/* P(sum of positive ranks <= smaller) over all equally likely signs, by adding rank after rank. */
static double exact_tail(const size_t *ranks, size_t n, size_t smaller)
{
    size_t total = n * (n + 1);
    double *share = alloc_zero(total + 1, sizeof *share), tail = 0;
    share[0] = 1;
    for (size_t i = 0, reached = 0; i < n; i++) {
        reached += ranks[i];
        for (size_t sum = reached + 1; sum-- > 0;)
            share[sum] = 0.5 * share[sum] + (sum >= ranks[i] ? 0.5 * share[sum - ranks[i]] : 0);
    }
    for (size_t sum = 0; sum <= smaller; sum++)
        tail += share[sum];
    free(share);
    return tail;
}

double wilcoxon_p(const double *differences, size_t count)
{
    double *sorted = alloc_zero(count, sizeof *sorted);
    size_t *ranks = alloc_zero(count, sizeof *ranks), n = 0, positive = 0, total;
    for (size_t i = 0; i < count; i++) {
        if (differences[i] != 0)
            sorted[n++] = differences[i];
    }
    qsort(sorted, n, sizeof *sorted, compare_sizes);
    double ties = double_ranks(sorted, n, ranks), p = 1;
    for (size_t i = 0; i < n; i++)
        positive += sorted[i] > 0 ? ranks[i] : 0;
    total = n * (n + 1);
    size_t smaller = positive < total - positive ? positive : total - positive;
    if (n > 0 && n <= MOST_EXACT) {
        p = 2 * exact_tail(ranks, n, smaller);
    } else if (n > 0) {
        double size = (double)n, middle = size * (size + 1) / 4;
        double variance = size * (size + 1) * (2 * size + 1) / 24 - ties / 48;
        p = erfc((middle - (double)smaller / 2 - 0.5) / sqrt(2 * variance));
    }
    free(sorted);
    free(ranks);
    return p < 1 ? p : 1;
}

double wilcoxon_least_p(size_t n)
{
    return ldexp(1, 1 - (int)(n < 1000 ? n : 1000));
}

struct ranked {
    double p;
    size_t index;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return a->p != b->p ? (a->p > b->p) - (a->p < b->p)
                        : (a->index > b->index) - (a->index < b->index);
}

void holm_adjust(double *p, size_t n)
{
    struct ranked *sorted = alloc_zero(n, sizeof *sorted);
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct ranked){p[i], i};
    qsort(sorted, n, sizeof *sorted, compare_ranked);
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fmin(1, sorted[i].p * (double)(n - i)));
        p[sorted[i].index] = largest;
    }
    free(sorted);
}
