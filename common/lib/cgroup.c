#include "cgroup.h"

#include "files.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A control group's folder; group_up() walks up until the mount point has been seen. */
struct cgroup {
    char dir[1024];
    size_t mount_length;
    bool v2;
};

/* Whether the comma-separated `list` holds `name`. */
static bool list_has(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *item = list; item; item = strchr(item, ',')) {
        item += *item == ',';
        if (strncmp(item, name, length) == 0 && (item[length] == ',' || item[length] == '\0'))
            return true;
    }
    return false;
}

/* Finds this process's path in the hierarchy that has `controller`; v2 has the empty list. */
static bool find_path(const char *controller, bool v2, char *path, size_t bytes)
{
    char line[1024];
    bool found = false;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        char *list = strchr(line, ':');
        char *rest = list ? strchr(list + 1, ':') : NULL;
        if (!rest)
            continue;
        *rest++ = '\0';
        rest[strcspn(rest, "\n")] = '\0';
        found = v2 ? list[1] == '\0' : list_has(list + 1, controller);
        if (found)
            snprintf(path, bytes, "%s", rest);
    }
    if (file)
        fclose(file);
    return found;
}

/* Finds where that hierarchy is mounted. */
static bool find_mount(const char *controller, bool v2, char *mount, size_t bytes)
{
    char line[1024], point[512], type[64], options[512];
    bool found = false;
    FILE *file = fopen("/proc/self/mounts", "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%*s %511s %63s %511s", point, type, options) != 3)
            continue;
        found = v2 ? strcmp(type, "cgroup2") == 0
                   : strcmp(type, "cgroup") == 0 && list_has(options, controller);
        if (found)
            snprintf(mount, bytes, "%s", point);
    }
    if (file)
        fclose(file);
    return found;
}

static bool group_up(struct cgroup *group);

static bool group_has(const struct cgroup *group, const char *file)
{
    char path[1100];
    snprintf(path, sizeof path, "%s/%s", group->dir, file);
    return access(path, F_OK) == 0;
}

/*
 * Finds the group under `controller`. A v2 group may have no files of the controller, and one above
 * it a limit all the same (CPUQuota= of a user's slice, say): the lowest that has them is taken.
 */
static bool group_find(struct cgroup *group, const char *controller, const char *v2_file)
{
    char mount[512], path[480];
    for (int v2 = 1; v2 >= 0; v2--) {
        group->v2 = v2;
        if (!find_mount(controller, v2, mount, sizeof mount) ||
            !find_path(controller, v2, path, sizeof path))
            continue;
        group->mount_length = strlen(mount);
        snprintf(group->dir, sizeof group->dir, "%s%s", mount, strcmp(path, "/") ? path : "");
        /* Inside a container the path may be the host's, while the mount shows only our own. */
        if (!group_has(group, "cgroup.procs"))
            group->dir[group->mount_length] = '\0';
        if (!v2)
            return true;
        do {
            if (group_has(group, v2_file))
                return true;
        } while (group_up(group));
    }
    return false;
}

/* Goes one group up; false when the mount point has been done. */
static bool group_up(struct cgroup *group)
{
    if (strlen(group->dir) <= group->mount_length)
        return false;
    *strrchr(group->dir, '/') = '\0';
    return strlen(group->dir) >= group->mount_length;
}

static const char *group_file(const struct cgroup *group, const char *v2_name, const char *v1_name)
{
    static char path[1200];
    snprintf(path, sizeof path, "%s/%s", group->dir, group->v2 ? v2_name : v1_name);
    return path;
}

double cgroup_cpu_limit(void)
{
    struct cgroup group;
    double tightest = 0;
    if (!group_find(&group, "cpu", "cpu.max"))
        return 0;
    do {
        char line[64];
        double quota = 0, period = 0;
        if (!file_read_line(group_file(&group, "cpu.max", "cpu.cfs_quota_us"), line, sizeof line))
            continue;
        if (group.v2) {
            if (sscanf(line, "%lf %lf", &quota, &period) != 2)
                continue;
        } else {
            uint64_t period_us;
            if (sscanf(line, "%lf", &quota) != 1 || quota <= 0 ||
                !file_read_u64(group_file(&group, "", "cpu.cfs_period_us"), &period_us))
                continue;
            period = (double)period_us;
        }
        if (period > 0 && (tightest == 0 || quota / period < tightest))
            tightest = quota / period;
    } while (group_up(&group));
    return tightest;
}

/* Version 1 writes "no limit" as the largest multiple of a page. */
static bool read_limit(const struct cgroup *group, const char *v2_name, const char *v1_name,
                       uint64_t *limit)
{
    return file_read_u64(group_file(group, v2_name, v1_name), limit) && *limit < UINT64_MAX / 4;
}

uint64_t cgroup_memory_limit(void)
{
    struct cgroup group;
    uint64_t tightest = UINT64_MAX, limit;
    if (!group_find(&group, "memory", "memory.current"))
        return tightest;
    do {
        if (read_limit(&group, "memory.max", "memory.limit_in_bytes", &limit) && limit < tightest)
            tightest = limit;
    } while (group_up(&group));
    return tightest;
}

/* What the kernel would give back: files on disks, but not tmpfs and shared memory. */
static uint64_t page_cache(const struct cgroup *group)
{
    const char *file = group_file(group, "memory.stat", "memory.stat");
    uint64_t cache, shared;
    if (!file_read_key(file, group->v2 ? "file" : "total_cache", &cache))
        return 0;
    if (!file_read_key(file, group->v2 ? "shmem" : "total_shmem", &shared))
        return cache;
    return cache > shared ? cache - shared : 0;
}

uint64_t cgroup_memory_free(void)
{
    struct cgroup group;
    uint64_t tightest = UINT64_MAX, limit, used;
    if (!group_find(&group, "memory", "memory.current"))
        return tightest;
    do {
        if (!read_limit(&group, "memory.max", "memory.limit_in_bytes", &limit) ||
            !file_read_u64(group_file(&group, "memory.current", "memory.usage_in_bytes"), &used))
            continue;
        uint64_t cache = page_cache(&group);
        used -= cache < used ? cache : used;
        uint64_t left = limit > used ? limit - used : 0;
        if (left < tightest)
            tightest = left;
    } while (group_up(&group));
    return tightest;
}

uint64_t cgroup_pids_free(void)
{
    struct cgroup group;
    uint64_t tightest = UINT64_MAX, limit, used;
    if (!group_find(&group, "pids", "pids.current"))
        return tightest;
    do {
        if (!read_limit(&group, "pids.max", "pids.max", &limit) ||
            !file_read_u64(group_file(&group, "pids.current", "pids.current"), &used))
            continue;
        uint64_t left = limit > used ? limit - used : 0;
        if (left < tightest)
            tightest = left;
    } while (group_up(&group));
    return tightest;
}
