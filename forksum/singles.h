/*
 * Single creations: a child that ends at once, made and waited for again and again, by one or by
 * several creators at the same time.
 */
#ifndef GM_FORKSUM_SINGLES_H
#define GM_FORKSUM_SINGLES_H

#include "cpu.h"
#include "hist.h"
#include "node.h"

struct singles;

/*
 * `creators` processes of which each makes children by tree->method; threads if the method is
 * that. One creator is the calling process itself. Ends the process if the system refuses.
 */
struct singles *singles_new(const struct tree *tree, int creators, const struct cpu_list *cpus);
void singles_free(struct singles *singles);

/*
 * Makes children for time_s. Adds the time of each, from the call that makes it to the return of
 * the wait, to `hist` unless NULL. Returns children per second, of all creators together, or
 * sets `failure` and returns 0.
 */
double singles_rate(struct singles *singles, double time_s, struct hist *hist,
                    struct answer *failure);

/* Times that a process was refused and asked for again, since singles_new(). */
uint64_t singles_retries(const struct singles *singles);

/*
 * The parts of a creation, medians in seconds:
 * create  the call that makes the child, as its parent sees it
 * begin   from that call's start to the child's first instructions
 * exit    from the child's last instructions to its parent being told that it has ended
 * wait    reaping it
 * Those that this method cannot tell are 0. 0 or an errno.
 */
struct phases {
    double create, begin, exit, wait;
};
int singles_phases(struct singles *singles, double time_s, struct phases *phases);

#endif
