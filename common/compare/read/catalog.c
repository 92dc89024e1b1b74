#include "catalog.h"

#include "words.h"

#include <string.h>

/* The order is the tables' order. A new primary metric is a new row. */
static const struct known_metric metrics[] = {
    {"linpack", "lu", "flop/s", BETTER_HIGHER, true, "floating point", NULL, 1},
    {"memsweep", "sweep", "s/access", BETTER_LOWER, true, "memory, page by page", NULL, 1},
    {"memsweep", "copy", "B/s", BETTER_HIGHER, true, "memory bandwidth", NULL, 1},
    {"memsweep", "scale", "B/s", BETTER_HIGHER, false, "memory bandwidth", NULL, 1},
    {"memsweep", "add", "B/s", BETTER_HIGHER, false, "memory bandwidth", NULL, 1},
    {"memsweep", "triad", "B/s", BETTER_HIGHER, false, "memory bandwidth", NULL, 1},
    {"memsweep", "latency", "s", BETTER_LOWER, false, "memory latency", NULL, 1},
    {"memsweep", "fault", "s/page", BETTER_LOWER, false, "first touch of a page", NULL, 1},
    {"memsweep", "gups", "1/s", BETTER_HIGHER, false, "random memory updates", NULL, 1},
    {"forksum", "sum", "s", BETTER_LOWER, true, "processes", NULL, 1},
    {"forksum", "sum[vfork]", "s", BETTER_LOWER, true, "processes by vfork", NULL, 1},
    {"forksum", "sum[spawn]", "s", BETTER_LOWER, true, "processes by posix_spawn", NULL, 1},
    {"forksum", "sum[clone]", "s", BETTER_LOWER, true, "processes by clone", NULL, 1},
    {"forksum", "sum[thread]", "s", BETTER_LOWER, true, "threads", NULL, 1},
    {"forksum", "process", "s", BETTER_LOWER, false, "one process", NULL, 1},
    {"diskrand", "iops", "1/s", BETTER_HIGHER, true, "random disk writes", NULL, 1},
    {"diskrand", "bandwidth", "B/s", BETTER_HIGHER, false, "disk bandwidth", NULL, 1},
    {"nginxload", "download", "s", BETTER_LOWER, true, "network, one big file", NULL, 1},
    {"nginxload", "requests", "1/s", BETTER_HIGHER, true, "network, small files", NULL, 1},
    {"nginxload", "throughput", "B/s", BETTER_HIGHER, false, "network bandwidth", NULL, 1},
    {"cmd", "time", "s", BETTER_LOWER, true, "your own program", NULL, 1},
    {"cmd", "value", "1", BETTER_HIGHER, true, "your own program", NULL, 1},
    {"platform", "startup", "s", BETTER_LOWER, true, "starting it", NULL, 1},
    /* What courses call their files by. */
    {"cpu", "kflops", "flop/s", BETTER_HIGHER, true, "floating point", "KFLOPS", 1e3},
    {"mem", "time", "s", BETTER_LOWER, true, "memory", NULL, 1},
    {"disk", "iops", "1/s", BETTER_HIGHER, true, "disk", "IOPS", 1},
    {"disk-random", "iops", "1/s", BETTER_HIGHER, true, "random disk accesses", "IOPS", 1},
    {"fork", "time", "s", BETTER_LOWER, true, "processes", NULL, 1},
    {"nginx", "time", "s", BETTER_LOWER, true, "network", NULL, 1},
};

/* The columns of courses' files with one per benchmark. */
static const struct known_metric columns[] = {
    {"cpu", "events", "1/s", BETTER_HIGHER, true, "integer arithmetic", "events/s", 1},
    {"mem", "bandwidth", "B/s", BETTER_HIGHER, true, "memory bandwidth", "MiB/s", 0x1p20},
    {"diskRand", "bandwidth", "B/s", BETTER_HIGHER, true, "random disk accesses", "MiB/s", 0x1p20},
    {"diskSeq", "bandwidth", "B/s", BETTER_HIGHER, true, "disk in sequence", "MiB/s", 0x1p20},
    {"fork", "rate", "1/s", BETTER_HIGHER, true, "processes", "forks/s", 1},
    {"uplink", "bandwidth", "bit/s", BETTER_HIGHER, true, "network", "Mbit/s", 1e6},
};

enum { MAX_ADDED = 64 };
static struct known_metric added[MAX_ADDED];
static size_t added_count;

