#include "space.h"

#include "err.h"
#include "files.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

uint64_t space_fitting(uint64_t wanted, int count)
{
    uint64_t budget = mem_available() / 2 / (uint64_t)count;
    while (wanted > budget && wanted > mem_page_bytes())
        wanted /= 2;
    return wanted;
}

static _Noreturn void refuse_pages(enum mem_pages pages, const char *what, int error)
{
    uint64_t free_pages = 0;
    file_read_key("/proc/meminfo", "HugePages_Free", &free_pages);
    if (pages == PAGES_HUGETLB)
        die(STATUS_UNAVAILABLE,
            "%s: --pages hugetlb: %s, %" PRIu64 " huge pages are free; "
            "raise /proc/sys/vm/nr_hugepages",
            what, strerror(error), free_pages);
    die(STATUS_UNAVAILABLE, "%s: --pages thp: %s; this kernel has no transparent huge pages", what,
        strerror(error));
}

void space_map(struct mem *mem, uint64_t bytes, enum mem_pages pages, const char *what)
{
    const uint64_t entries_per_table = 512, reserve = 1 << 20;
    /* The pool of hugetlb pages is not part of what is counted as available. */
    if (pages != PAGES_HUGETLB)
        mem_require(bytes + bytes / entries_per_table + reserve, what);
    int error = bytes > SIZE_MAX / 2 ? ENOMEM : mem_map(mem, (size_t)bytes, pages);
    if (error && (pages == PAGES_HUGETLB || (pages == PAGES_THP && error == EINVAL)))
        refuse_pages(pages, what, error);
    if (error)
        die(STATUS_SYSTEM,
            "%s: mapping %" PRIu64 " MiB: %s; see ulimit -v and vm.overcommit_memory, or choose a "
            "smaller size",
            what, bytes >> 20, strerror(error));
    madvise(mem->mapping, mem->mapping_bytes, MADV_DONTFORK);
}

void space_share(const struct mem *mem)
{
    madvise(mem->mapping, mem->mapping_bytes, MADV_DOFORK);
}

void space_check(const struct mem *mem, enum mem_pages pages, const char *what,
                 struct report *report)
{
    char key[64], policy[128];
    uint64_t tables_kib = 0;
    size_t huge = mem_huge_bytes(mem);

    if (pages == PAGES_4K && huge > 0)
        die(STATUS_UNAVAILABLE, "%s: --pages 4k: %zu KiB are in huge pages nevertheless", what,
            huge >> 10);
    if (pages == PAGES_THP && huge < mem->bytes) {
        if (!file_read_line("/sys/kernel/mm/transparent_hugepage/enabled", policy, sizeof policy))
            strcpy(policy, "missing");
        die(STATUS_UNAVAILABLE,
            "%s: --pages thp: only %zu of %zu KiB are in huge pages; transparent_hugepage/enabled "
            "is %s",
            what, huge >> 10, mem->bytes >> 10, policy);
    }
    file_read_key("/proc/self/status", "VmPTE", &tables_kib);
    snprintf(key, sizeof key, "pages.%s", what);
    report_fact(report, key, "%s asked, %zu of %zu KiB huge, page tables %" PRIu64 " KiB",
                mem_pages_names[pages], huge >> 10, mem->bytes >> 10, tables_kib);
}
