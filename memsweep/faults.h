/*
 * Minor faults: those that were expected must have been counted, and no more.
 */
#ifndef GM_MEMSWEEP_FAULTS_H
#define GM_MEMSWEEP_FAULTS_H

#include "mem.h"
#include "report.h"

#include <stdbool.h>

struct faults {
    uint64_t expected, counted;
    uint64_t moved; /* pages that the kernel had moved or taken before */
};

/* None so far. */
struct faults faults_none(void);

/*
 * Adds `counted` faults, and as expected ones those of touching all of `mem`: one per base page, or
 * one per 2 MiB where smaps shows that huge pages were got.
 */
void faults_add(struct faults *faults, const struct mem *mem, long counted);

/*
 * Whether both agree. Where the kernel has moved or taken pages of this machine meanwhile
 * (compaction, reclaim), or does not say, eight and one in 64 more are let pass; any number where
 * there are faults of others. None at all means a kernel that does not count, which the fact says.
 */
bool faults_verify(const struct faults *faults, char *why, size_t why_bytes);

/* NUMA balancing unmaps pages to see who uses them; a sanitizer's own memory is shared by fork. */
bool faults_of_others(void);

/* Sets the fact `faults.WHAT`. */
void faults_fact(const struct faults *faults, const char *what, struct report *report);

#endif
