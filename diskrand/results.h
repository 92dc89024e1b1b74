/* What a run found, beyond its samples: latencies, guards, and facts that change the meaning. */
#ifndef GM_DISKRAND_RESULTS_H
#define GM_DISKRAND_RESULTS_H

#include "account.h"
#include "bench.h"
#include "steady.h"
#include "workload.h"

struct results {
    const struct workload_want *want;
    const struct workload *load;
    bool buffered;
    const char *skipped; /* engines that do not work here, or "" */
    struct usage usage;
    uint64_t written_before; /* by warm-up */
    struct account account;
    uint64_t ios;                /* of the counted repetitions */
    double last[STEADY_WINDOWS]; /* I/Os per second of the last repetitions, oldest first */
    int windows;                 /* entries in last */
    int settling;                /* repetitions that --until-steady took; -1: not asked for */
};

/* Remembers one repetition's rate for the steady-state test. */
void results_window(struct results *results, double rate);

/* Forgets usage, witnesses and I/Os so far: they were warm-up. */
void results_forget(struct results *results);

/* Whether the last five repetitions were steady; false also if there were fewer. */
bool results_steady(const struct results *results);

/* The name a metric has: of a run through the page cache, one that no disk's can be taken for. */
const char *results_name(const struct results *results, const char *name, char text[64]);

/* Latencies, guards and facts. */
void results_report(const struct results *results, struct report *report);

#endif
