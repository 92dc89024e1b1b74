#include "counters.h"

#include "clock.h"
#include "err.h"
#include "files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the account ---- */

static void add_pid(struct account *account, int pid)
{
    account->pids = realloc(account->pids, (account->pid_count + 1) * sizeof *account->pids);
    if (!account->pids)
        die(STATUS_SYSTEM, "out of memory");
    account->pids[account->pid_count++] = pid;
}

void account_read(struct account *account, const char *folder)
{
    char path[4096], line[4096];
    *account = (struct account){0};
    snprintf(path, sizeof path, "%s/account", folder);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        char *value = strchr(line, ' ');
        line[strcspn(line, "\n")] = '\0';
        if (!value || !*++value)
            continue;
        if (strncmp(line, "pid ", 4) == 0)
            add_pid(account, atoi(value));
        else if (strncmp(line, "cgroup ", 7) == 0 && !account->cgroup)
            account->cgroup = strdup(value);
        else if (strncmp(line, "device ", 7) == 0 && !account->device)
            account->device = strdup(value);
    }
    if (file)
        fclose(file);
}

void account_free(struct account *account)
{
    free(account->cgroup);
    free(account->device);
    free(account->pids);
    *account = (struct account){0};
}

/* ---- the host ---- */

static bool counts_steal(const struct cpu_list *cpus, int cpu)
{
    for (size_t i = 0; i < cpus->count; i++) {
        if (cpus->at[i] == cpu)
            return true;
    }
    return false;
}

/* Clock ticks of /proc/stat: of all CPUs together, and the steal of those in use. */
static void read_stat(struct counters *now, const struct cpu_list *cpus)
{
    double tick_s = 1.0 / (double)sysconf(_SC_CLK_TCK);
    char line[512];
    FILE *file = fopen("/proc/stat", "r");
    while (file && fgets(line, sizeof line, file) && strncmp(line, "cpu", 3) == 0) {
        unsigned long long t[8] = {0}; /* user nice system idle iowait irq softirq steal */
        const char *numbers = strchr(line, ' ');
        if (!numbers || sscanf(numbers, "%llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1],
                               &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) < 4)
            continue;
        bool all = line[3] == ' ';
        if (all)
            now->at[COUNTER_BUSY] = (double)(t[0] + t[1] + t[2] + t[5] + t[6]) * tick_s;
        if (all ? cpus->count == 0 : counts_steal(cpus, atoi(line + 3)))
            now->at[COUNTER_STEAL] += (double)t[7] * tick_s;
    }
    if (file)
        fclose(file);
}

/* The microseconds behind "total=" of the first line; 0 where the kernel has no PSI or it is off.
 */
static double psi_seconds(void)
{
    char line[256];
    unsigned long long total = 0;
    if (file_read_line("/proc/pressure/cpu", line, sizeof line)) {
        const char *at = strstr(line, "total=");
        if (at)
            total = strtoull(at + strlen("total="), NULL, 10);
    }
    return (double)total * 1e-6;
}

/* Sectors of 512 bytes: the third and the seventh figure (Documentation/block/stat.rst). */
static void read_device(struct counters *now, const char *device)
{
    char path[300], line[512];
    unsigned long long reads, writes;
    snprintf(path, sizeof path, "/sys/class/block/%.200s/stat", device);
    if (file_read_line(path, line, sizeof line) &&
        sscanf(line, "%*u %*u %llu %*u %*u %*u %llu", &reads, &writes) == 2) {
        now->at[COUNTER_READ] = (double)reads * 512;
        now->at[COUNTER_WRITTEN] = (double)writes * 512;
    }
}

/* ---- the platform ---- */

/* Adds up the schedstat of a process's threads: nanoseconds on a CPU, and waiting for one. */
static void add_threads(int pid, double *ran_ns, double *waited_ns)
{
    char path[64 + 256], line[256];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        unsigned long long ran, waited;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%.200s/schedstat", pid, entry->d_name);
        if (file_read_line(path, line, sizeof line) &&
            sscanf(line, "%llu %llu", &ran, &waited) == 2) {
            *ran_ns += (double)ran;
            *waited_ns += (double)waited;
        }
    }
    if (folder)
        closedir(folder);
}

/* CPU seconds of a control group; < 0 if it does not say. */
static double cgroup_seconds(const char *folder)
{
    char path[4096];
    uint64_t usage;
    snprintf(path, sizeof path, "%s/cpu.stat", folder);
    if (file_read_key(path, "usage_usec", &usage))
        return (double)usage * 1e-6;
    snprintf(path, sizeof path, "%s/cpuacct.usage", folder);
    return file_read_u64(path, &usage) ? (double)usage * 1e-9 : -1;
}

static void add_cgroup_threads(const char *folder, double *ran_ns, double *waited_ns)
{
    char path[4096], line[64];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        add_threads(atoi(line), ran_ns, waited_ns);
    if (file)
        fclose(file);
}

static void read_platform(struct counters *now, const struct account *account)
{
    double ran_ns = 0, waited_ns = 0;
    for (size_t i = 0; i < account->pid_count; i++)
        add_threads(account->pids[i], &ran_ns, &waited_ns);
    if (account->cgroup) {
        double seconds = cgroup_seconds(account->cgroup);
        add_cgroup_threads(account->cgroup, &ran_ns, &waited_ns);
        if (seconds >= 0) /* it counts what has ended, too */
            ran_ns = seconds * 1e9;
    }
    now->at[COUNTER_CPU] = ran_ns * 1e-9;
    now->at[COUNTER_WAITED] = waited_ns * 1e-9;
}

/* ---- together ---- */

struct counters counters_now(const struct account *account, const struct cpu_list *cpus)
{
    struct counters now = {.at = {0}};
    read_stat(&now, cpus);
    now.at[COUNTER_PSI] = psi_seconds();
    if (account->device)
        read_device(&now, account->device);
    read_platform(&now, account);
    now.at[COUNTER_WALL] = (double)clock_ns() * 1e-9;
    return now;
}

void counters_add(struct counters *sum, const struct counters *before, const struct counters *after)
{
    for (int i = 0; i < COUNTERS; i++)
        sum->at[i] += after->at[i] - before->at[i];
}

void counters_print(const struct counters *sum, const struct account *account, FILE *out)
{
    fprintf(out, "bill.wall=%.6f s\n", sum->at[COUNTER_WALL]);
    fprintf(out, "bill.host_cpu=%.2f s\n", sum->at[COUNTER_BUSY]);
    fprintf(out, "host.steal=%.2f s\n", sum->at[COUNTER_STEAL]);
    fprintf(out, "host.psi_cpu=%.6f s\n", sum->at[COUNTER_PSI]);
    if (account->cgroup || account->pid_count) {
        fprintf(out, "bill.platform_cpu=%.6f s\n", sum->at[COUNTER_CPU]);
        fprintf(out, "bill.waited=%.6f s\n", sum->at[COUNTER_WAITED]);
    }
    if (account->device) {
        fprintf(out, "host.disk_read=%.0f B\n", sum->at[COUNTER_READ]);
        fprintf(out, "host.disk_written=%.0f B\n", sum->at[COUNTER_WRITTEN]);
    }
}
