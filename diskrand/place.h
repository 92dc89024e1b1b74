/*
 * Where a file lies: its filesystem, what O_DIRECT asks of offsets and buffers there, the block
 * device below it, and whether every byte of it has a written block on that device.
 */
#ifndef GM_DISKRAND_PLACE_H
#define GM_DISKRAND_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum place_kind {
    PLACE_DISK,    /* a filesystem on a block device, or the device itself */
    PLACE_MEMORY,  /* no disk at all, though it may take O_DIRECT: tmpfs, or see device.h */
    PLACE_OVERLAY, /* a union of others: a container's own root */
    PLACE_NETWORK, /* the bytes go to another kernel or process, which may cache them */
    PLACE_UNKNOWN
};
extern const char *const place_kind_names[];

struct place {
    const char *filesystem; /* "ext4", "overlay", ..., "block device" */
    char code[32];          /* room for the number of one that has no name here */
    enum place_kind kind;
    char memory[160];         /* why it is memory: "zram0 is memory, not a disk"; else "" */
    dev_t device;             /* as /sys/dev/block knows it */
    char device_name[64];     /* "vda", or "unknown" */
    uint32_t direct_offset;   /* offsets and lengths: multiples of this; 0: no O_DIRECT */
    uint32_t direct_memory;   /* buffer addresses: multiples of this */
    const char *direct_asked; /* "statx" or "probe": how that was found */
};

/* Looks at an open file, except for O_DIRECT. 0 or an errno. */
int place_of(int fd, struct place *place);

/*
 * Switches the open file to O_DIRECT and finds what it asks for: by statx (Linux 6.1), else by
 * trying reads, for which the file must hold at least 4096 bytes. Without O_DIRECT
 * direct_offset is 0. 0 or an errno.
 */
int place_direct(int fd, struct place *place);

/* What FIEMAP says of the first `bytes` bytes of a file. */
struct extents {
    bool known;      /* false: the filesystem does not tell */
    uint64_t count;  /* extents */
    uint64_t absent; /* bytes without a written block: holes, unwritten or delayed extents */
};
struct extents place_extents(int fd, uint64_t bytes);

#endif
