/* What happened to a program and its machine during its timed regions. */
#ifndef GM_USAGE_H
#define GM_USAGE_H

#include "report.h"

/* What happened to this process and machine during the timed regions, added up. */
struct usage {
    double wall_s, user_s, system_s; /* children that were waited for included */
    double steal_s;                  /* of all CPUs, as /proc/stat has it; < 0 if it has none */
    long minor_faults, major_faults, switches, preemptions;
    struct usage_snapshot {
        double wall_s, user_s, system_s, steal_s;
        long minor_faults, major_faults, switches, preemptions;
    } start;
};
void usage_start(struct usage *usage);
void usage_stop(struct usage *usage);

/* The facts timed.*. */
void usage_facts(const struct usage *usage, struct report *report);

#endif
