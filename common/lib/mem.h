/*
 * Memory for benchmarks: mapped fresh, touched before it is timed, never from malloc.
 */
#ifndef GM_MEM_H
#define GM_MEM_H

#include <stddef.h>
#include <stdint.h>

enum mem_pages {
    PAGES_DEFAULT, /* as the system's policy has it */
    PAGES_4K,      /* base pages: huge ones refused by madvise */
    PAGES_THP,     /* transparent huge pages, aligned and asked for by madvise */
    PAGES_HUGETLB  /* from the reserved pool */
};
extern const char *const mem_pages_names[]; /* ends with NULL, to be an option's choices */

struct mem {
    void *data; /* page-aligned; 2 MiB-aligned for THP and hugetlb */
    size_t bytes;
    void *mapping; /* what mem_unmap() gives back */
    size_t mapping_bytes;
};

/* Maps `bytes` zeroed bytes without touching them. 0 or an errno (ENOMEM, EINVAL, ...). */
int mem_map(struct mem *mem, size_t bytes, enum mem_pages pages);

/* Maps and touches every page, so that no timed region takes a first-touch fault. */
int mem_map_touched(struct mem *mem, size_t bytes, enum mem_pages pages);

/* Maps `bytes` bytes that end exactly at an inaccessible page: overruns crash. For tests. */
int mem_map_guarded(struct mem *mem, size_t bytes);

/* Safe on a zeroed struct; leaves it zeroed. */
void mem_unmap(struct mem *mem);

/*
 * Gives the pages back and keeps the mapping: what is in it is zero again, in pages that are taken
 * anew. Hugetlb pages stay where the kernel cannot do that (before 5.18).
 */
void mem_drop(const struct mem *mem);

/* Bytes of the mapping that huge pages hold, from smaps; 0 where smaps cannot tell. */
size_t mem_huge_bytes(const struct mem *mem);

/* What may still be used: the least of MemAvailable and the cgroup's memory limit. */
uint64_t mem_available(void);

/*
 * Ends the process (status 1, one line) when `bytes` for `what` is more than mem_available():
 * better than being killed by the memory controller in the middle.
 */
void mem_require(uint64_t bytes, const char *what);

size_t mem_page_bytes(void);

/*
 * From now on a page that was granted and cannot be had (SIGBUS: a hugetlb limit of the control
 * group, or a memory error) ends the program with status 1 and one line.
 */
void mem_catch_bus(void);

#endif
