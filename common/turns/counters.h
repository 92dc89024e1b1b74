/*
 * What a step costs the host: counters read right before and right after it, and the difference
 * added up per servant, since between a servant's steps the host works for the others.
 *
 * A servant's folder may hold `account`, lines that say whose bill it is:
 *
 *     pid N          a process of the host's, with all its threads
 *     cgroup FOLDER  a control group of the host's, version 1 (cpuacct) or 2
 *     device NAME    the block device behind its data, as in /sys/class/block
 */
#ifndef GM_TURNS_COUNTERS_H
#define GM_TURNS_COUNTERS_H

#include "cpu.h"

#include <stdio.h>

enum counter {
    COUNTER_WALL,    /* s */
    COUNTER_BUSY,    /* CPU seconds of the whole host */
    COUNTER_STEAL,   /* s that a hypervisor below took from the CPUs in use */
    COUNTER_PSI,     /* s in which something on the host waited for a CPU */
    COUNTER_CPU,     /* CPU seconds of the platform's own processes */
    COUNTER_WAITED,  /* s that these waited for a CPU, all threads together */
    COUNTER_READ,    /* bytes read from the device */
    COUNTER_WRITTEN, /* bytes written to it */
    COUNTERS
};

struct counters {
    double at[COUNTERS];
};

/* Whose counters; see above. */
struct account {
    char *cgroup, *device;
    int *pids;
    size_t pid_count;
};

/* Reads FOLDER/account; empty where there is none. */
void account_read(struct account *account, const char *folder);
void account_free(struct account *account);

/* The counters now; `cpus`: those in use, whose steal counts (empty: all). */
struct counters counters_now(const struct account *account, const struct cpu_list *cpus);

/* sum += after - before */
void counters_add(struct counters *sum, const struct counters *before,
                  const struct counters *after);

/* Lines KEY=VALUE UNIT, the facts bill.* and host.* of common/driver/README.md. */
void counters_print(const struct counters *sum, const struct account *account, FILE *out);

#endif
