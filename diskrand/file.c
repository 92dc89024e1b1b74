#include "file.h"

#include "clock.h"
#include "err.h"
#include "kernel_abi.h"
#include "mem.h"
#include "stamp.h"
#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- the header ---- */

enum header_state { HEADER_FILLING = 1, HEADER_READY };

struct header {
    char text[80];
    uint64_t state, bytes, block, compressible;
    uint64_t check; /* of the words above */
};
static const char header_text[80] =
    "guestmark diskrand 1: this file holds no data of value and may be deleted\n";

static uint64_t header_check(const struct header *header)
{
    uint64_t sum = 1;
    sum = rng_mix(sum ^ header->state);
    sum = rng_mix(sum ^ header->bytes);
    sum = rng_mix(sum ^ header->block);
    return rng_mix(sum ^ header->compressible);
}

static struct header header_for(const struct file_want *want, enum header_state state)
{
    struct header header = {.state = state,
                            .bytes = want->bytes,
                            .block = want->block,
                            .compressible = (uint64_t)(want->compressible * 1000)};
    memcpy(header.text, header_text, sizeof header.text);
    header.check = header_check(&header);
    return header;
}

/* Whether the file begins with a header of ours, and if so, which. */
static bool header_read(int fd, struct header *header)
{
    return transfer_read_all(fd, header, sizeof *header, 0) == 0 &&
           memcmp(header->text, header_text, sizeof header_text) == 0 &&
           header->check == header_check(header);
}

/* ---- opening ---- */

/* Ends the process, without leaving a half-made file. */
static _Noreturn void give_up(const struct work_file *file, enum exit_status status, int error,
                              const char *what)
{
    if (file->linked)
        unlink(file->name);
    if (error)
        die(status, "%s: %s: %s", file->name, what, strerror(error));
    die(status, "%s: %s", file->name, what);
}

/* A folder stands for the file of ours in it. */
static void set_name(struct work_file *file, const char *path)
{
    struct stat status;
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    file->named = folder;
    if (strlen(path) + sizeof "/diskrand.dat" > sizeof file->name)
        die(STATUS_USAGE, "%.40s...: the path is too long", path);
    snprintf(file->name, sizeof file->name, "%s%s", path, folder ? "/diskrand.dat" : "");
}

/* A lock may outlive its owner: a kernel that still tears down a ring holds the file open. */
static bool lock(int fd)
{
    const uint64_t patience_ns = 1000000000, pause_ns = 10000000, begin = clock_ns();
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        uint64_t now = clock_ns();
        if (errno != EWOULDBLOCK || now - begin > patience_ns)
            return false;
        clock_sleep_until(now + pause_ns);
    }
    return true;
}

static void create(struct work_file *file, const struct file_want *want)
{
    file->fd = open(file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->fd < 0)
        die_errno(STATUS_SYSTEM, "%s", file->name);
    if (!lock(file->fd))
        give_up(file, STATUS_SYSTEM, errno, "flock");
    /* A file without a name cannot stay behind, whatever ends this process. */
    file->linked = true;
    if (!want->keep) {
        if (unlink(file->name) != 0)
            die_errno(STATUS_SYSTEM, "%s: unlink", file->name);
        file->linked = false;
    }
}

static uint64_t size_of(const struct work_file *file)
{
    struct stat status;
    uint64_t bytes = 0;
    if (fstat(file->fd, &status) != 0)
        die_errno(STATUS_SYSTEM, "%s", file->name);
    if (S_ISBLK(status.st_mode) && ioctl(file->fd, ABI_BLKGETSIZE64, &bytes) != 0)
        die_errno(STATUS_SYSTEM, "%s: size", file->name);
    return S_ISBLK(status.st_mode) ? bytes : (uint64_t)status.st_size;
}

/* Whether it was given up before its header was written: nothing in it yet, or only space. */
static bool nothing_yet(const struct work_file *file, const struct file_want *want)
{
    static const struct header zeros;
    struct header header;
    uint64_t bytes = size_of(file);
    return bytes == 0 || (bytes == FILE_HEADER_BYTES + want->bytes &&
                          transfer_read_all(file->fd, &header, sizeof header, 0) == 0 &&
                          memcmp(&header, &zeros, sizeof header) == 0);
}