/* Whether a benchmark, as NAME or NAME:OPTION=VALUE,..., is the one of this name. */
static bool is_named(const char *benchmark, const char *name)
{
    size_t length = strlen(name);
    return strncmp(benchmark, name, length) == 0 &&
           (benchmark[length] == '\0' || benchmark[length] == ':');
}

static const struct known_metric *find_in(const struct known_metric *list, size_t count,
                                          const char *benchmark, const char *metric)
{
    for (size_t i = 0; i < count; i++) {
        if (is_named(benchmark, list[i].benchmark) &&
            (!metric || strcmp(list[i].metric, metric) == 0))
            return &list[i];
    }
    return NULL;
}

enum { METRICS = sizeof metrics / sizeof metrics[0], COLUMNS = sizeof columns / sizeof columns[0] };

const struct known_metric *catalog_find(const char *benchmark, const char *metric)
{
    const struct known_metric *known = find_in(added, added_count, benchmark, metric);
    if (!known)
        known = find_in(metrics, METRICS, benchmark, metric);
    return known ? known : find_in(columns, COLUMNS, benchmark, metric);
}

bool catalog_primary(const char *benchmark, const char *metric)
{
    const struct known_metric *known = catalog_find(benchmark, metric);
    const char *options = strchr(benchmark, ':');
    size_t length = strlen(metric);
    for (const char *at = options; at && (at = strstr(at, metric)); at++) {
        if (strchr(":,=+", at[-1]) && strchr(",=+", at[length])) /* its '\0' counts, too */
            return true;
    }
    return known && known->primary;
}

const struct known_metric *catalog_find_column(const char *name)
{
    const struct known_metric *known = find_in(added, added_count, name, NULL);
    if (!known)
        known = find_in(columns, COLUMNS, name, NULL);
    return known ? known : catalog_find(name, NULL);
}

size_t catalog_rank(const char *benchmark, const char *metric)
{
    /* Unknown metrics of a known benchmark follow the benchmark's known ones. */
    size_t last = METRICS + COLUMNS + MAX_ADDED;
    for (size_t i = 0; i < METRICS + COLUMNS + added_count; i++) {
        const struct known_metric *known = i < METRICS             ? &metrics[i]
                                           : i < METRICS + COLUMNS ? &columns[i - METRICS]
                                                                   : &added[i - METRICS - COLUMNS];
        if (!is_named(benchmark, known->benchmark))
            continue;
        if (strcmp(known->metric, metric) == 0)
            return 2 * i;
        last = i;
    }
    return 2 * last + 1;
}

static bool add_item(char *item)
{
    char *dot = strchr(item, '.'), *equals = dot ? strchr(dot, '=') : NULL;
    char *colon = equals ? strchr(equals, ':') : NULL;
    if (!colon || dot == item || equals == dot + 1 || colon == equals + 1 ||
        added_count == MAX_ADDED)
        return false;
    bool higher = strcmp(colon + 1, "higher") == 0;
    if (!higher && strcmp(colon + 1, "lower") != 0)
        return false;
    *dot = *equals = *colon = '\0';
    if (words_fault(item, NAME_MOST) || words_fault(dot + 1, NAME_MOST) ||
        words_fault(equals + 1, UNIT_MOST))
        return false;
    added[added_count++] = (struct known_metric){
        .benchmark = item,
        .metric = dot + 1,
        .unit = equals + 1,
        .better = higher ? BETTER_HIGHER : BETTER_LOWER,
        .primary = true,
        .resource = item,
        .factor = 1,
    };
    return true;
}

const char *catalog_add(char *list)
{
    while (list) {
        char *next = strchr(list, ',');
        if (next)
            *next++ = '\0';
        if (!add_item(list))
            return list;
        list = next;
    }
    return NULL;
}

const char *const kind_names[] = {"native", "container", "KVM", "emulation", "other"};

enum kind platform_kind(const char *platform)
{
    static const struct {
        const char *name;
        enum kind kind;
    } kinds[] = {
        {"native", KIND_NATIVE},       {"native2", KIND_NATIVE}, {"docker", KIND_CONTAINER},
        {"podman", KIND_CONTAINER},    {"kvm", KIND_KVM},        {"apptainer", KIND_CONTAINER},
        {"container", KIND_CONTAINER}, {"qemu", KIND_EMULATED},  {"tcg", KIND_EMULATED},
        {"gvisor", KIND_OTHER},
    };
    size_t length = strcspn(platform, ":");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, platform, length) == 0)
            return kinds[i].kind;
    }
    return KIND_OTHER;
}

bool platform_is_twin(const char *platform)
{
    return strcmp(platform, "native2") == 0;
}
