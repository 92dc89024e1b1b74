/*
 * copy, scale, add, triad: McCalpin's STREAM.
 *
 *     copy c = a     scale b = 3 c     add c = a + b     triad a = b + 3 c
 *
 * Bytes are counted as STREAM counts them: what is read and written by the program, two arrays for
 * copy and scale, three for add and triad; a cache that first reads the line it is going to write
 * gets nothing for that. Stores either go through the caches or past them (non-temporal); which is
 * faster differs by machine, operation and number of threads, so `auto` tries both on the arrays
 * themselves and says which it took. What is in the arrays, and how that is proved, is said in
 * stream_arrays.h.
 */
#include "kernels.h"

#include "columns.h"
#include "err.h"
#include "space.h"
#include "stream_arrays.h"
#include "stream_kernels.h"

#include <stdlib.h>
#include <string.h>

struct operation {
    const char *name;
    enum stream_op op;
    enum stream_array to, x, y;
    int arrays_touched;
};
static const struct operation operations[STREAM_OPS] = {
    {"copy", STREAM_COPY, STREAM_C, STREAM_A, STREAM_A, 2},
    {"scale", STREAM_SCALE, STREAM_B, STREAM_C, STREAM_C, 2},
    {"add", STREAM_ADD, STREAM_C, STREAM_A, STREAM_B, 3},
    {"triad", STREAM_TRIAD, STREAM_A, STREAM_B, STREAM_C, 3},
};

struct stream {
    struct work work;
    struct session *session;
    const struct point *point;
    const struct operation *operation;
    const struct stream_isa *isa;
    struct stream_arrays *arrays;
    struct mem target; /* the array that is written */
    enum stream_way way;
    uint64_t passes_per_unit;
    double best_s;               /* least time of a counted unit */
    double tried_s[STREAM_WAYS]; /* per unit; 0 if not tried */
};

static void operate(void *context, int rank)
{
    const struct stream *stream = context;
    const struct operation *op = stream->operation;
    const struct stream_arrays *arrays = stream->arrays;
    size_t from, count;
    stream_arrays_share(arrays, rank, &from, &count);
    for (uint64_t pass = 0; pass < stream->passes_per_unit; pass++)
        stream->isa->kernel(op->op, stream->way, stream_array(arrays, op->to) + from,
                            stream_array(arrays, op->x) + from, stream_array(arrays, op->y) + from,
                            count);
}

/* ---- setup ---- */

/* Of each array: as asked for, or four times the last-level cache where memory allows it. */
static uint64_t asked_bytes(const struct session *session, const struct point *point)
{
    const uint64_t assumed_llc = 32 << 20;
    if (point->bytes)
        return point->bytes;
    if (stream_arrays_kept()) /* sized below, when there was more memory */
        return stream_arrays_kept()->bytes;
    size_t llc = cpu_llc_bytes();
    return space_fitting(4 * (llc ? (uint64_t)llc : assumed_llc), STREAM_ARRAYS * session->kept);
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
            stream_stores_names[asked], stream->isa->name);
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
    stream->arrays = stream_arrays_of(session, asked_bytes(session, point), point->what);
    stream->arrays->used[stream->operation->to] = true;
    stream->arrays->used[stream->operation->x] = true;
    stream->arrays->used[stream->operation->y] = true;
    uint64_t touched = (uint64_t)stream->operation->arrays_touched * stream->arrays->bytes;
    stream->passes_per_unit = touched < least_unit ? least_unit / touched : 1;
    stream->target = (struct mem){.data = stream_array(stream->arrays, stream->operation->to),
                                  .bytes = stream->arrays->bytes};
    stream->work = (struct work){.per_unit = (double)(touched * stream->passes_per_unit),
                                 .buffer = &stream->target};
    choose_stores(stream);
    return &stream->work;
}

/* ---- measure ---- */

/* What one application does to A, B and C. Another one with the same sources changes nothing. */
static void apply(const struct operation *op, double f[STREAM_ARRAYS])
{
    switch (op->op) {
    case STREAM_COPY:
        f[STREAM_C] = f[STREAM_A];
        break;
    case STREAM_SCALE:
        f[STREAM_B] = STREAM_SCALAR * f[STREAM_C];
        break;
    case STREAM_ADD:
        f[STREAM_C] = f[STREAM_A] + f[STREAM_B];
        break;
    default:
        f[STREAM_A] = f[STREAM_B] + STREAM_SCALAR * f[STREAM_C];
    }
}

double stream_run(void *work, uint64_t units)
{
    const double largest_exact = 0x1p40; /* times 512 is still far below 2^53 */
    struct stream *stream = work;
    struct session *session = stream->session;
    double seconds = 0;

    for (int array = 0; array < STREAM_ARRAYS; array++) {
        if (stream->arrays->factor[array] > largest_exact)
            stream_arrays_fill(stream->arrays, session->team);
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
    const struct stream *stream = work;
    return stream_arrays_right(stream->arrays, stream->operation->to, why);
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
                                     used ? ", " : " (tried: ", stream_stores_names[1 + way],
                                     stream->work.per_unit / stream->tried_s[way]);
    }
    snprintf(key, sizeof key, "stores.%s", stream->point->what);
    report_fact(report, key, "%s, %s%s%s", stream_stores_names[1 + stream->way], stream->isa->name,
                tried, used ? ")" : "");
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
