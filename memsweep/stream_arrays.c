#include "stream_arrays.h"

#include "err.h"
#include "fetch.h"
#include "rng.h"
#include "space.h"
#include "stream_kernels.h"

#include <stdlib.h>
#include <string.h>

static struct stream_arrays *kept;

/*
 * Between two arrays: 3 pages and 21 lines, so that none begins where another one does modulo any
 * power of two from 4096 on. Loads that look like a store under way wait for it: 10 % on Zen 3.
 */
enum { gap = 3 * 4096 + 21 * 64 };

double *stream_array(const struct stream_arrays *arrays, enum stream_array array)
{
    size_t bytes = (size_t)array * (arrays->bytes + gap);
    return (double *)(void *)((char *)arrays->mem.data + bytes);
}

/*
 * x above: 1 .. 512, rotated in each page by another amount, so that a page or a line in a wrong
 * place shows. A page's values are part of one table, from where they are copied or compared.
 */
enum { period = STREAM_MULTIPLE };

static void make_table(double table[2 * period], double factor)
{
    for (int i = 0; i < 2 * period; i++)
        table[i] = factor * (1 + i % period);
}

static const double *page_values(const double table[2 * period], size_t page)
{
    return table + rng_mix(page) % period;
}

void stream_arrays_share(const struct stream_arrays *arrays, int rank, size_t *from, size_t *count)
{
    size_t threads = (size_t)arrays->threads, r = (size_t)rank;
    size_t groups = arrays->count / STREAM_MULTIPLE;
    *from = groups * r / threads * STREAM_MULTIPLE;
    *count = groups * (r + 1) / threads * STREAM_MULTIPLE - *from;
}

struct filling {
    const struct stream_arrays *arrays;
    bool all; /* or those that are worked on */
};

/* Each thread touches its own part first, so that on NUMA machines it is near. */
static void fill(void *context, int rank)
{
    const struct filling *filling = context;
    const struct stream_arrays *arrays = filling->arrays;
    size_t from, count;
    stream_arrays_share(arrays, rank, &from, &count);
    for (enum stream_array array = 0; array < STREAM_ARRAYS; array++) {
        double table[2 * period];
        if (!filling->all && !arrays->used[array])
            continue;
        make_table(table, arrays->factor[array]);
        for (size_t i = from; i < from + count; i += period)
            memcpy(stream_array(arrays, array) + i, page_values(table, i / period),
                   period * sizeof *table);
    }
}

static void fill_by(struct stream_arrays *arrays, struct team *team, bool all)
{
    arrays->factor[STREAM_A] = 2;
    arrays->factor[STREAM_B] = 2;
    arrays->factor[STREAM_C] = 1;
    team_run(team, fill, &(struct filling){arrays, all});
}

void stream_arrays_fill(struct stream_arrays *arrays, struct team *team)
{
    fill_by(arrays, team, true);
}

const struct stream_arrays *stream_arrays_kept(void)
{
    return kept;
}

void stream_arrays_release(void)
{
    while (kept) {
        struct stream_arrays *arrays = kept;
        kept = arrays->next;
        mem_unmap(&arrays->mem);
        free(arrays);
    }
}

void stream_arrays_drop(void)
{
    for (const struct stream_arrays *arrays = kept; arrays; arrays = arrays->next)
        mem_drop(&arrays->mem);
}

void stream_arrays_refill(struct team *team, bool all)
{
    for (struct stream_arrays *arrays = kept; arrays; arrays = arrays->next)
        fill_by(arrays, team, all);
}

static struct stream_arrays *kept_of(size_t bytes)
{
    struct stream_arrays *arrays = kept;
    while (arrays && arrays->bytes != bytes)
        arrays = arrays->next;
    return arrays;
}

struct stream_arrays *stream_arrays_of(struct session *session, uint64_t bytes, const char *what)
{
    const uint64_t unit = STREAM_MULTIPLE * sizeof(double);
    uint64_t rounded = (bytes + unit - 1) / unit * unit;
    if (rounded > UINT64_MAX / 2 / STREAM_ARRAYS)
        die(STATUS_SYSTEM, "%s: three such arrays are more than any address space", what);
    struct stream_arrays *arrays = kept_of((size_t)rounded);
    if (arrays)
        return arrays;
    if (!session->bench.steps)
        stream_arrays_release();
    arrays = state_new(sizeof *arrays, what);
    space_map(&arrays->mem, STREAM_ARRAYS * rounded + (STREAM_ARRAYS - 1) * gap,
              (enum mem_pages)session->config.pages, what);
    arrays->bytes = (size_t)rounded;
    arrays->count = arrays->bytes / sizeof(double);
    arrays->threads = session->config.threads;
    arrays->next = kept;
    kept = arrays;
    stream_arrays_fill(arrays, session->team);
    return arrays;
}

bool stream_arrays_right(const struct stream_arrays *arrays, enum stream_array array,
                         char why[WHY_BYTES])
{
    const double *data = stream_array(arrays, array);
    double table[2 * period];
    make_table(table, arrays->factor[array]);
    for (size_t page = 0; page < arrays->count / period; page++) {
        const double *got = data + page * period, *wanted = page_values(table, page);
        fetch_page(got + period);
        if (memcmp(got, wanted, period * sizeof *got) == 0)
            continue;
        size_t i = 0;
        while (memcmp(&got[i], &wanted[i], sizeof *got) == 0)
            i++;
        snprintf(why, WHY_BYTES, "%c[%zu] of %zu is %.17g, must be %.17g", "abc"[array],
                 page * period + i, arrays->count, got[i], wanted[i]);
        return false;
    }
    return true;
}
