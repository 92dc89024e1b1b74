/*
 * The limits of the control groups this process is in, version 2 or 1, the tightest on the way up
 * to the root. What is not limited, or cannot be read, is "none".
 */
#ifndef GM_CGROUP_H
#define GM_CGROUP_H

#include <stdint.h>

/* CPUs' worth of time per second; 0 is no limit. */
double cgroup_cpu_limit(void);

/* Bytes; UINT64_MAX is no limit. */
uint64_t cgroup_memory_limit(void);

/* Bytes still free below the memory limit, page cache counted as free, tmpfs not; UINT64_MAX is no
 * limit. */
uint64_t cgroup_memory_free(void);

/* Processes and threads still free below pids.max; UINT64_MAX is no limit. */
uint64_t cgroup_pids_free(void);

#endif
