/*
 * copy, scale, add, triad: McCalpin's STREAM.
 *
 *     copy c = a     scale b = 3 c     add c = a + b     triad a = b + 3 c
 *
 * Bytes are counted as STREAM counts them: what is read and written by the program, two arrays for
 * copy and scale, three for add and triad; a cache that first reads the line it is going to write
 * gets nothing for that. Stores either go through the caches or past them (non-temporal); which is
 * faster differs by machine, operation and number of threads, so `auto` tries both on the arrays
 * themselves and says which it took.
 *
 * Unlike STREAM's, the arrays' elements are not all equal: a[i] = A x, b[i] = B x, c[i] = C x with
 * small integers x that depend on i. Every operation then maps the triple (A, B, C) of integers,
 * all products are exact, and verification is exact equality of every element, which also finds
 * what has landed in a wrong place. STREAM's own tolerance would be 1e-13.
 */
#include "memsweep.h"

#include "columns.h"
#include "err.h"
#include "fetch.h"
#include "rng.h"
#include "space.h"
#include "stream_kernels.h"

#include <stdlib.h>
#include <string.h>

enum array { A, B, C, ARRAYS };

struct operation {
    const char *name;
    enum stream_op op;
    enum array to, x, y;
    int arrays_touched;
};
static const struct operation operations[STREAM_OPS] = {
    {"copy", STREAM_COPY, C, A, A, 2},
    {"scale", STREAM_SCALE, B, C, C, 2},
    {"add", STREAM_ADD, C, A, B, 3},
    {"triad", STREAM_TRIAD, A, B, C, 3},
};

/* The arrays, kept from one operation to the next; of one size, or of all for a servant. */
struct arrays {
    struct arrays *next;
    struct mem mem;        /* all three, with gaps between them */
    size_t bytes, count;   /* of one */
    double factor[ARRAYS]; /* A, B and C above */
};
static struct arrays *kept;

struct stream {
    struct work work;
    struct session *session;
    const struct point *point;
    const struct operation *operation;
    const struct stream_isa *isa;
    struct arrays *arrays;
    struct mem target; /* the array that is written */
    enum stream_way way;
    uint64_t passes_per_unit;
    double best_s;               /* least time of a counted unit */
    double tried_s[STREAM_WAYS]; /* per unit; 0 if not tried */
};

/*
 * Between two arrays: 3 pages and 21 lines, so that none begins where another one does modulo any
 * power of two from 4096 on. Loads that look like a store under way wait for it: 10 % on Zen 3.
 */
enum { gap = 3 * 4096 + 21 * 64 };

