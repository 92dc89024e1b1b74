#include "usage.h"

#include "clock.h"
#include "columns.h"
#include "cpu.h"
#include "files.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static double timeval_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
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
        double user_s = timeval_seconds(usage.ru_utime);
        double system_s = timeval_seconds(usage.ru_stime);
        now.user_s += user_s;
        now.system_s += system_s;
        now.children_s = user_s + system_s; /* which come last */
        now.minor_faults += usage.ru_minflt;
        now.major_faults += usage.ru_majflt;
        now.switches += usage.ru_nvcsw;
        now.preemptions += usage.ru_nivcsw;
    }
    now.wall_s = (double)clock_ns() * 1e-9;
    return now;
}

/* ---- the machine ---- */

/* One line of /proc/stat, in seconds. */
struct cpu_times {
    int cpu; /* < 0: all together */
    double idle_s, steal_s, sum_s;
};

static bool cpu_times_of(const char *line, struct cpu_times *times)
{
    enum { IDLE = 3, IOWAIT = 4, STEAL = 7, FIELDS = 8 };
    double ticks = (double)sysconf(_SC_CLK_TCK), value[FIELDS] = {0};
    char *end;
    if (strncmp(line, "cpu", 3) != 0)
        return false;
    times->cpu = line[3] == ' ' ? -1 : (int)strtol(line + 3, NULL, 10);
    line += strcspn(line, " ");
    times->sum_s = 0;
    for (int i = 0; i < FIELDS; i++, line = end) {
        value[i] = strtod(line, &end) / ticks;
        times->sum_s += value[i];
    }
    times->idle_s = value[IDLE] + value[IOWAIT];
    times->steal_s = value[STEAL];
    return true;
}

/* Idle time is exact where the kernel stops its ticks; the time that a CPU was busy is not. */
static struct usage_machine machine(void)
{
    struct usage_machine now = {.steal_s = -1, .idle_s = -1};
    struct cpu_list allowed;
    struct cpu_times times;
    char line[512];
    double idle_s = 0, stolen_s = 0;

    FILE *file = fopen("/proc/stat", "re");
    cpu_list_allowed(&allowed);
    while (file && fgets(line, sizeof line, file) && cpu_times_of(line, &times)) {
        if (times.cpu < 0 && times.sum_s > 0) /* a sandbox may have zeros here */
            now.steal_s = times.steal_s;
        if (times.cpu >= 0 && cpu_list_has(&allowed, times.cpu)) {
            idle_s += times.idle_s;
            stolen_s += times.steal_s;
            now.cpus++;
        }
    }
    if (file)
        fclose(file);
    if (now.steal_s >= 0 && now.cpus > 0 && (size_t)now.cpus == allowed.count)
        now.idle_s = idle_s;
    now.stolen_s = stolen_s;
    now.wall_s = (double)clock_ns() * 1e-9;
    return now;
}

static struct usage_thread *thread_of(struct usage *usage, long id)
{
    for (int i = 0; i < usage->threads; i++) {
        if (usage->thread[i].id == id)
            return &usage->thread[i];
    }
    return NULL;
}

/* How long a thread has waited for a CPU since it began; < 0 where the kernel does not count that.
 */
static double waited_seconds(long id)
{
    char path[64], line[128];
    double ran_ns, waited_ns;
    snprintf(path, sizeof path, "/proc/self/task/%ld/schedstat", id);
    if (!file_read_line(path, line, sizeof line) ||
        sscanf(line, "%lf %lf", &ran_ns, &waited_ns) != 2 || ran_ns <= 0)
        return -1;
    return waited_ns * 1e-9;
}

/* Adds `share` of what each thread has waited since it was last looked at. */
static void look_at_threads(struct usage *usage, double share)
{
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *entry; tasks && (entry = readdir(tasks));) {
        long id = strtol(entry->d_name, NULL, 10);
        double waited_s = id > 0 ? waited_seconds(id) : -1;
        if (waited_s < 0)
            continue;
        struct usage_thread *thread = thread_of(usage, id);
        if (thread) {
            thread->waited_s += share * (waited_s - thread->seen_s);
            thread->seen_s = waited_s;
        } else if (usage->threads < USAGE_THREADS) {
            usage->thread[usage->threads++] = (struct usage_thread){.id = id, .seen_s = waited_s};
        }
    }
    if (tasks)
        closedir(tasks);
}

