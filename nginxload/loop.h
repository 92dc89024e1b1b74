/*
 * The event loop of one thread: keeps its share of the connections busy, in one of two ways.
 *
 *   closed loop  a connection asks again as soon as it has its answer: how fast can it go?
 *   open loop    requests are due at a constant rate, whatever the server does; latency counts from
 *                the moment a request was due, so that a stalled server shows (no coordinated
 *                omission). A request that finds every connection busy waits in line.
 *
 * What is in flight when the time is over is waited for ("drained"): its latency counts, but it is
 * no request of the timed region.
 */
#ifndef GM_NGINXLOAD_LOOP_H
#define GM_NGINXLOAD_LOOP_H

#include "conn.h"
#include "hist.h"
#include "tick.h"

#include <stdatomic.h>

enum { SERIES_MAX = 3600 }; /* seconds of the per-second series */

/* What all threads work on. Set before a run, but for `files` and `failed`. */
struct load {
    int threads;
    uint64_t requests;   /* this many in all, then stop; 0: no such limit */
    double time_s;       /* start none after this; 0: no such limit */
    double rate;         /* requests/s of the open loop; 0: closed loop */
    bool close;          /* a connection per request */
    uint64_t timeout_ns; /* without a sign of life */
    uint64_t start_ns;   /* the same for all threads */
    /*
     * A transfer: every connection moves its part of a file, again and again, until `time_s` is
     * over at the end of a whole file. `files` is how many are granted so far. One error ends it.
     */
    bool transfer;
    atomic_uint_fast64_t files;
    atomic_bool failed;
};

/* What a thread has found in one run. */
struct counts {
    uint64_t good, drained, errors[OUTCOME_COUNT], unsent, reconnects, bytes, retransmits;
    uint64_t last_ns; /* when the last one ended well */
    double cpu_s;     /* of this thread during the run */
};

/* What it has found in all runs since loop_forget(). */
struct distributions {
    struct hist latency;                       /* from due to end */
    struct hist service;                       /* open loop: from begun to end */
    struct hist connect, first_byte, transfer; /* with load->close: the three parts of it */
    uint64_t series[SERIES_MAX];               /* good ones per second of timed region */
};

struct loop {
    struct load *load;
    int rank;
    struct conn_pool pool;
    struct conn *conns;
    int conn_count, busy;
    struct conn **idle; /* a stack of connections without a request */
    int idle_count;
    int timer; /* wakes for the next due request */
    struct tick tick;
    uint64_t budget, until_ns, dues, scanned_ns;
    uint64_t series_ns; /* where in the series this run begins */
    uint64_t ended_ns;  /* when the last run ended, drained */
    int connect_error;  /* errno of the last failed connect, or 0 */
    struct counts tally;
    struct distributions *seen;
};

/*
 * Makes a loop of `conn_count` connections, not yet connected; the caller sets each one's
 * exchange, and the loop's load, rank, pool.address and upload. False and errno if it cannot be.
 */
bool loop_init(struct loop *loop, int conn_count, enum discard_way way);
void loop_free(struct loop *loop);

/* Connects what is not connected and returns how many are. Outside the timed region. */
int loop_connect(struct loop *loop);

/* One run. Leaves its counts in loop->tally. */
void loop_run(struct loop *loop);

/* Empties the distributions: after the warm-up. */
void loop_forget(struct loop *loop);

#endif
