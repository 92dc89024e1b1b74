#include "place.h"

#include "device.h"
#include "kernel_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

const char *const place_kind_names[] = {"disk", "memory", "overlay", "network", "unknown"};

enum { largest_alignment = 4096 };

/* f_type as linux/magic.h and the filesystems' own headers have it. */
static const struct {
    uint32_t magic;
    enum place_kind kind;
    const char *name;
} filesystems[] = {
    {0xef53, PLACE_DISK, "ext4"},
    {0x58465342, PLACE_DISK, "xfs"},
    {0x9123683e, PLACE_DISK, "btrfs"},
    {0xf2f52010, PLACE_DISK, "f2fs"},
    {0x2fc12fc1, PLACE_DISK, "zfs"},
    {0xca451a4e, PLACE_DISK, "bcachefs"},
    {0x4d44, PLACE_DISK, "vfat"},
    {0x2011bab0, PLACE_DISK, "exfat"},
    {0x5346544e, PLACE_DISK, "ntfs"},
    {0x01021994, PLACE_MEMORY, "tmpfs"},
    {0x858458f6, PLACE_MEMORY, "ramfs"},
    {0x794c7630, PLACE_OVERLAY, "overlay"},
    {0x61756673, PLACE_OVERLAY, "aufs"},
    {0x6969, PLACE_NETWORK, "nfs"},
    {0xff534d42, PLACE_NETWORK, "cifs"},
    {0xfe534d42, PLACE_NETWORK, "smb"},
    {0x01021997, PLACE_NETWORK, "9p"},
    {0x65735546, PLACE_NETWORK, "fuse"},
    {0x6a656a63, PLACE_NETWORK, "fakeowner"},
    {0x00c36400, PLACE_NETWORK, "ceph"},
};

static void name_filesystem(struct place *place, uint32_t magic)
{
    for (size_t i = 0; i < sizeof filesystems / sizeof filesystems[0]; i++) {
        if (filesystems[i].magic == magic) {
            place->filesystem = filesystems[i].name;
            place->kind = filesystems[i].kind;
            return;
        }
    }
    snprintf(place->code, sizeof place->code, "type 0x%x", (unsigned)magic);
    place->filesystem = place->code;
    place->kind = PLACE_UNKNOWN;
}

static void name_device(struct place *place)
{
    char link[64], target[512];
    snprintf(place->device_name, sizeof place->device_name, "unknown");
    snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major(place->device), minor(place->device));
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length <= 0)
        return;
    target[length] = '\0';
    const char *name = strrchr(target, '/');
    if (name && strlen(name + 1) < sizeof place->device_name)
        strcpy(place->device_name, name + 1);
}

/* A filesystem over others has the device, and the faults, of the one that takes what is written.
 */
static void look_below(int fd, struct place *place)
{
    struct mount mount;
    struct stat status;
    struct statfs upper;
    if (major(place->device) != 0)
        return;
    mount_of(fd, &mount);
    if (mount.device)
        place->device = mount.device;
    if (!mount.upper[0] || stat(mount.upper, &status) != 0 || statfs(mount.upper, &upper) != 0)
        return;
    place->device = status.st_dev;
    if (filesystem_is_memory(upper.f_type)) {
        place->kind = PLACE_MEMORY;
        snprintf(place->memory, sizeof place->memory, "%s over memory, not a disk",
                 place->filesystem);
    }
}

int place_of(int fd, struct place *place)
{
    struct stat status;
    struct statfs filesystem;
    memset(place, 0, sizeof *place);
    if (fstat(fd, &status) != 0)
        return errno;
    if (S_ISBLK(status.st_mode)) {
        place->filesystem = "block device";
        place->kind = PLACE_DISK;
        place->device = status.st_rdev;
    } else {
        if (fstatfs(fd, &filesystem) != 0)
            return errno;
        name_filesystem(place, (uint32_t)filesystem.f_type);
        place->device = status.st_dev;
        look_below(fd, place);
    }
    name_device(place);
    if (device_is_memory(place->device, place->memory, sizeof place->memory))
        place->kind = PLACE_MEMORY;
    else if (place->kind == PLACE_MEMORY && !place->memory[0])
        snprintf(place->memory, sizeof place->memory, "%s is memory, not a disk",
                 place->filesystem);
    return 0;
}

static bool ask_statx(int fd, struct place *place)
{
#ifdef SYS_statx
    struct abi_statx answer = {0};
    if (syscall(SYS_statx, fd, "", ABI_AT_EMPTY_PATH, ABI_STATX_DIOALIGN, &answer) == 0 &&
        (answer.mask & ABI_STATX_DIOALIGN)) {
        place->direct_asked = "statx";
        place->direct_offset = answer.dio_offset_align;
        place->direct_memory = answer.dio_mem_align;
        return true;
    }
#endif
    return false;
}

/* The least length at which a read succeeds; the buffer is aligned more than anybody asks. */
static void probe_alignment(int fd, struct place *place)
{
    void *buffer = aligned_alloc(largest_alignment, largest_alignment);
    place->direct_asked = "probe";
    place->direct_memory = largest_alignment;
    for (uint32_t bytes = largest_alignment; buffer && bytes >= 512; bytes /= 2) {
        if (pread(fd, buffer, bytes, (off_t)(largest_alignment - bytes)) < 0)
            break;
        place->direct_offset = bytes;
    }
    free(buffer);
}

int place_direct(int fd, struct place *place)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return errno;
    if (fcntl(fd, F_SETFL, flags | O_DIRECT) != 0)
        return errno == EINVAL ? 0 : errno;
    if (!ask_statx(fd, place))
        probe_alignment(fd, place);
    return 0;
}

struct extents place_extents(int fd, uint64_t bytes)
{
    enum { batch = 128 };
    const uint32_t no_block =
        ABI_EXTENT_UNKNOWN | ABI_EXTENT_DELALLOC | ABI_EXTENT_INLINE | ABI_EXTENT_UNWRITTEN;
    struct {
        struct abi_fiemap map;
        struct abi_fiemap_extent at[batch];
    } ask;
    struct extents extents = {0};
    uint64_t next = 0;
    bool last = false;

    while (next < bytes && !last) {
        memset(&ask.map, 0, sizeof ask.map);
        ask.map.start = next;
        ask.map.length = bytes - next;
        ask.map.extent_count = batch;
        if (ioctl(fd, ABI_FS_IOC_FIEMAP, &ask) != 0)
            return (struct extents){0};
        last = ask.map.mapped_extents < batch;
        for (uint32_t i = 0; i < ask.map.mapped_extents; i++) {
            const struct abi_fiemap_extent *extent = &ask.at[i];
            uint64_t end = extent->logical + extent->length;
            if (extent->logical > next)
                extents.absent += extent->logical - next;
            if (extent->flags & no_block)
                extents.absent += (end < bytes ? end : bytes) - extent->logical;
            extents.count++;
            next = end;
        }
    }
    if (next < bytes)
        extents.absent += bytes - next;
    extents.known = true;
    return extents;
}