/* Reads the files, and shares out what they have counted since they were last read. */
static void look(struct usage *usage)
{
    struct usage_machine now = machine();
    const struct usage_machine *last = &usage->machine;
    double share = usage->looked ? fmin(1, usage->region_s / (now.wall_s - last->wall_s)) : 0;
    if (usage->looked) {
        usage->steal_s += share * (now.steal_s - last->steal_s);
        usage->idle_s += share * (now.idle_s - last->idle_s);
        usage->stolen_s += share * (now.stolen_s - last->stolen_s);
    }
    look_at_threads(usage, share);
    usage->machine = now;
    usage->looked = true;
    usage->region_s = 0;
}

static void look_if_due(struct usage *usage, double now_s)
{
    const double pause_s = 0.02;
    if (!usage->looked || now_s - usage->machine.wall_s >= pause_s)
        look(usage);
}

/* ---- regions ---- */

/* The files are read first here and last below: that takes time and, now and then, faults. */
void usage_start(struct usage *usage)
{
    look_if_due(usage, (double)clock_ns() * 1e-9);
    usage->start = counters();
}

void usage_stop(struct usage *usage, int rep)
{
    struct usage_snapshot now = counters();
    if (column_rep_counts(rep)) {
        double wall_s = now.wall_s - usage->start.wall_s;
        usage->wall_s += wall_s;
        usage->region_s += wall_s;
        usage->user_s += now.user_s - usage->start.user_s;
        usage->system_s += now.system_s - usage->start.system_s;
        usage->children_s += now.children_s - usage->start.children_s;
        usage->minor_faults += now.minor_faults - usage->start.minor_faults;
        usage->major_faults += now.major_faults - usage->start.major_faults;
        usage->switches += now.switches - usage->start.switches;
        usage->preemptions += now.preemptions - usage->start.preemptions;
    }
    look_if_due(usage, now.wall_s);
}

double usage_waited(const struct usage *usage)
{
    double longest_s = 0, own_s = usage->user_s + usage->system_s;
    if (usage->threads == 0 || usage->machine.idle_s < 0)
        return -1;
    for (int i = 0; i < usage->threads; i++)
        longest_s = fmax(longest_s, usage->thread[i].waited_s);
    double used_s = usage->machine.cpus * usage->wall_s - usage->idle_s - usage->stolen_s;
    double others_s = fmax(0, used_s - own_s);
    double waited_s = fmin(longest_s, others_s);
    if (usage->children_s > own_s / 2)
        waited_s = fmax(waited_s, others_s - usage->idle_s);
    return waited_s;
}

/* ---- facts ---- */

static void seconds_fact(struct report *report, const char *key, double seconds)
{
    if (seconds >= 0)
        report_fact(report, key, "%.6g s", seconds);
    else
        report_fact(report, key, "unknown");
}

static void disturbance_notes(const struct usage *usage, struct report *report)
{
    if (usage->machine.steal_s >= 0 && usage->steal_s > 0.01 * usage->wall_s)
        report_note(report,
                    "the hypervisor below took %.2g s of CPU time away while %.2g s were measured: "
                    "other work on the machine",
                    usage->steal_s, usage->wall_s);
    if (usage_waited(usage) > 0.05 * usage->wall_s)
        report_note(
            report,
            "other work had CPUs that were needed here for %.2g s while %.2g s were measured",
            usage_waited(usage), usage->wall_s);
    if (usage->major_faults)
        report_note(report, "%ld pages were read from disk while it was measured",
                    usage->major_faults);
}

void usage_facts(const struct usage *usage, struct report *report)
{
    struct usage all = *usage;
    look(&all);
    report_fact(report, "timed.wall", "%.6g s", all.wall_s);
    report_fact(report, "timed.user", "%.6g s", all.user_s);
    report_fact(report, "timed.system", "%.6g s", all.system_s);
    seconds_fact(report, "timed.steal", all.machine.steal_s < 0 ? -1 : all.steal_s);
    seconds_fact(report, "timed.waited", usage_waited(&all));
    report_fact(report, "timed.faults", "%ld minor, %ld major", all.minor_faults, all.major_faults);
    report_fact(report, "timed.switches", "%ld voluntary, %ld involuntary", all.switches,
                all.preemptions);
    disturbance_notes(&all, report);
}
