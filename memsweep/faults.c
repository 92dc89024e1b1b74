#include "faults.h"

#include "files.h"

#include <inttypes.h>

void faults_add(struct faults *faults, const struct mem *mem, long counted)
{
    const size_t huge_page = 2 << 20;
    size_t huge = mem_huge_bytes(mem);
    faults->expected += huge / huge_page + (mem->bytes - huge) / mem_page_bytes();
    faults->counted += (uint64_t)counted;
}

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

bool faults_of_others(void)
{
    uint64_t on;
#ifdef __SANITIZE_ADDRESS__
    return true;
#endif
    return file_read_u64("/proc/sys/kernel/numa_balancing", &on) && on != 0;
}

/* What takes a page's mapping away while it is used, so far; 0 where the kernel does not say. */
static uint64_t moved_pages(void)
{
    static const char *const counters[] = {"pgmigrate_success", "pgsteal_kswapd", "pgsteal_direct"};
    uint64_t sum = 1, value;
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        if (!file_read_key("/proc/vmstat", counters[i], &value))
            return 0;
        sum += value;
    }
    return sum;
}

struct faults faults_none(void)
{
    return (struct faults){.moved = moved_pages()};
}

/* How many more than expected are nobody's mistake. */
static uint64_t surplus_allowed(const struct faults *faults)
{
    if (faults_of_others())
        return UINT64_MAX;
    bool still = faults->moved > 0 && faults->moved == moved_pages();
    return still ? 0 : 8 + faults->expected / 64;
}

bool faults_verify(const struct faults *faults, char *why, size_t why_bytes)
{
    if (faults->counted == 0 || faults->counted == faults->expected)
        return true;
    if (faults->counted > faults->expected &&
        faults->counted - faults->expected <= surplus_allowed(faults))
        return true;
    snprintf(why, why_bytes, "%" PRIu64 " minor faults were counted, must be %" PRIu64,
             faults->counted, faults->expected);
    return false;
}

void faults_fact(const struct faults *faults, const char *what, struct report *report)
{
    char key[64];
    snprintf(key, sizeof key, "faults.%s", what);
    if (faults->counted == 0)
        report_fact(report, key, "not counted by this kernel, %" PRIu64 " expected",
                    faults->expected);
    else
        report_fact(report, key, "%" PRIu64 " counted, %" PRIu64 " expected", faults->counted,
                    faults->expected);
}
