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

bool faults_verify(const struct faults *faults, char *why, size_t why_bytes)
{
    uint64_t few = 8 + faults->expected / 64;
    bool enough = faults->counted >= faults->expected;
    if (faults->counted == 0 || (enough && faults->counted - faults->expected <= few) ||
        (enough && faults_of_others()))
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
