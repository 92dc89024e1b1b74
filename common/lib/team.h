/*
 * Threads that start each piece of work together, behind a barrier. The calling thread is rank 0,
 * so a team of one is just a function call.
 */
#ifndef GM_TEAM_H
#define GM_TEAM_H

#include "cpu.h"

struct team;

/*
 * Starts `threads` - 1 threads, each pinned to one of `cpus` in turn (not pinned if empty). The
 * caller is pinned only while it works in team_run(): what it asks or starts elsewhere sees the
 * CPUs of the whole program. On failure returns NULL and sets errno.
 */
struct team *team_new(int threads, const struct cpu_list *cpus);

/*
 * Runs work(context, rank) on every rank at once; returns the seconds from the moment the first one
 * began to the moment the last had finished, whichever ranks these were. Allocates nothing.
 */
double team_run(struct team *team, void (*work)(void *context, int rank), void *context);

/*
 * For use inside work(): waits for all ranks. Spins for a moment, then yields the CPU, since a
 * guest may have fewer CPUs than threads.
 */
void team_barrier(struct team *team);

int team_threads(const struct team *team);

/* Ends the threads. NULL is allowed. */
void team_free(struct team *team);

#endif
