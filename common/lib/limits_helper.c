/* Prints the limits that cgroup.h finds: `cpus memory memory-free pids-free`, "none" for no limit.
 */
#include "cgroup.h"

#include <stdio.h>

static void print_limit(uint64_t limit)
{
    if (limit == UINT64_MAX)
        printf(" none");
    else
        printf(" %llu", (unsigned long long)limit);
}

int main(void)
{
    printf("%g", cgroup_cpu_limit());
    print_limit(cgroup_memory_limit());
    print_limit(cgroup_memory_free());
    print_limit(cgroup_pids_free());
    printf("\n");
    return 0;
}
