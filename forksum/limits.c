#include "limits.h"

#include "cgroup.h"
#include "err.h"
#include "files.h"
#include "mem.h"
#include "method.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Kernel memory and touched pages of one child: 79 KiB seen on Linux 6.18, x86-64, over 32,000
 * living ones; rounded up. Page tables: 8 bytes for each page of 4 KiB.
 */
enum { PROCESS_BYTES = 96 << 10, BYTES_PER_TABLE_BYTE = 512 };

/* A limit: how many more there may be, and its name. */
struct limit {
    double free;
    const char *name;
};

double demand_at_once(const struct demand *demand)
{
    u128 count = demand->range.last - demand->range.first + 1;
    struct shape shape = range_shape(count, demand->tree->leaf);
    double nodes = demand->tree->order == ORDER_PATH ? shape.depth : shape.processes;
    double workers = demand->parallel > 1 ? 2.0 * demand->parallel : 1; /* each with a child */
    return fmax(nodes, workers);
}

static void tighten(struct limit *limit, double left, const char *name)
{
    if (left < limit->free)
        *limit = (struct limit){left, name};
}

/* Tasks that exist now: /proc/loadavg has `running/all` in its fourth field. */
static double tasks_now(void)
{
    char line[128];
    unsigned long all;
    if (!file_read_line("/proc/loadavg", line, sizeof line) ||
        sscanf(line, "%*s %*s %*s %*u/%lu", &all) != 1)
        return 0;
    return (double)all;
}

static struct limit process_limit(void)
{
    struct limit limit = {INFINITY, "none"};
    struct rlimit own;
    uint64_t most;
    if (cgroup_pids_free() != UINT64_MAX)
        tighten(&limit, (double)cgroup_pids_free(), "pids.max of the cgroup");
    /* The user's other processes count too, so this is the most there can be. Root is exempt. */
    if (geteuid() != 0 && getrlimit(RLIMIT_NPROC, &own) == 0 && own.rlim_cur != RLIM_INFINITY)
        tighten(&limit, (double)own.rlim_cur - 1, "RLIMIT_NPROC (ulimit -u)");
    if (file_read_u64("/proc/sys/kernel/threads-max", &most))
        tighten(&limit, (double)most - tasks_now(), "kernel.threads-max");
    if (file_read_u64("/proc/sys/kernel/pid_max", &most))
        tighten(&limit, (double)most - tasks_now(), "kernel.pid_max");
    return limit;
}

static struct limit memory_limit(const struct demand *demand)
{
    const struct method *method = &demand->tree->method;
    bool copies = !method->suspends && !method->shares_memory && !method->is_thread;
    double each = PROCESS_BYTES +
                  (copies && !method->execs ? (double)demand->ballast / BYTES_PER_TABLE_BYTE : 0);
    return (struct limit){floor((double)mem_available() / each), "memory"};
}

/* Threads share one table: a pipe's two ends for each, and a few that are open anyway. */
static struct limit file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return (struct limit){INFINITY, "none"};
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    return (struct limit){floor(((double)files.rlim_cur - 8) / 2), "RLIMIT_NOFILE (ulimit -n)"};
}

static struct limit least_limit(const struct demand *demand)
{
    struct limit least = process_limit(), memory = memory_limit(demand), files;
    tighten(&least, memory.free, memory.name);
    if (demand->tree->method.is_thread) {
        files = file_limit();
        tighten(&least, files.free, files.name);
    }
    return least;
}

void limits_require(const struct demand *demand)
{
    struct limit least = least_limit(demand);
    double needed = demand_at_once(demand);
    if (needed <= least.free)
        return;
    struct demand path = *demand;
    struct tree tree = *demand->tree;
    tree.order = ORDER_PATH;
    path.tree = &tree;
    double for_path = demand_at_once(&path);
    if (for_path < needed && for_path <= least.free)
        die(STATUS_SYSTEM,
            "--order tree: up to %.0f processes at once, but %s leaves %.0f; "
            "--order path needs %.0f",
            needed, least.name, least.free, for_path);
    die(STATUS_SYSTEM, "%.0f processes at once, but %s leaves %.0f", needed, least.name,
        fmax(least.free, 0));
}

void limits_facts(const struct demand *demand, struct report *report)
{
    struct limit least = least_limit(demand);
    report_fact(report, "processes.at_once", "%.0f", demand_at_once(demand));
    report_fact(report, "processes.limit", "%.0f, by %s", least.free, least.name);
}