static double *array_start(const struct stream *stream, enum array array)
{
    size_t bytes = (size_t)array * (stream->arrays->bytes + gap);
    return (double *)(void *)((char *)stream->arrays->mem.data + bytes);
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

/* The part of the arrays that belongs to `rank`, in whole pages. */
static void share(const struct stream *stream, int rank, size_t *from, size_t *count)
{
    size_t threads = (size_t)stream->session->config.threads, r = (size_t)rank;
    size_t groups = stream->arrays->count / STREAM_MULTIPLE;
    *from = groups * r / threads * STREAM_MULTIPLE;
    *count = groups * (r + 1) / threads * STREAM_MULTIPLE - *from;
}

/* Each thread touches its own part first, so that on NUMA machines it is near. */
static void fill(void *context, int rank)
{
    const struct stream *stream = context;
    size_t from, count;
    share(stream, rank, &from, &count);
    for (enum array array = A; array < ARRAYS; array++) {
        double table[2 * period];
        make_table(table, stream->arrays->factor[array]);
        for (size_t i = from; i < from + count; i += period)
            memcpy(array_start(stream, array) + i, page_values(table, i / period),
                   period * sizeof *table);
    }
}

static void operate(void *context, int rank)
{
    const struct stream *stream = context;
    const struct operation *op = stream->operation;
    size_t from, count;
    share(stream, rank, &from, &count);
    for (uint64_t pass = 0; pass < stream->passes_per_unit; pass++)
        stream->isa->kernel(op->op, stream->way, array_start(stream, op->to) + from,
                            array_start(stream, op->x) + from, array_start(stream, op->y) + from,
                            count);
}

/* ---- setup ---- */

void stream_release(void)
{
    while (kept) {
        struct arrays *arrays = kept;
        kept = arrays->next;
        mem_unmap(&arrays->mem);
        free(arrays);
    }
}

static uint64_t default_bytes(const struct session *session)
{
    const uint64_t assumed_llc = 32 << 20;
    if (kept) /* for the same reason, when there was more memory */
        return kept->bytes;
    size_t llc = cpu_llc_bytes();
    return space_fitting(4 * (llc ? (uint64_t)llc : assumed_llc), ARRAYS * session->kept);
}

/* STREAM starts from a = 2, b = 2, c = 0; c is 1 here so that triad alone has something to add. */
static void refill(struct stream *stream)
{
    double *factor = stream->arrays->factor;
    factor[A] = 2;
    factor[B] = 2;
    factor[C] = 1;
    team_run(stream->session->team, fill, stream);
}

static struct arrays *kept_of(size_t bytes)
{
    struct arrays *arrays = kept;
    while (arrays && arrays->bytes != bytes)
        arrays = arrays->next;
    return arrays;
}

static void map_arrays(struct stream *stream, uint64_t bytes)
{
    const uint64_t unit = STREAM_MULTIPLE * sizeof(double);
    const char *what = stream->point->what;
    uint64_t rounded = (bytes + unit - 1) / unit * unit;
    if (rounded > UINT64_MAX / 2 / ARRAYS)
        die(STATUS_SYSTEM, "%s: three such arrays are more than any address space", what);
    stream->arrays = kept_of((size_t)rounded);
    if (stream->arrays)
        return;
    if (!stream->session->bench.steps)
        stream_release();
    struct arrays *arrays = stream->arrays = state_new(sizeof *arrays, what);
    space_map(&arrays->mem, ARRAYS * rounded + (ARRAYS - 1) * gap,
              (enum mem_pages)stream->session->config.pages, what);
    arrays->bytes = (size_t)rounded;
    arrays->count = arrays->bytes / sizeof(double);
    arrays->next = kept;
    kept = arrays;
    refill(stream);
}

/* Best of two units for each way, in turn; of one where that is long enough. */
static void try_all(struct stream *stream)
{
    double spent_s = 0;
    for (int turn = 0; turn < 2 && spent_s <= stream->session->bench.time_s; turn++) {
        for (int way = 0; way < STREAM_WAYS; way++) {
            double *best = &stream->tried_s[way];
            stream->way = (enum stream_way)way;
            if (!stream_has(stream->isa, stream->way))
                continue;
            double seconds = team_run(stream->session->team, operate, stream);
            spent_s += seconds;
            if (*best == 0 || seconds < *best)
                *best = seconds;
        }
    }
    stream->way = STREAM_THROUGH;
    for (int way = 0; way < STREAM_WAYS; way++) {
        if (stream->tried_s[way] > 0 && stream->tried_s[way] < stream->tried_s[stream->way])
            stream->way = (enum stream_way)way;
    }
}

static void choose_stores(struct stream *stream)
{
    int asked = stream->session->config.stores;
    if (asked == STORES_AUTO) {
        try_all(stream);
        return;
    }
    stream->way = (enum stream_way)(asked - 1);
    if (!stream_has(stream->isa, stream->way))
        die(STATUS_UNAVAILABLE, "--stores %s: the %s kernel has no such stores",
            stores_names[asked], stream->isa->name);
}

struct work *stream_setup(struct session *session, const struct kernel *kernel,
                          const struct point *point)
{
    const uint64_t least_unit = 16 << 20; /* bytes, so that reading the clock costs nothing */
    struct stream *stream = state_new(sizeof *stream, point->what);
    stream->session = session;
    stream->point = point;
    stream->isa = stream_isa_choose((enum isa)session->config.isa);
    stream->operation = operations;
    while (strcmp(stream->operation->name, kernel->name) != 0)
        stream->operation++;
    map_arrays(stream, point->bytes ? point->bytes : default_bytes(session));
    uint64_t touched = (uint64_t)stream->operation->arrays_touched * stream->arrays->bytes;
    stream->passes_per_unit = touched < least_unit ? least_unit / touched : 1;
    stream->target = (struct mem){.data = array_start(stream, stream->operation->to),
                                  .bytes = stream->arrays->bytes};
    stream->work = (struct work){.per_unit = (double)(touched * stream->passes_per_unit),
                                 .buffer = &stream->target};
    choose_stores(stream);
    return &stream->work;
}

/* ---- measure ---- */

/* What one application does to A, B and C. Another one with the same sources changes nothing. */
static void apply(const struct operation *op, double f[ARRAYS])
{
    switch (op->op) {
    case STREAM_COPY:
        f[C] = f[A];
        break;
    case STREAM_SCALE:
        f[B] = STREAM_SCALAR * f[C];
        break;
    case STREAM_ADD:
        f[C] = f[A] + f[B];
        break;
    default:
        f[A] = f[B] + STREAM_SCALAR * f[C];
    }
}

double stream_run(void *work, uint64_t units)
{
    const double largest_exact = 0x1p40; /* times 512 is still far below 2^53 */
    struct stream *stream = work;
    struct session *session = stream->session;
    double seconds = 0;

    for (int array = A; array < ARRAYS; array++) {
        if (stream->arrays->factor[array] > largest_exact)
            refill(stream);
    }
    for (uint64_t unit = 0; unit < units; unit++) {
        double unit_s = session_time(session, session->team, operate, stream);
        if (column_rep_counts(session->rep) && (stream->best_s == 0 || unit_s < stream->best_s))
            stream->best_s = unit_s;
        seconds += unit_s;
    }
    apply(stream->operation, stream->arrays->factor);
    return seconds;
}

/* ---- verify ---- */

bool stream_verify(void *work, char why[WHY_BYTES])
{
    struct stream *stream = work;
    enum array to = stream->operation->to;
    const double *data = array_start(stream, to);
    double table[2 * period];
    make_table(table, stream->arrays->factor[to]);
    for (size_t page = 0; page < stream->arrays->count / period; page++) {
        const double *got = data + page * period, *wanted = page_values(table, page);
        fetch_page(got + period);
        if (memcmp(got, wanted, period * sizeof *got) == 0)
            continue;
        size_t i = 0;
        while (memcmp(&got[i], &wanted[i], sizeof *got) == 0)
            i++;
        snprintf(why, WHY_BYTES, "%c[%zu] of %zu is %.17g, must be %.17g", "abc"[to],
                 page * period + i, stream->arrays->count, got[i], wanted[i]);
        return false;
    }
    return true;
}

/* ---- teardown ---- */

static void array_fact(const struct stream *stream, struct report *report)
{
    char key[64];
    double llc = (double)cpu_llc_bytes();
    size_t bytes = stream->arrays->bytes;
    snprintf(key, sizeof key, "array.%s", stream->point->what);
    if (llc == 0)
        report_fact(report, key, "%zu B, the last-level cache's size is unknown", bytes);
    else
        report_fact(report, key, "%zu B, %.3g x LLC%s", bytes, (double)bytes / llc,
                    (double)bytes < 4 * llc ? ": below 4 x, caches may take part" : "");
    if ((double)bytes < 4 * llc && !stream->point->suffix[0])
        report_note(report, "%s: the arrays are %.2g x the last-level cache; it may take part",
                    stream->point->what, (double)bytes / llc);
}

/* Which way it took, and what all that it tried had. */
static void stores_fact(const struct stream *stream, struct report *report)
{
    char key[64], tried[256] = "";
    size_t used = 0;
    for (int way = 0; way < STREAM_WAYS && used < sizeof tried; way++) {
        if (stream->tried_s[way] > 0)
            used += (size_t)snprintf(tried + used, sizeof tried - used, "%s%s %.4g B/s",
                                     used ? ", " : " (tried: ", stores_names[1 + way],
                                     stream->work.per_unit / stream->tried_s[way]);
    }
    snprintf(key, sizeof key, "stores.%s", stream->point->what);
    report_fact(report, key, "%s, %s%s%s", stores_names[1 + stream->way], stream->isa->name, tried,
                used ? ")" : "");
}

void stream_finish(void *work)
{
    struct stream *stream = work;
    struct report *report = stream->session->report;
    char key[64];
    snprintf(key, sizeof key, "best.%s", stream->point->what);
    report_fact(report, key, "%.6g B/s", stream->work.per_unit / stream->best_s);
    array_fact(stream, report);
    stores_fact(stream, report);
    space_check(&stream->arrays->mem, (enum mem_pages)stream->session->config.pages,
                stream->point->what, report);
    free(stream);
}