/* Opens a file that exists; false if it was ours but unfit and is gone now. */
static bool open_existing(struct work_file *file, const struct file_want *want)
{
    struct stat status;
    struct header header = {0}, wanted = header_for(want, HEADER_READY);

    if (stat(file->name, &status) != 0)
        die_errno(STATUS_SYSTEM, "%s", file->name);
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
        die(STATUS_USAGE, "%s: neither a file nor a folder nor a block device", file->name);
    /* O_EXCL on a block device: the kernel refuses one that is mounted. */
    file->fd = open(file->name, O_RDWR | O_CLOEXEC | (S_ISBLK(status.st_mode) ? O_EXCL : 0));
    if (file->fd < 0)
        die_errno(STATUS_SYSTEM, "%s", file->name);
    if (!lock(file->fd))
        die(STATUS_SYSTEM, "%s: another program holds a lock on it", file->name);
    bool ours = S_ISREG(status.st_mode) &&
                (header_read(file->fd, &header) || (file->named && nothing_yet(file, want)));
    if (!ours) {
        if (!want->destroys || strcmp(want->destroys, want->path) != 0)
            die(STATUS_USAGE, "%s: not made by diskrand; --i-know-this-destroys %s overwrites it",
                file->name, want->path);
        file->foreign = true;
        return true;
    }
    file->reused = memcmp(&header, &wanted, sizeof header) == 0 &&
                   size_of(file) == FILE_HEADER_BYTES + want->bytes;
    if ((!file->reused || !want->keep) && unlink(file->name) != 0)
        die_errno(STATUS_SYSTEM, "%s: unlink", file->name);
    if (!file->reused)
        close(file->fd);
    return file->reused;
}

/* ---- filling ---- */

/* Asks for the space first: a full disk shall be known before anything is measured. */
static void reserve(const struct work_file *file, const struct file_want *want)
{
    uint64_t bytes = FILE_HEADER_BYTES + want->bytes;
    int error = fallocate(file->fd, 0, 0, (off_t)bytes) == 0 ? 0 : errno;
    struct statvfs space;
    if (error != EOPNOTSUPP && error != ENOSYS && error != ENOSPC) {
        if (error)
            give_up(file, STATUS_SYSTEM, error, "asking for space");
        return;
    }
    if (fstatvfs(file->fd, &space) != 0)
        give_up(file, STATUS_SYSTEM, errno, "asking for free space");
    uint64_t free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
    if (error == ENOSPC || free_bytes < bytes) {
        char what[96];
        snprintf(what, sizeof what, "needs %" PRIu64 " MiB, but %" PRIu64 " MiB are free",
                 (bytes + (1 << 20) - 1) >> 20, free_bytes >> 20);
        give_up(file, STATUS_SYSTEM, 0, what);
    }
}

static void write_header(const struct work_file *file, const struct file_want *want, void *buffer,
                         enum header_state state)
{
    struct header header = header_for(want, state);
    memset(buffer, 0, FILE_HEADER_BYTES);
    memcpy(buffer, &header, sizeof header);
    int error = transfer_write_all(file->fd, buffer, FILE_HEADER_BYTES, 0);
    if (!error && fsync(file->fd) != 0)
        error = errno;
    if (error)
        give_up(file, STATUS_SYSTEM, error, "writing the header");
}

/* Random data, every block stamped as generation 0. */
static void fill(const struct work_file *file, const struct file_want *want, char *buffer,
                 uint64_t chunk)
{
    struct rng rng;
    rng_seed(&rng, want->seed, UINT64_MAX);
    for (uint64_t at = 0; at < file->bytes; at += chunk) {
        uint64_t bytes = file->bytes - at < chunk ? file->bytes - at : chunk;
        stamp_fill(buffer, bytes, &rng, want->compressible);
        for (uint64_t in = 0; in < bytes; in += want->block) {
            struct stamp stamp = {.number = (at + in) / want->block, .run = want->run};
            stamp_put(buffer + in, want->block, stamp, true);
        }
        int error = transfer_write_all(file->fd, buffer, bytes, file->start + at);
        if (error)
            give_up(file, STATUS_SYSTEM, error, "filling it");
    }
    if (fsync(file->fd) != 0)
        give_up(file, STATUS_SYSTEM, errno, "fsync");
}

