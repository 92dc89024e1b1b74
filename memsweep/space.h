/*
 * Memory for the kernels: asked for only after the limits have been looked at, and checked to be
 * of the pages that --pages asks for.
 */
#ifndef GM_MEMSWEEP_SPACE_H
#define GM_MEMSWEEP_SPACE_H

#include "mem.h"
#include "report.h"

/*
 * The largest size up to `wanted` bytes, halved as often as needed, of which `count` fit into half
 * of what this machine and the control group still have.
 */
uint64_t space_fitting(uint64_t wanted, int count);

/*
 * Maps `bytes` bytes for `what` without touching them. Ends the process, saying why and what to do,
 * with status 1 when the limits do not allow it and with 77 when these pages cannot be had.
 */
void space_map(struct mem *mem, uint64_t bytes, enum mem_pages pages, const char *what);

/*
 * A forked child does not get what space_map() maps, for then every page of it would have to be
 * made writable again by a fault, in some other metric's timed region. This much it does get.
 */
void space_share(const struct mem *mem);

/*
 * For memory that has been touched: ends the process with status 77 unless it is of the pages asked
 * for, and sets the fact `pages.WHAT` to what it is of.
 */
void space_check(const struct mem *mem, enum mem_pages pages, const char *what,
                 struct report *report);

#endif
