/*
 * The workers that keep the disk busy: each has a queue, a pattern over its own part of the file
 * and `depth` buffers, and counts what it does. A repetition begins behind a barrier and ends when
 * the time is up and everything in flight has ended.
 */
#ifndef GM_DISKRAND_WORKLOAD_H
#define GM_DISKRAND_WORKLOAD_H

#include "cpu.h"
#include "engine.h"
#include "file.h"
#include "hist.h"
#include "pattern.h"

enum sync_call { SYNC_NONE, SYNC_DATA, SYNC_FILE };

struct workload_want {
    const struct engine *engine;
    const struct work_file *file;
    const struct cpu_list *cpus;
    enum pattern_kind pattern;
    bool repeating;    /* random offsets with repetition */
    double read_share; /* 0..1, of randrw */
    uint64_t block;
    int depth, jobs; /* in flight per job; jobs */
    enum sync_call sync;
    uint64_t sync_every; /* writes */
    double rate;         /* I/Os per second of all jobs; 0: as fast as they complete */
    double compressible; /* percent */
    bool verify;         /* checksums and generations; reads are checked as they come */
    uint64_t seed, run;
};

enum io_kind { IO_READ, IO_WRITE, IO_SYNC, IO_KINDS };

/* What all workers did; latencies and the series add up over repetitions. */
struct tally {
    uint64_t count[IO_KINDS]; /* of the last repetition; syncs are no I/Os */
    struct hist *hist[IO_KINDS];
    uint64_t *series;                       /* I/Os that ended in each second of timed time */
    size_t seconds;                         /* entries in series */
    uint64_t continued, interrupted, again; /* short transfers, EINTR, EAGAIN: all were resumed */
};

struct workload;

/* Allocates everything. Ends the process if the want cannot be had (status 1, 2 or 77). */
struct workload *workload_new(const struct workload_want *want);
void workload_free(struct workload *load);

/*
 * One repetition of about `time_s`; returns the seconds it took. Ends the process with one line
 * when an I/O fails (status 1) or what was read is wrong (3).
 */
double workload_run(struct workload *load, double time_s);

/* Forgets the latencies and the series so far: what was measured was warm-up. */
void workload_forget(struct workload *load);

const struct tally *workload_tally(const struct workload *load);

/* What the engine says of itself. */
const char *workload_engine(const struct workload *load);

/* Writes of each block so far, when verifying; otherwise NULL. */
const uint32_t *workload_generations(const struct workload *load);

#endif
