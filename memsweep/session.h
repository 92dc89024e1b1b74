/*
 * What all of a run shares: the options, the report, the threads, and what disturbed the timed
 * regions. It knows no kernel.
 */
#ifndef GM_MEMSWEEP_SESSION_H
#define GM_MEMSWEEP_SESSION_H

#include "bench.h"
#include "mem.h"
#include "team.h"

enum inject { INJECT_NONE, INJECT_BIT };
enum { STORES_AUTO }; /* --stores; 1 + enum stream_way is that way */

struct config {
    struct size_list sizes, arrays, loads; /* empty: each kernel's default */
    uint64_t stride, locality;             /* of pointer chases, bytes */
    int threads;
    int pages;  /* enum mem_pages */
    int stores; /* STORES_AUTO or 1 + enum stream_way */
    int isa;    /* enum isa: the best that may be used */
    int inject; /* enum inject */
};

struct session {
    struct bench bench;
    struct config config;
    struct report *report;
    struct usage usage;
    int rep;                   /* the repetition that runs; 0 or less is none that counts */
    struct team *team, *alone; /* of config.threads; of one, for what one thread does */
    int kept;                  /* kernels that have their memory at the same time */
};

/* A zeroed state for `what`, to be given to free(). Ends the process if there is no memory. */
void *state_new(size_t bytes, const char *what);

/* Runs work(context, rank) on the team, or on one thread if `team` is NULL, as the timed region. */
double session_time(struct session *session, struct team *team,
                    void (*work)(void *context, int rank), void *context);

/* Flips one bit, chosen by the seed, of what a kernel's verification reads. */
void inject_bit(const struct mem *buffer, uint64_t seed);

#endif
