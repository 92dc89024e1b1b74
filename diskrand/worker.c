#include "worker.h"

#include "clock.h"
#include "err.h"
#include "stamp.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    most_tries = 1000,    /* of one I/O: more EAGAIN, EINTR or short transfers are a failure */
    spin_ns = 100 * 1000, /* sleeping is late by up to the timer slack: spin the last part */
    buffer_align = 4096
};

/*
 * One end at a time costs a system call and a signal to the device each; several leave the device
 * idle while they are prepared. Of 32 in flight to a virtio disk, writes per second beside fio's
 * and the CPU time of each (a Zen 4, 11 runs in turn), for 1, 2 and 4 at once: uring 1.01, 0.99
 * and 0.89, at 0.95, 0.84 and 0.75; aio 0.94 to 1.00, 0.83 to 0.94 and 0.76 to 0.82, at 0.95, 0.82
 * and 0.70.
 */
static int together(const struct worker *worker)
{
    return worker->depth < 16 ? 1 : worker->want->engine->together;
}

static void *must(void *memory)
{
    if (!memory)
        die(STATUS_SYSTEM, "worker: out of memory");
    return memory;
}

/*
 * A huge page, where its size is not wasted: with 256 buffers in as many pages a write at depth 1
 * took a fifth more CPU time in a guest with nested paging, and 10 % longer.
 */
static int map_buffers(struct worker *worker, size_t bytes)
{
    const size_t large = 1 << 20;
    if (bytes >= large && mem_map_touched(&worker->buffers, bytes, PAGES_THP) == 0)
        return 0;
    return mem_map_touched(&worker->buffers, bytes, PAGES_DEFAULT);
}

void worker_init(struct worker *worker, uint64_t stream)
{
    const struct workload_want *want = worker->want;
    size_t depth = (size_t)worker->depth;
    size_t each = (want->block + buffer_align - 1) / buffer_align * buffer_align;
    size_t turns = (worker->contents_bytes + depth * each - 1) / (depth * each);
    struct rng rng;

    worker->buffer_bytes = each;
    worker->turns = (unsigned)turns;
    mem_require(turns * depth * each, "buffers");
    int error = map_buffers(worker, turns * depth * each);
    if (error)
        die(STATUS_SYSTEM, "buffers: %s", strerror(error));
    rng_seed(&rng, want->seed, stream + (UINT64_C(1) << 32));
    stamp_fill(worker->buffers.data, worker->buffers.bytes, &rng, want->compressible);
    worker->ios = must(calloc(depth, sizeof *worker->ios));
    worker->idle = must(calloc(depth, sizeof *worker->idle));
    worker->ready = must(calloc(depth, sizeof *worker->ready));
    worker->ended = must(calloc(depth, sizeof *worker->ended));
    for (unsigned slot = 0; slot < depth; slot++) {
        worker->ios[slot].slot = slot;
        worker->idle[worker->idle_count++] = &worker->ios[slot];
    }
    for (int kind = 0; kind < IO_KINDS; kind++) {
        worker->tally.hist[kind] = must(malloc(sizeof(struct hist)));
        hist_clear(worker->tally.hist[kind]);
    }
    pattern_init(&worker->pattern, want->seed, stream);
    tick_init(&worker->tick);
}

void worker_free(struct worker *worker)
{
    for (int kind = 0; kind < IO_KINDS; kind++)
        free(worker->tally.hist[kind]);
    free(worker->tally.series);
    free(worker->ios);
    free(worker->idle);
    free(worker->ready);
    free(worker->ended);
    mem_unmap(&worker->buffers);
    tick_free(&worker->tick);
}

/* The first failure ends the worker and asks the others to end. */
__attribute__((format(printf, 3, 4))) static void fail(struct worker *worker, int status,
                                                       const char *format, ...)
{
    va_list arguments;
    if (worker->status != STATUS_GOOD)
        return;
    va_start(arguments, format);
    vsnprintf(worker->failure, sizeof worker->failure, format, arguments);
    va_end(arguments);
    worker->status = status;
    atomic_store(worker->stop, true);
}