static void fill_all(struct work_file *file, const struct file_want *want)
{
    uint64_t chunk = want->block > FILE_HEADER_BYTES
                         ? want->block
                         : FILE_HEADER_BYTES / want->block * want->block;
    struct mem buffer;
    int error =
        mem_map(&buffer, chunk > FILE_HEADER_BYTES ? chunk : FILE_HEADER_BYTES, PAGES_DEFAULT);
    if (error)
        give_up(file, STATUS_SYSTEM, error, "memory for filling it");
    uint64_t begin = clock_ns();
    if (!file->foreign)
        write_header(file, want, buffer.data, HEADER_FILLING);
    fill(file, want, buffer.data, chunk);
    if (!file->foreign)
        write_header(file, want, buffer.data, HEADER_READY);
    file->fill_s = clock_seconds(begin, clock_ns());
    mem_unmap(&buffer);
}

/* ---- checking what lies below ---- */

static void check_place(struct work_file *file, const struct file_want *want)
{
    char what[224];
    int error = place_of(file->fd, &file->place);
    if (error)
        give_up(file, STATUS_SYSTEM, error, "looking at its filesystem");
    if (file->place.kind == PLACE_MEMORY && !want->buffered) {
        snprintf(what, sizeof what, "%s; choose another folder, or --buffered", file->place.memory);
        give_up(file, STATUS_UNAVAILABLE, 0, what);
    }
}

static void switch_to_direct(struct work_file *file, const struct file_want *want)
{
    char what[128];
    int error = place_direct(file->fd, &file->place);
    if (error)
        give_up(file, STATUS_SYSTEM, error, "O_DIRECT");
    if (file->place.direct_offset == 0) {
        snprintf(what, sizeof what, "no O_DIRECT on %s; choose another folder, or --buffered",
                 file->place.filesystem);
        give_up(file, STATUS_UNAVAILABLE, 0, what);
    }
    if (want->block % file->place.direct_offset != 0) {
        snprintf(what, sizeof what, "O_DIRECT here needs blocks of a multiple of %" PRIu32 " bytes",
                 file->place.direct_offset);
        give_up(file, STATUS_USAGE, 0, what);
    }
}

static void check_extents(struct work_file *file)
{
    char what[96];
    file->extents = place_extents(file->fd, file->start + file->bytes);
    if (file->extents.known && file->extents.absent) {
        snprintf(what, sizeof what, "%" PRIu64 " bytes of it are holes or unwritten extents",
                 file->extents.absent);
        give_up(file, STATUS_UNAVAILABLE, 0, what);
    }
}

void file_where(const char *path)
{
    struct place place;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        die_errno(STATUS_SYSTEM, "%s", path);
    int error = place_of(fd, &place);
    close(fd);
    if (error)
        die(STATUS_SYSTEM, "%s: looking at its filesystem: %s", path, strerror(error));
    printf("filesystem=%s\ndevice=%s\n", place.filesystem, place.device_name);
    if (place.memory[0])
        printf("memory=%s\n", place.memory);
    if (fflush(stdout) != 0)
        die_errno(STATUS_SYSTEM, "stdout");
}

void file_open(struct work_file *file, const struct file_want *want)
{
    struct stat status;

    *file = (struct work_file){.fd = -1};
    set_name(file, want->path);
    if (lstat(file->name, &status) != 0 || !open_existing(file, want))
        create(file, want);
    file->start = file->foreign ? 0 : FILE_HEADER_BYTES;
    file->bytes = want->bytes;
    if (file->foreign && size_of(file) < file->bytes)
        file->bytes = size_of(file);
    file->bytes -= file->bytes % want->block;
    if (file->bytes == 0)
        give_up(file, STATUS_USAGE, 0, "holds not even one block");
    check_place(file, want);
    if (!file->foreign && !file->reused)
        reserve(file, want);
    if (!want->buffered)
        switch_to_direct(file, want);
    if (!file->reused || want->refill)
        fill_all(file, want);
    check_extents(file);
}

void file_close(struct work_file *file)
{
    flock(file->fd, LOCK_UN); /* now, whoever else still holds the file open: see lock() */
    close(file->fd);
    file->fd = -1;
}
