#include "usage.h"

#include "clock.h"
#include "files.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static double timeval_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

/* Steal is the eighth counter of /proc/stat's first line, in clock ticks. */
static double steal_seconds(void)
{
    char line[512];
    unsigned long long steal;
    if (!file_read_line("/proc/stat", line, sizeof line) ||
        sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
        return -1;
    return (double)steal / (double)sysconf(_SC_CLK_TCK);
}

/* What the kernel has counted for this process: two system calls, no memory. */
static struct usage_snapshot counters(void)
{
    struct usage_snapshot now = {0};
    static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    for (int i = 0; i < 2; i++) {
        struct rusage usage;
        if (getrusage(who[i], &usage) != 0)
            continue;
        now.user_s += timeval_seconds(usage.ru_utime);
        now.system_s += timeval_seconds(usage.ru_stime);
        now.minor_faults += usage.ru_minflt;
        now.major_faults += usage.ru_majflt;
        now.switches += usage.ru_nvcsw;
        now.preemptions += usage.ru_nivcsw;
    }
    now.wall_s = (double)clock_ns() * 1e-9;
    return now;
}

/* Reading /proc/stat takes time and, at times, faults: so first here and last below. */
void usage_start(struct usage *usage)
{
    double steal_s = steal_seconds();
    usage->start = counters();
    usage->start.steal_s = steal_s;
}

void usage_stop(struct usage *usage)
{
    struct usage_snapshot now = counters();
    now.steal_s = steal_seconds();
    usage->wall_s += now.wall_s - usage->start.wall_s;
    usage->user_s += now.user_s - usage->start.user_s;
    usage->system_s += now.system_s - usage->start.system_s;
    usage->steal_s = now.steal_s < 0 ? -1 : usage->steal_s + now.steal_s - usage->start.steal_s;
    usage->minor_faults += now.minor_faults - usage->start.minor_faults;
    usage->major_faults += now.major_faults - usage->start.major_faults;
    usage->switches += now.switches - usage->start.switches;
    usage->preemptions += now.preemptions - usage->start.preemptions;
}

void usage_facts(const struct usage *usage, struct report *report)
{
    report_fact(report, "timed.wall", "%.6g s", usage->wall_s);
    report_fact(report, "timed.user", "%.6g s", usage->user_s);
    report_fact(report, "timed.system", "%.6g s", usage->system_s);
    if (usage->steal_s >= 0)
        report_fact(report, "timed.steal", "%.6g s", usage->steal_s);
    else
        report_fact(report, "timed.steal", "unknown");
    report_fact(report, "timed.faults", "%ld minor, %ld major", usage->minor_faults,
                usage->major_faults);
    report_fact(report, "timed.switches", "%ld voluntary, %ld involuntary", usage->switches,
                usage->preemptions);
}
