/*
 * Minor faults: those that were expected must have been counted, and hardly any more.
 */
#ifndef GM_MEMSWEEP_FAULTS_H
#define GM_MEMSWEEP_FAULTS_H

#include "mem.h"
#include "report.h"

#include <stdbool.h>

struct faults {
    uint64_t expected, counted;
};

/*
 * Adds `counted` faults, and as expected ones those of touching all of `mem`: one per base page, or
 * one per 2 MiB where smaps shows that huge pages were got.
 */
void faults_add(struct faults *faults, const struct mem *mem, long counted);

/*
 * Whether both agree. A kernel that moves pages while they are used (compaction, reclaim) makes a
 * few more: eight, and one in 64, are let pass, any number where there are faults of others. None
 * at all means a kernel that does not count, which the fact says.
 */
bool faults_verify(const struct faults *faults, char *why, size_t why_bytes);

/* NUMA balancing unmaps pages to see who uses them; a sanitizer's own memory is shared by fork. */
bool faults_of_others(void);

/* Sets the fact `faults.WHAT`. */
void faults_fact(const struct faults *faults, const char *what, struct report *report);

#endif
