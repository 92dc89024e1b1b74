/*
 * The block device below a file, and whether it is one: a loop device whose file goes through the
 * page cache, compressed memory and RAM disks take O_DIRECT, and are memory.
 */
#ifndef GM_DISKRAND_DEVICE_H
#define GM_DISKRAND_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * What the mount of an open file says of it, where the file's own device number is none of a block
 * device's: the device that was mounted (btrfs), or the folder that takes what is written (overlay,
 * if it can be seen from here: a container's cannot).
 */
struct mount {
    dev_t device;     /* 0: none */
    char upper[1024]; /* "": none */
};
void mount_of(int fd, struct mount *mount);

/*
 * Whether what is written to this device stays in memory; then `why` says why, in a few words that
 * begin with its name. Looks below partitions, mappings and arrays, and through loop devices.
 */
bool device_is_memory(dev_t device, char *why, size_t bytes);

/* Whether a file system of this type (statfs.f_type) is memory. */
bool filesystem_is_memory(long type);

#endif
