/*
 * What happened to a program and its machine during its timed regions: CPU time, faults, switches,
 * and how long it waited for a CPU that somebody else had. Only what counts is added up: warm-up
 * and calibration are not.
 */
#ifndef GM_USAGE_H
#define GM_USAGE_H

#include "report.h"

#include <stdbool.h>

enum { USAGE_THREADS = 256 }; /* whose waiting is followed; more are not looked at */

/*
 * Zeroed to start with. The process's own counters are read at both ends of every region. Those of
 * the machine and of each thread are files, and reading them takes as long as a small region does:
 * they are read every 20 ms, and what they have counted meanwhile is shared out by time.
 */
struct usage {
    double wall_s, user_s, system_s; /* children that were waited for included */
    double children_s;               /* their part of it */
    long minor_faults, major_faults, switches, preemptions;
    double steal_s;          /* of all CPUs */
    double idle_s, stolen_s; /* of the CPUs that the program may use */
    struct usage_snapshot {
        double wall_s, user_s, system_s, children_s;
        long minor_faults, major_faults, switches, preemptions;
    } start;
    struct usage_machine {
        double wall_s, steal_s, idle_s; /* the last two < 0: not told */
        double stolen_s;                /* that part of steal_s which `cpus` had */
        int cpus;                       /* which the program may use */
    } machine;
    bool looked;     /* `machine` has been read */
    double region_s; /* of regions that count, since then */
    int threads;
    struct usage_thread {
        long id;
        double seen_s, waited_s; /* all its waiting when last seen, and the counted part of it */
    } thread[USAGE_THREADS];
};

/* The two ends of a timed region. Repetition 0 or less is one that does not count. */
void usage_start(struct usage *usage);
void usage_stop(struct usage *usage, int rep);

/*
 * Seconds that the thread which waited longest for a CPU waited because somebody else had it; < 0
 * if the system does not tell. It is no more than what others had of these CPUs, since a program's
 * own threads and children wait for each other, too; what a hypervisor below took is steal.
 * Children that have ended cannot be asked: while they worked, what others had of CPUs that were
 * never idle is what they waited.
 */
double usage_waited(const struct usage *usage);

/* The facts timed.*. */
void usage_facts(const struct usage *usage, struct report *report);

#endif
