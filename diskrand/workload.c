#include "workload.h"

#include "err.h"
#include "mem.h"
#include "team.h"
#include "worker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct workload {
    struct workload_want want;
    struct team *team;
    int workers;
    struct worker *at;
    uint32_t *generations;
    uint64_t before_ns; /* timed time of earlier repetitions */
    atomic_bool stop;
    struct tally tally;
};

static void *must(void *memory)
{
    if (!memory)
        die(STATUS_SYSTEM, "workload: out of memory");
    return memory;
}

/*
 * Bytes written before contents come again, but for stamps and tags. Where writes land at random,
 * equal contents would else be near enough to each other for a filesystem to compress them. More
 * would not stay in a second-level cache, and the copy to the device be slower for it.
 */
enum { contents_bytes = 1 << 20 };

/* Every worker has an equal part of the file, and the last one the rest. */
static void open_worker(struct workload *load, int rank)
{
    const struct workload_want *want = &load->want;
    struct worker *worker = &load->at[rank];
    uint64_t blocks = want->file->bytes / want->block;
    uint64_t part = blocks / (uint64_t)load->workers;

    *worker = (struct worker){.want = want, .generations = load->generations, .stop = &load->stop};
    worker->depth = want->engine->blocking ? 1 : want->depth;
    worker->contents_bytes = contents_bytes / (size_t)load->workers;
    worker->pattern.kind = want->pattern;
    worker->pattern.repeating = want->repeating;
    worker->pattern.read_share = want->read_share;
    worker->pattern.first = part * (uint64_t)rank;
    worker->pattern.blocks = rank + 1 < load->workers ? part : blocks - worker->pattern.first;
    if (want->rate > 0) {
        double interval = 1e9 * load->workers / want->rate;
        worker->interval_ns = (uint64_t)fmax(1, interval);
        worker->phase_ns = (uint64_t)(interval * rank / load->workers);
    }
    worker_init(worker, (uint64_t)rank);
}

/* The queue belongs to the thread that uses it, so that thread opens it: io_uring checks. */
static void open_queue(void *context, int rank)
{
    struct workload *load = context;
    struct worker *worker = &load->at[rank];
    struct engine_setup setup = {.fd = load->want.file->fd,
                                 .depth = worker->depth,
                                 .buffers = worker->buffers.data,
                                 .buffers_bytes = worker->buffers.bytes};
    worker->queue = load->want.engine->open(&setup);
    if (!worker->queue) {
        worker->status = errno;
        atomic_store(&load->stop, true);
    }
}

struct workload *workload_new(const struct workload_want *want)
{
    struct workload *load = must(calloc(1, sizeof *load));
    uint64_t blocks = want->file->bytes / want->block;

    load->want = *want;
    load->workers = want->jobs * (want->engine->blocking ? want->depth : 1);
    if (blocks < (uint64_t)load->workers)
        die(STATUS_USAGE, "%s: %d workers, but only %llu blocks", want->file->name, load->workers,
            (unsigned long long)blocks);
    if (want->verify) {
        mem_require(blocks * sizeof *load->generations, "--verify");
        load->generations = must(calloc(blocks, sizeof *load->generations));
    }
    load->at = must(calloc((size_t)load->workers, sizeof *load->at));
    for (int rank = 0; rank < load->workers; rank++)
        open_worker(load, rank);
    for (int kind = 0; kind < IO_KINDS; kind++)
        load->tally.hist[kind] = must(malloc(sizeof(struct hist)));
    load->team = team_new(load->workers, want->cpus);
    if (!load->team)
        die_errno(STATUS_SYSTEM, "%d threads", load->workers);
    team_run(load->team, open_queue, load);
    for (int rank = 0; rank < load->workers; rank++) {
        if (!load->at[rank].queue)
            die(STATUS_SYSTEM, "%s: %s", want->engine->name, strerror(load->at[rank].status));
    }
    return load;
}

void workload_free(struct workload *load)
{
    team_free(load->team);
    for (int rank = 0; rank < load->workers; rank++) {
        load->want.engine->close(load->at[rank].queue);
        worker_free(&load->at[rank]);
    }
    for (int kind = 0; kind < IO_KINDS; kind++)
        free(load->tally.hist[kind]);
    free(load->tally.series);
    free(load->at);
    free(load->generations);
    free(load);
}

static void run_worker(void *context, int rank)
{
    struct workload *load = context;
    worker_run(&load->at[rank]);
}

/* Room for every second that this repetition may still end in; a late end is not counted. */
static void prepare_worker(struct workload *load, struct worker *worker, double time_s)
{
    size_t seconds = (size_t)((double)load->before_ns * 1e-9 + time_s) + 2;
    struct tally *tally = &worker->tally;
    if (seconds > tally->seconds) {
        tally->series = must(realloc(tally->series, seconds * sizeof *tally->series));
        memset(tally->series + tally->seconds, 0,
               (seconds - tally->seconds) * sizeof *tally->series);
        tally->seconds = seconds;
    }
    worker->time_ns = (uint64_t)(time_s * 1e9);
    worker->before_ns = load->before_ns;
}

static void report_failure(const struct workload *load)
{
    for (int rank = 0; rank < load->workers; rank++) {
        const struct worker *worker = &load->at[rank];
        if (worker->status != STATUS_GOOD)
            die((enum exit_status)worker->status, "%s: %s", load->want.file->name, worker->failure);
    }
}

/* Adds up what the workers did: counts of this repetition, latencies since the last forgetting. */
static void sum(struct workload *load)
{
    struct tally *all = &load->tally;
    size_t seconds = load->before_ns / 1000000000u; /* complete ones */

    all->continued = all->interrupted = all->again = 0;
    all->series = must(realloc(all->series, (seconds + 1) * sizeof *all->series));
    memset(all->series, 0, (seconds + 1) * sizeof *all->series);
    all->seconds = seconds;
    for (int kind = 0; kind < IO_KINDS; kind++) {
        all->count[kind] = 0;
        hist_clear(all->hist[kind]);
    }
    for (int rank = 0; rank < load->workers; rank++) {
        const struct tally *one = &load->at[rank].tally;
        for (int kind = 0; kind < IO_KINDS; kind++) {
            all->count[kind] += one->count[kind];
            hist_merge(all->hist[kind], one->hist[kind]);
        }
        for (size_t second = 0; second < seconds && second < one->seconds; second++)
            all->series[second] += one->series[second];
        all->continued += one->continued;
        all->interrupted += one->interrupted;
        all->again += one->again;
    }
}

double workload_run(struct workload *load, double time_s)
{
    for (int rank = 0; rank < load->workers; rank++)
        prepare_worker(load, &load->at[rank], time_s);
    double seconds = team_run(load->team, run_worker, load);
    report_failure(load);
    load->before_ns += (uint64_t)(seconds * 1e9);
    sum(load);
    return seconds;
}

void workload_forget(struct workload *load)
{
    load->before_ns = 0;
    for (int rank = 0; rank < load->workers; rank++) {
        struct tally *tally = &load->at[rank].tally;
        for (int kind = 0; kind < IO_KINDS; kind++)
            hist_clear(tally->hist[kind]);
        if (tally->seconds)
            memset(tally->series, 0, tally->seconds * sizeof *tally->series);
        tally->continued = tally->interrupted = tally->again = 0;
    }
}

const struct tally *workload_tally(const struct workload *load)
{
    return &load->tally;
}

const char *workload_engine(const struct workload *load)
{
    return load->want.engine->describe(load->at[0].queue);
}

const uint32_t *workload_generations(const struct workload *load)
{
    return load->generations;
}
