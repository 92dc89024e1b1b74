/*
 * Minor faults: as many as the kernel counted must have been expected.
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
 * Whether both agree. More than expected is accepted only where NUMA balancing or a sanitizer makes
 * faults of its own; none at all means a kernel that does not count, which the fact says.
 */
bool faults_verify(const struct faults *faults, char *why, size_t why_bytes);

/* Sets the fact `faults.WHAT`. */
void faults_fact(const struct faults *faults, const char *what, struct report *report);

#endif
