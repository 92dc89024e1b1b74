/*
 * loaded: the latency of a load while other threads use the memory's bandwidth, since that is what
 * neighbours do to a guest.
 *
 * One thread walks the same cycle as `latency`; the others copy arrays of their own, 64 KiB at a
 * time, flat out or, with --load, at that many bytes/s together (read and written ones, as STREAM
 * counts). The bandwidth they really had is reported beside the latency. Each thread needs a CPU of
 * its own, or it would be the scheduler that is measured.
 */
#include "kernels.h"

#include "chase.h"
#include "clock.h"
#include "err.h"
#include "space.h"
#include "stream_kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    load_bytes = 32 << 20, /* of each array of a loading thread; it has two */
    load_block = 64 << 10,
    not_copied = -1 /* what an element holds until then */
};

/* Of one loading thread; a line of its own, since it is written all the time. */
struct loader {
    _Alignas(64) _Atomic uint64_t blocks; /* copied in this run */
    uint64_t most;                        /* the same, in the run that copied most */
};

struct loaded {
    struct work work;
    struct session *session;
    const struct point *point;
    const struct stream_isa *isa;
    struct team *team;
    struct metric *bandwidth;
    struct mem nodes, arrays;
    struct chase chase;
    uint64_t turns, from;   /* of the last run */
    double seconds, loaded; /* of the last run: time, and bytes moved meanwhile */
    double block_s;         /* a thread's time per block that keeps the rate; 0: flat out */
    bool idle;              /* --load 0 */
    atomic_bool stop;
    int loaders;
    struct loader *loader;
};

static double *load_array(const struct loaded *loaded, int loader, int which)
{
    return (double *)loaded->arrays.data +
           ((size_t)loader * 2 + (size_t)which) * (load_bytes / sizeof(double));
}

static void fill_arrays(const struct loaded *loaded)
{
    for (int loader = 0; loader < loaded->loaders; loader++) {
        double *from = load_array(loaded, loader, 0), *to = load_array(loaded, loader, 1);
        for (size_t i = 0; i < load_bytes / sizeof(double); i++) {
            from[i] = (double)(i + (size_t)loader);
            to[i] = not_copied;
        }
    }
}

/* Each thread of the loaders must copy a block in this time for all to reach `rate` bytes/s. */
static void set_rate(struct loaded *loaded, uint64_t rate)
{
    loaded->idle = rate == 0;
    if (rate != 0 && rate != LOADED_FLAT_OUT)
        loaded->block_s = 2.0 * load_block * loaded->loaders / (double)rate;
}

static void build_cycle(struct loaded *loaded)
{
    const struct config *config = &loaded->session->config;
    const char *what = loaded->point->what;
    uint64_t bytes = config->sizes.count ? config->sizes.at[0]
                                         : space_fitting(256 << 20, 2 * loaded->session->kept);
    if (bytes < config->stride)
        opt_usage("%s: --size is less than one node of --stride", what);
    space_map(&loaded->nodes, bytes / config->stride * config->stride,
              (enum mem_pages)config->pages, what);
    int error = chase_build(&loaded->chase, &loaded->nodes, config->stride, config->locality,
                            loaded->session->bench.seed);
    if (error)
        die(STATUS_SYSTEM, "%s: building the cycle: %s", what, strerror(error));
}

struct work *loaded_setup(struct session *session, const struct kernel *kernel,
                          const struct point *point)
{
    const struct config *config = &session->config;
    struct loaded *loaded = state_new(sizeof *loaded, point->what);
    int threads = config->threads > 2 ? config->threads : 2;
    char name[64];

    if (cpu_usable() < threads)
        die(STATUS_UNAVAILABLE, "%s: needs %d CPUs, may use %d", point->what, threads,
            cpu_usable());
    loaded->work = (struct work){.per_unit = CHASE_UNROLL, .buffer = &loaded->nodes};
    loaded->session = session;
    loaded->point = point;
    loaded->isa = stream_isa_choose((enum isa)config->isa);
    loaded->loaders = threads - 1;
    loaded->loader = aligned_alloc(64, (size_t)loaded->loaders * sizeof *loaded->loader);
    loaded->team = team_new(threads, &session->bench.cpus);
    if (!loaded->loader || !loaded->team)
        die_errno(STATUS_SYSTEM, "%s: %d threads", point->what, threads);
    memset(loaded->loader, 0, (size_t)loaded->loaders * sizeof *loaded->loader);
    snprintf(name, sizeof name, "%s.bandwidth%s", kernel->name, point->suffix);
    loaded->bandwidth = report_metric(session->report, name, "B/s", BETTER_HIGHER);
    set_rate(loaded, point->bytes);
    /* Base pages, so that they are not counted as the nodes' when both lie side by side. */
    space_map(&loaded->arrays, 2 * load_bytes * (uint64_t)loaded->loaders, PAGES_4K, point->what);
    fill_arrays(loaded);
    build_cycle(loaded);
    return &loaded->work;
}

