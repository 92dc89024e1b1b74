#include "mem.h"

#include "cgroup.h"
#include "err.h"
#include "files.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

const char *const mem_pages_names[] = {"default", "4k", "thp", "hugetlb", NULL};

enum { huge_page = 2 << 20 };

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

size_t mem_page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

int mem_map(struct mem *mem, size_t bytes, enum mem_pages pages)
{
    size_t align = pages == PAGES_THP || pages == PAGES_HUGETLB ? huge_page : mem_page_bytes();
    size_t slack = pages == PAGES_THP ? huge_page : 0;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (pages == PAGES_HUGETLB ? MAP_HUGETLB : 0);

    memset(mem, 0, sizeof *mem);
    if (bytes == 0 || bytes > SIZE_MAX / 2)
        return EINVAL;
    size_t mapping_bytes = round_up(bytes, align) + slack;
    void *mapping = mmap(NULL, mapping_bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapping == MAP_FAILED)
        return errno;
    *mem = (struct mem){.data = (void *)round_up((uintptr_t)mapping, align),
                        .bytes = bytes,
                        .mapping = mapping,
                        .mapping_bytes = mapping_bytes};
    if ((pages == PAGES_THP && madvise(mapping, mapping_bytes, MADV_HUGEPAGE) != 0) ||
        (pages == PAGES_4K && madvise(mapping, mapping_bytes, MADV_NOHUGEPAGE) != 0)) {
        /* A kernel built without huge pages says EINVAL: then base pages are what there is. */
        int error = errno;
        if (pages == PAGES_THP || error != EINVAL) {
            mem_unmap(mem);
            return error;
        }
    }
    return 0;
}

int mem_map_touched(struct mem *mem, size_t bytes, enum mem_pages pages)
{
    int error = mem_map(mem, bytes, pages);
    if (error)
        return error;
    volatile char *data = mem->data;
    for (size_t offset = 0; offset < bytes; offset += mem_page_bytes())
        data[offset] = 0;
    return 0;
}

int mem_map_guarded(struct mem *mem, size_t bytes)
{
    size_t page = mem_page_bytes();
    size_t usable = round_up(bytes ? bytes : 1, page);

    memset(mem, 0, sizeof *mem);
    char *mapping = mmap(NULL, usable + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED)
        return errno;
    *mem = (struct mem){.data = mapping + usable - bytes,
                        .bytes = bytes,
                        .mapping = mapping,
                        .mapping_bytes = usable + page};
    if (mprotect(mapping, usable, PROT_READ | PROT_WRITE) != 0) {
        int error = errno;
        mem_unmap(mem);
        return error;
    }
    return 0;
}

void mem_unmap(struct mem *mem)
{
    if (mem->mapping)
        munmap(mem->mapping, mem->mapping_bytes);
    memset(mem, 0, sizeof *mem);
}

void mem_drop(const struct mem *mem)
{
    madvise(mem->mapping, mem->mapping_bytes, MADV_DONTNEED);
}

/* smaps repeats a header line `from-to ...` and then the counters of that range. */
size_t mem_huge_bytes(const struct mem *mem)
{
    uintptr_t start = (uintptr_t)mem->mapping, end = start + mem->mapping_bytes;
    char line[512];
    bool inside = false;
    size_t huge_kib = 0;
    FILE *smaps = fopen("/proc/self/smaps", "re");
    while (smaps && fgets(line, sizeof line, smaps)) {
        uintptr_t from, to;
        size_t kib;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
            inside = from < end && to > start;
        else if (inside && (sscanf(line, "AnonHugePages: %zu", &kib) == 1 ||
                            sscanf(line, "Private_Hugetlb: %zu", &kib) == 1))
            huge_kib += kib;
    }
    if (smaps)
        fclose(smaps);
    return huge_kib * 1024;
}

static uint64_t machine_available(void)
{
    uint64_t kib;
    if (file_read_key("/proc/meminfo", "MemAvailable", &kib) ||
        file_read_key("/proc/meminfo", "MemFree", &kib))
        return kib * 1024;
    return UINT64_MAX;
}

uint64_t mem_available(void)
{
    uint64_t machine = machine_available(), limit = cgroup_memory_free();
    return limit < machine ? limit : machine;
}

void mem_require(uint64_t bytes, const char *what)
{
    uint64_t machine = machine_available(), limit = cgroup_memory_free();
    uint64_t available = limit < machine ? limit : machine;
    if (bytes > available)
        die(STATUS_SYSTEM, "%s: needs %" PRIu64 " MiB, but %s leaves %" PRIu64 " MiB", what,
            (bytes >> 20) + 1,
            limit < machine ? "the cgroup's memory limit" : "this machine's memory",
            available >> 20);
}

/* Only what may be called in a signal handler. */
static void on_bus(int number, siginfo_t *info, void *context)
{
    static const char granted[] = ": a page of memory that was granted cannot be had: a limit on "
                                  "huge pages (hugetlb of the control group), or none left\n";
    static const char broken[] = ": the hardware reports an error in this memory\n";
    const char *what = info->si_code == BUS_MCEERR_AR ? broken : granted;
    struct iovec line[] = {{(void *)(uintptr_t)err_tool, strlen(err_tool)},
                           {(void *)(uintptr_t)what, strlen(what)}};
    (void)number;
    (void)context;
    ssize_t written = writev(STDERR_FILENO, line, 2);
    (void)written; /* there is nobody left to tell */
    _exit(STATUS_SYSTEM);
}

void mem_catch_bus(void)
{
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO}, NULL);
}
