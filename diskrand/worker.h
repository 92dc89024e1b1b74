/* One worker of a workload: the loop that keeps its queue full. */
#ifndef GM_DISKRAND_WORKER_H
#define GM_DISKRAND_WORKER_H

#include "mem.h"
#include "tick.h"
#include "workload.h"

#include <stdatomic.h>

struct worker {
    const struct workload_want *want;
    uint32_t *generations; /* shared; each block belongs to one worker */
    atomic_bool *stop;     /* shared: somebody has failed */

    void *queue;
    int depth;
    struct pattern pattern;
    size_t contents_bytes; /* least bytes written before contents come again */
    struct mem buffers;    /* depth * turns of them: each I/O takes its own in turn */
    size_t buffer_bytes;
    unsigned turns;
    struct io *ios;                     /* depth of them; each is in one of: */
    struct io **idle, **ready, **ended; /* stacks of depth entries; or in flight */
    int idle_count, ready_count, in_flight;
    uint64_t unsynced; /* writes since the last sync */
    int vain_waits;    /* waits in a row that ended by EINTR or EAGAIN */

    uint64_t interval_ns, phase_ns; /* open loop: between two starts; of the first one */
    uint64_t time_ns, before_ns;    /* this repetition; timed time before it */
    uint64_t begin_ns, next_ns;     /* this repetition's start; the next I/O's intended start */
    struct tick tick;
    struct tally tally;

    int status; /* STATUS_GOOD, or what went wrong: */
    char failure[256];
};

/*
 * Allocates; the caller has set want, generations, stop, depth, contents_bytes, pattern and the
 * open loop.
 */
void worker_init(struct worker *worker, uint64_t stream);
void worker_free(struct worker *worker);

/* One repetition of time_ns. */
void worker_run(struct worker *worker);

#endif
