#include "device.h"

#include "files.h"

#include <ctype.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { depth_limit = 8 }; /* of devices below each other */

bool filesystem_is_memory(long type)
{
    enum { tmpfs = 0x01021994 };
    const uint32_t ramfs = 0x858458f6;
    return (uint32_t)type == tmpfs || (uint32_t)type == ramfs;
}

/* ---- mounts ---- */

/* Blanks and backslashes are written as three octal digits (Documentation/filesystems/proc.rst). */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (from[0] == '\\' && isdigit((unsigned char)from[1]) && isdigit((unsigned char)from[2]) &&
            isdigit((unsigned char)from[3])) {
            *to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 3;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* The value of an option in "rw,upperdir=/a,workdir=/b"; cuts `options`. NULL: there is none. */
static char *mount_option(char *options, const char *name)
{
    size_t length = strlen(name);
    for (char *option = strtok(options, ","); option; option = strtok(NULL, ",")) {
        if (strncmp(option, name, length) == 0 && option[length] == '=')
            return option + length + 1;
    }
    return NULL;
}

/* The part behind " - " of the line of /proc/self/mountinfo: type, source, options. */
static void read_source(char *rest, struct mount *mount)
{
    struct stat status;
    char *type = strtok(rest, " "), *source = strtok(NULL, " "), *options = strtok(NULL, " \n");
    if (!type || !source || !options)
        return;
    unescape(source);
    if (source[0] == '/' && stat(source, &status) == 0 && S_ISBLK(status.st_mode))
        mount->device = status.st_rdev;
    char *upper = strcmp(type, "overlay") == 0 ? mount_option(options, "upperdir") : NULL;
    if (upper && strlen(upper) < sizeof mount->upper) {
        unescape(upper);
        strcpy(mount->upper, upper);
    }
}

void mount_of(int fd, struct mount *mount)
{
    char path[64], *line = NULL;
    size_t room = 0;
    uint64_t wanted;
    *mount = (struct mount){0};
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    if (!file_read_key(path, "mnt_id", &wanted))
        return;
    FILE *file = fopen("/proc/self/mountinfo", "re");
    while (file && getline(&line, &room, file) > 0) {
        char *rest = strstr(line, " - ");
        if (rest && strtoull(line, NULL, 10) == wanted)
            read_source(rest + 3, mount);
    }
    free(line);
    if (file)
        fclose(file);
}

/* ---- devices ---- */

static bool is_memory(dev_t device, int depth, char *why, size_t bytes);

/* The folder of a device in /sys, a partition's being its disk's; false if there is none. */
static bool device_folder(dev_t device, char folder[256])
{
    char partition[300];
    snprintf(folder, 256, "/sys/dev/block/%u:%u", major(device), minor(device));
    snprintf(partition, sizeof partition, "%s/partition", folder);
    if (access(partition, F_OK) == 0)
        snprintf(folder + strlen(folder), 256 - strlen(folder), "/..");
    return access(folder, F_OK) == 0;
}

static const char *device_name(const char *folder, char path[4096])
{
    const char *name = realpath(folder, path) ? strrchr(path, '/') : NULL;
    return name ? name + 1 : "";
}

static bool begins(const char *name, const char *start)
{
    size_t length = strlen(start);
    return strncmp(name, start, length) == 0 && isdigit((unsigned char)name[length]);
}

/* A loop device reads and writes a file, and asks for O_DIRECT only where it is told to. */
static bool loop_is_memory(const char *folder, const char *name, int depth, char *why, size_t bytes)
{
    char path[320], backing[4096], below[128];
    struct statfs filesystem;
    struct stat status;
    uint64_t direct;

    snprintf(path, sizeof path, "%s/loop/backing_file", folder);
    bool known = file_read_line(path, backing, sizeof backing);
    if (known && statfs(backing, &filesystem) == 0 && filesystem_is_memory(filesystem.f_type)) {
        snprintf(why, bytes, "%.32s is a file in memory", name);
        return true;
    }
    if (known && stat(backing, &status) == 0 && S_ISREG(status.st_mode) &&
        is_memory(status.st_dev, depth + 1, below, sizeof below)) {
        snprintf(why, bytes, "%.32s is a file on what is no disk: %.80s", name, below);
        return true;
    }
    snprintf(path, sizeof path, "%s/loop/dio", folder);
    if (file_read_u64(path, &direct) && direct == 0) {
        snprintf(why, bytes, "%.32s goes through the page cache (losetup --direct-io=on)", name);
        return true;
    }
    return false;
}

/* Mappings and arrays: memory as soon as one part is. */
static bool parts_are_memory(const char *folder, const char *name, int depth, char *why,
                             size_t bytes)
{
    char path[640], line[32], below[128];
    unsigned part_major, part_minor;
    bool memory = false;
    snprintf(path, sizeof path, "%s/slaves", folder);
    DIR *slaves = opendir(path);
    for (struct dirent *entry; slaves && !memory && (entry = readdir(slaves));) {
        snprintf(path, sizeof path, "%s/slaves/%s/dev", folder, entry->d_name);
        if (entry->d_name[0] == '.' || !file_read_line(path, line, sizeof line) ||
            sscanf(line, "%u:%u", &part_major, &part_minor) != 2)
            continue;
        memory = is_memory(makedev(part_major, part_minor), depth + 1, below, sizeof below);
    }
    if (slaves)
        closedir(slaves);
    if (memory)
        snprintf(why, bytes, "%.32s lies on what is no disk: %.80s", name, below);
    return memory;
}

static bool is_memory(dev_t device, int depth, char *why, size_t bytes)
{
    static const char *const names[] = {"zram", "ram", "nullb"};
    char folder[256], path[4096];
    if (depth == depth_limit || !device_folder(device, folder))
        return false;
    const char *name = device_name(folder, path);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (begins(name, names[i])) {
            snprintf(why, bytes, "%.32s is memory, not a disk", name);
            return true;
        }
    }
    if (begins(name, "loop"))
        return loop_is_memory(folder, name, depth, why, bytes);
    return parts_are_memory(folder, name, depth, why, bytes);
}

bool device_is_memory(dev_t device, char *why, size_t bytes)
{
    return is_memory(device, 0, why, bytes);
}