static void fail_io(struct worker *worker, const struct io *io, const char *reason)
{
    fail(worker, STATUS_SYSTEM, "%s of %" PRIu32 " bytes at offset %" PRIu64 ": %s",
         io->write ? "write" : "read", io->bytes, io->offset, reason);
}

/* ---- beginning I/Os ---- */

static bool sync_due(const struct worker *worker)
{
    return worker->want->sync != SYNC_NONE && worker->unsynced >= worker->want->sync_every;
}

/* Whether another I/O may begin. A new pass waits until the old one has ended: see pattern.h. */
static bool may_begin(const struct worker *worker, uint64_t now)
{
    if (worker->idle_count == 0 || sync_due(worker))
        return false;
    if (worker->in_flight && pattern_wraps(&worker->pattern))
        return false;
    return worker->interval_ns == 0 || now >= worker->next_ns;
}

static void prepare(struct worker *worker, struct io *io)
{
    const struct workload_want *want = worker->want;
    struct access access = pattern_next(&worker->pattern);

    if (access.write)
        io->turn = io->turn + 1 < worker->turns ? io->turn + 1 : 0;
    io->buffer = (char *)worker->buffers.data +
                 ((size_t)io->turn * (size_t)worker->depth + io->slot) * worker->buffer_bytes;
    io->block = access.block;
    io->write = access.write;
    io->offset = want->file->start + access.block * want->block;
    io->bytes = (uint32_t)want->block;
    io->done = 0;
    io->tries = 0;
    if (access.write) {
        worker->unsynced++;
        io->generation = worker->pattern.pass + 1;
        if (worker->generations)
            io->generation = ++worker->generations[access.block];
        struct stamp stamp = {
            .number = access.block, .generation = io->generation, .run = want->run};
        stamp_put(io->buffer, want->block, stamp, want->verify);
    }
}

/* Fills the queue. The clock is read once for all that begin together, just before they do. */
static void begin(struct worker *worker, uint64_t now)
{
    int first = worker->ready_count;
    while (may_begin(worker, now)) {
        struct io *io = worker->idle[--worker->idle_count];
        prepare(worker, io);
        io->start_ns = worker->next_ns;
        worker->next_ns += worker->interval_ns;
        worker->ready[worker->ready_count++] = io;
        worker->in_flight++;
    }
    if (worker->interval_ns == 0 && worker->ready_count > first) {
        now = clock_ns();
        for (int i = first; i < worker->ready_count; i++)
            worker->ready[i]->start_ns = now;
    }
}

/* ---- ending I/Os ---- */

static void check_read(struct worker *worker, const struct io *io)
{
    struct stamp found;
    struct stamp wanted = {.number = io->block,
                           .generation = worker->generations[io->block],
                           .run = worker->want->run};
    enum stamp_fault fault = stamp_check(io->buffer, io->bytes, wanted, &found);
    if (fault != STAMP_GOOD)
        fail(worker, STATUS_WRONG, "offset %" PRIu64 ": block %" PRIu64 " is %s when read",
             io->offset, io->block, stamp_fault_names[fault]);
}

static void count(struct worker *worker, const struct io *io, uint64_t now)
{
    enum io_kind kind = io->write ? IO_WRITE : IO_READ;
    uint64_t second = (worker->before_ns + now - worker->begin_ns) / 1000000000u;
    worker->tally.count[kind]++;
    hist_add(worker->tally.hist[kind], now - io->start_ns);
    if (second < worker->tally.seconds)
        worker->tally.series[second]++;
}

static void again(struct worker *worker, struct io *io)
{
    if (++io->tries > most_tries)
        fail_io(worker, io,
                io->result < 0 ? strerror((int)-io->result) : "too many short transfers");
    else
        worker->ready[worker->ready_count++] = io;
}

static void end(struct worker *worker, struct io *io, uint64_t now)
{
    uint32_t left = io->bytes - io->done, align = worker->want->file->place.direct_offset;
    if (io->result == left) {
        count(worker, io, now);
        if (!io->write && worker->generations)
            check_read(worker, io);
        worker->idle[worker->idle_count++] = io;
        worker->in_flight--;
    } else if (io->result > 0 && io->result < left && (!align || io->result % align == 0)) {
        worker->tally.continued++;
        io->done += (uint32_t)io->result;
        again(worker, io);
    } else if (io->result == -EINTR || io->result == -EAGAIN) {
        *(io->result == -EINTR ? &worker->tally.interrupted : &worker->tally.again) += 1;
        again(worker, io);
    } else if (io->result >= 0) {
        char reason[64];
        snprintf(reason, sizeof reason, "only %" PRId64 " bytes moved", io->result);
        fail_io(worker, io, reason);
    } else {
        fail_io(worker, io, strerror((int)-io->result));
    }
}

