/*
 * sweep: the classic page-stride sweep over a byte array,
 *
 *     a[(4097 * i) % n] = 1 + a[i % n]
 *
 * One stream reads in order; the other writes one byte in each page in turn and so needs another
 * translation with every access. Every repetition maps a fresh array: its first pass, with all the
 * page faults, is `sweep.first`; the passes after it are `sweep`. A servant (--steps), whose turns
 * shall be many, touches the pages in order instead, which takes a tenth of a pass, has no
 * sweep.first, and measures an eighth of a pass, or more: every page has its turns in it many
 * times. It gives the array back after each step, so that all servants get the same pages, one
 * after the other. A second computation, in another way and in an array of its own, is compared
 * byte by byte with each repetition's result.
 */
#include "kernels.h"

#include "columns.h"
#include "err.h"
#include "space.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { stride = 4097, classic_passes = 10, servant_parts = 8 };

struct sweep {
    struct work work;
    struct session *session;
    struct metric *first; /* NULL: its pages are touched untimed */
    const struct point *point;
    struct mem array, wanted;
    uint64_t unit;            /* accesses */
    uint64_t accesses;        /* steady ones of the last run */
    uint64_t wanted_accesses; /* that `wanted` has had; all */
    double first_s, steady_s; /* of the last run */
    double classic_s;         /* least time of the classic ten passes so far */
};

/*
 * The first `count` accesses of a pass. The index i times the stride modulo n is never multiplied
 * out: a power of two is masked, any other n is subtracted once per turn.
 */
static void sweep_pass(unsigned char *a, size_t n, size_t count)
{
    if ((n & (n - 1)) == 0) {
        for (size_t i = 0; i < count; i++)
            a[stride * i & (n - 1)] = (unsigned char)(1 + a[i]);
        return;
    }
    size_t step = stride % n;
    for (size_t i = 0, j = 0; i < count; i++) {
        a[j] = (unsigned char)(1 + a[i]);
        j += step;
        if (j >= n)
            j -= n;
    }
}

static void first_pass(void *context, int rank)
{
    struct sweep *sweep = context;
    (void)rank;
    sweep_pass(sweep->array.data, sweep->array.bytes, sweep->array.bytes);
}

/* One pass after the other; the last one ends where the accesses do. */
static void steady_passes(void *context, int rank)
{
    struct sweep *sweep = context;
    size_t n = sweep->array.bytes;
    (void)rank;
    for (uint64_t left = sweep->accesses; left > 0; left -= left < n ? left : n)
        sweep_pass(sweep->array.data, n, left < n ? left : n);
}

struct work *sweep_setup(struct session *session, const struct kernel *kernel,
                         const struct point *point)
{
    struct sweep *sweep = state_new(sizeof *sweep, point->what);
    char first[64];
    sweep->unit = point->bytes;
    if (session->bench.steps && sweep->unit >= servant_parts)
        sweep->unit /= servant_parts;
    sweep->work = (struct work){.per_unit = (double)sweep->unit, .buffer = &sweep->array};
    sweep->session = session;
    sweep->point = point;
    snprintf(first, sizeof first, "sweep.first%s", point->suffix);
    if (!session->bench.steps)
        sweep->first = report_metric(session->report, first, kernel->unit, kernel->better);
    space_map(&sweep->wanted, point->bytes, PAGES_4K, point->what);
    return &sweep->work;
}

double sweep_run(void *work, uint64_t units)
{
    struct sweep *sweep = work;
    size_t bytes = sweep->wanted.bytes;
    mem_unmap(&sweep->array);
    space_map(&sweep->array, bytes, (enum mem_pages)sweep->session->config.pages,
              sweep->point->what);
    sweep->accesses = units * sweep->unit;
    if (sweep->first)
        sweep->first_s = session_time(sweep->session, NULL, first_pass, sweep);
    else
        memset(sweep->array.data, 0, bytes);
    sweep->steady_s = session_time(sweep->session, NULL, steady_passes, sweep);
    return sweep->steady_s;
}

static uint64_t accesses_done(const struct sweep *sweep)
{
    return sweep->accesses + (sweep->first ? sweep->array.bytes : 0);
}

/*
 * The same number of accesses, from zero, by the definition but for the division: what sweep_pass()
 * masks for a power of two is brought back by a subtraction here, and divided for any other size.
 */
static void compute_wanted(struct sweep *sweep)
{
    unsigned char *a = sweep->wanted.data;
    uint64_t n = sweep->wanted.bytes, left = accesses_done(sweep);
    bool masked = (n & (n - 1)) == 0 && n > stride;
    memset(a, 0, n);
    while (left > 0) {
        for (uint64_t i = 0, j = 0; i < n && left > 0; i++, left--) {
            uint64_t to = masked ? j : (stride * i) % n;
            a[to] = (unsigned char)(1 + a[i]);
            j += stride;
            j -= j >= n ? n : 0;
        }
    }
    sweep->wanted_accesses = accesses_done(sweep);
}

bool sweep_verify(void *work, char why[WHY_BYTES])
{
    struct sweep *sweep = work;
    const unsigned char *got = sweep->array.data, *wanted = sweep->wanted.data;
    size_t bytes = sweep->wanted.bytes, at = 0;
    if (sweep->wanted_accesses != accesses_done(sweep))
        compute_wanted(sweep);
    if (memcmp(got, wanted, bytes) == 0)
        return true;
    while (got[at] == wanted[at])
        at++;
    snprintf(why, WHY_BYTES, "byte %zu of %zu is %d after %" PRIu64 " accesses, must be %d", at,
             bytes, got[at], accesses_done(sweep), wanted[at]);
    return false;
}

void sweep_sample(void *work, int rep)
{
    struct sweep *sweep = work;
    if (!sweep->first) {
        mem_drop(&sweep->array);
        return;
    }
    double bytes = (double)sweep->array.bytes;
    double steady_s = sweep->steady_s / (double)sweep->accesses * bytes; /* of a pass */
    double classic_s = sweep->first_s + steady_s * (classic_passes - 1);
    metric_add(sweep->first, rep, sweep->first_s / bytes);
    if (column_rep_counts(rep) && (sweep->classic_s == 0 || classic_s < sweep->classic_s))
        sweep->classic_s = classic_s;
}

void sweep_finish(void *work)
{
    struct sweep *sweep = work;
    char key[96], size[32];
    if (!sweep->first) /* what is looked at are pages in use */
        memset(sweep->array.data, 0, sweep->array.bytes);
    space_check(&sweep->array, (enum mem_pages)sweep->session->config.pages, sweep->point->what,
                sweep->session->report);
    snprintf(key, sizeof key, "classic.%s", sweep->point->what);
    if (sweep->first)
        report_fact(sweep->session->report, key, "%.6g s for %d passes over %s, first one included",
                    sweep->classic_s, classic_passes, format_size(size, sweep->array.bytes));
    mem_unmap(&sweep->array);
    mem_unmap(&sweep->wanted);
    free(sweep);
}