/* ---- measure ---- */

static double blocks_done(const struct loaded *loaded)
{
    double blocks = 0;
    for (int loader = 0; loader < loaded->loaders; loader++)
        blocks +=
            (double)atomic_load_explicit(&loaded->loader[loader].blocks, memory_order_relaxed);
    return blocks;
}

static void load(struct loaded *loaded, int loader)
{
    const size_t doubles = load_block / sizeof(double);
    const double *from = load_array(loaded, loader, 0);
    double *to = load_array(loaded, loader, 1);
    int stores = loaded->session->config.stores;
    enum stream_way way = stores == STORES_AUTO ? STREAM_PAST_PAGES : (enum stream_way)(stores - 1);
    if (!stream_has(loaded->isa, way))
        way = STREAM_THROUGH;
    uint64_t start = clock_ns();
    for (uint64_t block = 0; !atomic_load_explicit(&loaded->stop, memory_order_relaxed); block++) {
        size_t at = block % (load_bytes / load_block) * doubles;
        loaded->isa->kernel(STREAM_COPY, way, to + at, from + at, from + at, doubles);
        atomic_store_explicit(&loaded->loader[loader].blocks, block + 1, memory_order_relaxed);
        while (clock_seconds(start, clock_ns()) < (double)(block + 1) * loaded->block_s &&
               !atomic_load_explicit(&loaded->stop, memory_order_relaxed))
            ;
    }
}

/* Rank 0 walks, first for a while that does not count, and then ends the others. */
static void walk_or_load(void *context, int rank)
{
    const uint64_t settle_turns = 256;
    struct loaded *loaded = context;
    if (rank > 0) {
        if (!loaded->idle)
            load(loaded, rank - 1);
        return;
    }
    chase_walk(&loaded->chase, settle_turns);
    loaded->from = loaded->chase.at->rank;
    double blocks = blocks_done(loaded);
    uint64_t start = clock_ns();
    chase_walk(&loaded->chase, loaded->turns);
    loaded->seconds = clock_seconds(start, clock_ns());
    loaded->loaded = (blocks_done(loaded) - blocks) * 2 * load_block;
    atomic_store(&loaded->stop, true);
}

double loaded_run(void *work, uint64_t turns)
{
    struct loaded *loaded = work;
    loaded->turns = turns;
    atomic_store(&loaded->stop, false);
    for (int loader = 0; loader < loaded->loaders; loader++)
        atomic_store(&loaded->loader[loader].blocks, 0);
    session_time(loaded->session, loaded->team, walk_or_load, loaded);
    for (struct loader *l = loaded->loader; l < loaded->loader + loaded->loaders; l++)
        l->most = l->blocks > l->most ? l->blocks : l->most;
    return loaded->seconds;
}

/* ---- verify ---- */

static bool copies_good(const struct loaded *loaded, int loader, char why[WHY_BYTES])
{
    const double *from = load_array(loaded, loader, 0), *to = load_array(loaded, loader, 1);
    for (size_t i = 0; i < load_bytes / sizeof(double); i++) {
        bool copied = i / (load_block / sizeof(double)) < loaded->loader[loader].most;
        double wanted = (double)(i + (size_t)loader);
        if (from[i] != wanted || to[i] != (copied ? wanted : not_copied)) {
            snprintf(why, WHY_BYTES, "loading thread %d: element %zu is %g and %g, must be %g",
                     loader, i, from[i], to[i], wanted);
            return false;
        }
    }
    return true;
}

bool loaded_verify(void *work, char why[WHY_BYTES])
{
    struct loaded *loaded = work;
    for (int loader = 0; loader < loaded->loaders; loader++) {
        if (!copies_good(loaded, loader, why))
            return false;
    }
    return chase_verify(&loaded->chase, loaded->from, loaded->turns * CHASE_UNROLL, why, WHY_BYTES);
}

void loaded_sample(void *work, int rep)
{
    struct loaded *loaded = work;
    metric_add(loaded->bandwidth, rep, loaded->loaded / loaded->seconds);
}

void loaded_finish(void *work)
{
    struct loaded *loaded = work;
    space_check(&loaded->nodes, (enum mem_pages)loaded->session->config.pages, loaded->point->what,
                loaded->session->report);
    team_free(loaded->team);
    mem_unmap(&loaded->nodes);
    mem_unmap(&loaded->arrays);
    free(loaded->loader);
    free(loaded);
}
