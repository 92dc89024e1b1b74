/* From what the threads have found to metrics and facts. */
#ifndef GM_NGINXLOAD_SUMMARY_H
#define GM_NGINXLOAD_SUMMARY_H

#include "config.h"
#include "loop.h"
#include "report.h"

/* What the whole campaign has found: all threads, all repetitions. */
struct summary {
    struct metric *first, *throughput; /* requests or download or upload; B/s */
    struct counts total, all;          /* of the counted repetitions; of the warm-up too */
    double wall_s, asked_s;            /* of the counted repetitions; what --time asked for */
    int connections;                   /* fewest that a repetition had */
    int connect_error;
};

void summary_start(struct summary *summary, const struct config *config, struct report *report);

/*
 * Adds a repetition that began at load->start_ns and of which the loops hold the tallies. Ends the
 * process with status 3 when nothing, or not the whole file, has come.
 */
void summary_add(struct summary *summary, const struct config *config, const struct load *load,
                 const struct loop *loops, int rep);

/* Requests that failed, whatever the reason. */
uint64_t summary_errors(const struct counts *tally);

/* Ends the process with status 3 when more than 0.1 % of the requests have failed. */
void summary_verify(const struct summary *summary);

/* Latencies, series and facts. The loops' distributions are merged into the first one's. */
void summary_report(const struct summary *summary, const struct config *config,
                    const struct loop *loops, struct report *report);

#endif