static void sync_now(struct worker *worker)
{
    const struct workload_want *want = worker->want;
    bool data = want->sync == SYNC_DATA;
    uint64_t start = clock_ns();
    int tries = 0;
    while ((data ? fdatasync(want->file->fd) : fsync(want->file->fd)) != 0) {
        if ((errno != EINTR && errno != EAGAIN) || ++tries > most_tries) {
            fail(worker, STATUS_SYSTEM, "%s: %s", data ? "fdatasync" : "fsync", strerror(errno));
            return;
        }
        *(errno == EINTR ? &worker->tally.interrupted : &worker->tally.again) += 1;
    }
    hist_add(worker->tally.hist[IO_SYNC], clock_ns() - start);
    worker->tally.count[IO_SYNC]++;
    worker->unsynced = 0;
}

/* ---- the loop ---- */

/* Hands over what is ready; what the kernel does not take now stays ready. */
static void submit(struct worker *worker)
{
    int taken = worker->want->engine->submit(worker->queue, worker->ready, worker->ready_count);
    if (taken == -EAGAIN || taken == -EINTR) {
        struct io *io = worker->ready[0];
        *(taken == -EINTR ? &worker->tally.interrupted : &worker->tally.again) += 1;
        if (++io->tries > most_tries)
            fail_io(worker, io, strerror(-taken));
        sched_yield();
        return;
    }
    if (taken < 0) {
        fail(worker, STATUS_SYSTEM, "%s: submitting: %s", worker->want->engine->name,
             strerror(-taken));
        return;
    }
    worker->ready_count -= taken;
    memmove(worker->ready, worker->ready + taken,
            (size_t)worker->ready_count * sizeof worker->ready[0]);
}

static uint64_t reap(struct worker *worker, bool stopping)
{
    bool full = stopping || worker->interval_ns == 0 || worker->idle_count == 0;
    int least = worker->in_flight > worker->ready_count && full ? 1 : 0;
    int ended = worker->want->engine->reap(worker->queue, worker->ended, least, together(worker));
    uint64_t now = clock_ns();
    if (ended == -EINTR || ended == -EAGAIN)
        *(ended == -EINTR ? &worker->tally.interrupted : &worker->tally.again) += 1;
    worker->vain_waits = ended < 0 ? worker->vain_waits + 1 : 0;
    if ((ended < 0 && ended != -EINTR && ended != -EAGAIN) || worker->vain_waits > most_tries)
        fail(worker, STATUS_SYSTEM, "%s: waiting: %s", worker->want->engine->name,
             strerror(-ended));
    for (int i = 0; i < ended; i++)
        end(worker, worker->ended[i], now);
    return now;
}

static void wait_for(uint64_t deadline_ns, uint64_t now)
{
    if (deadline_ns > now + spin_ns)
        clock_sleep_until(deadline_ns - spin_ns);
}

void worker_run(struct worker *worker)
{
    bool stopping = false;
    uint64_t now = clock_ns();

    worker->begin_ns = now;
    worker->next_ns = now + worker->phase_ns;
    memset(worker->tally.count, 0, sizeof worker->tally.count);
    while (worker->status == STATUS_GOOD) {
        if (!stopping)
            begin(worker, now);
        tick_keep(&worker->tick, now);
        if (worker->ready_count)
            submit(worker);
        if (worker->in_flight) {
            now = reap(worker, stopping);
        } else {
            if (sync_due(worker))
                sync_now(worker);
            else if (stopping)
                break;
            else
                wait_for(worker->next_ns, now);
            now = clock_ns();
        }
        stopping = now - worker->begin_ns >= worker->time_ns || atomic_load(worker->stop);
    }
    tick_end(&worker->tick);
}
