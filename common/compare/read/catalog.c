#include "catalog.h"

#include "parse.h"

#include <string.h>

enum { MAX_ADDED = 64 };

/* The order is the tables' order. A new primary metric is a new row. */
static struct known_metric metrics[32 + MAX_ADDED] = {
    {"linpack", "lu", "flop/s", BETTER_HIGHER, true, "floating point"},
    {"memsweep", "sweep", "s/access", BETTER_LOWER, true, "memory, page by page"},
    {"memsweep", "copy", "B/s", BETTER_HIGHER, true, "memory bandwidth"},
    {"memsweep", "scale", "B/s", BETTER_HIGHER, false, "memory bandwidth"},
    {"memsweep", "add", "B/s", BETTER_HIGHER, false, "memory bandwidth"},
    {"memsweep", "triad", "B/s", BETTER_HIGHER, false, "memory bandwidth"},
    {"memsweep", "latency", "s", BETTER_LOWER, false, "memory latency"},
    {"memsweep", "fault", "s/page", BETTER_LOWER, false, "first touch of a page"},
    {"memsweep", "gups", "1/s", BETTER_HIGHER, false, "random memory updates"},
    {"forksum", "sum", "s", BETTER_LOWER, true, "processes"},
    {"forksum", "sum[vfork]", "s", BETTER_LOWER, true, "processes by vfork"},
    {"forksum", "sum[spawn]", "s", BETTER_LOWER, true, "processes by posix_spawn"},
    {"forksum", "sum[clone]", "s", BETTER_LOWER, true, "processes by clone"},
    {"forksum", "sum[thread]", "s", BETTER_LOWER, true, "threads"},
    {"forksum", "process", "s", BETTER_LOWER, false, "one process"},
    {"diskrand", "iops", "1/s", BETTER_HIGHER, true, "random disk writes"},
    {"diskrand", "bandwidth", "B/s", BETTER_HIGHER, false, "disk bandwidth"},
    {"nginxload", "download", "s", BETTER_LOWER, true, "network, one big file"},
    {"nginxload", "requests", "1/s", BETTER_HIGHER, true, "network, small files"},
    {"nginxload", "throughput", "B/s", BETTER_HIGHER, false, "network bandwidth"},
    {"platform", "startup", "s", BETTER_LOWER, true, "starting it"},
};
static size_t metric_count = 21;

const struct known_metric *catalog_find(const char *benchmark, const char *metric)
{
    for (size_t i = 0; i < metric_count; i++) {
        if (strcmp(metrics[i].benchmark, benchmark) == 0 &&
            (!metric || strcmp(metrics[i].metric, metric) == 0))
            return &metrics[i];
    }
    return NULL;
}

size_t catalog_rank(const char *benchmark, const char *metric)
{
    const struct known_metric *known = catalog_find(benchmark, metric);
    if (!known)
        known = catalog_find(benchmark, NULL);
    if (!known)
        return 2 * metric_count;
    /* Unknown metrics of a known benchmark follow the benchmark's known ones. */
    size_t rank = (size_t)(known - metrics);
    if (strcmp(known->metric, metric) == 0)
        return 2 * rank;
    while (rank + 1 < metric_count && strcmp(metrics[rank + 1].benchmark, benchmark) == 0)
        rank++;
    return 2 * rank + 1;
}

static bool add_item(char *item)
{
    char *dot = strchr(item, '.'), *equals = dot ? strchr(dot, '=') : NULL;
    char *colon = equals ? strchr(equals, ':') : NULL;
    if (!colon || dot == item || equals == dot + 1 || colon == equals + 1 ||
        metric_count == sizeof metrics / sizeof metrics[0])
        return false;
    bool higher = strcmp(colon + 1, "higher") == 0;
    if (!higher && strcmp(colon + 1, "lower") != 0)
        return false;
    *dot = *equals = *colon = '\0';
    metrics[metric_count++] = (struct known_metric){
        item, dot + 1, equals + 1, higher ? BETTER_HIGHER : BETTER_LOWER, true, item};
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
