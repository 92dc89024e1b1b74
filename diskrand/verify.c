#include "verify.h"

#include "err.h"
#include "mem.h"
#include "stamp.h"
#include "transfer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

const char *const verify_fault_names[] = {"none", "torn", "misplaced", "lost", "stale", NULL};

enum { chunk_bytes = 1 << 20 };

static void *must_map(struct mem *buffer, uint64_t bytes)
{
    int error = mem_map(buffer, bytes, PAGES_DEFAULT);
    if (error)
        die(STATUS_SYSTEM, "--verify: memory: %s", strerror(error));
    return buffer->data;
}

static void must_move(const struct verify *verify, bool write, void *buffer, uint64_t bytes,
                      uint64_t at)
{
    const struct work_file *file = verify->file;
    int error = write ? transfer_write_all(file->fd, buffer, bytes, file->start + at)
                      : transfer_read_all(file->fd, buffer, bytes, file->start + at);
    if (error)
        die(STATUS_SYSTEM, "%s: offset %" PRIu64 ": reading back: %s", file->name, file->start + at,
            strerror(error));
}

void verify_inject(const struct verify *verify, enum verify_fault fault)
{
    uint64_t blocks = verify->file->bytes / verify->block, number = 0;
    uint32_t needed = fault == FAULT_STALE ? 2 : 1;
    struct mem buffer;

    while (number < blocks && verify->generations[number] < needed)
        number++;
    if (number == blocks || blocks < 2)
        die(STATUS_USAGE, "--inject %s: no block was written %u times", verify_fault_names[fault],
            needed);
    char *block = must_map(&buffer, verify->block);
    struct stamp stamp = {
        .number = number, .generation = verify->generations[number] - 1, .run = verify->run};
    must_move(verify, false, block, verify->block, number * verify->block);
    if (fault == FAULT_TORN)
        memset(block + verify->block - STAMP_SECTOR, 0, STAMP_SECTOR);
    if (fault == FAULT_MISPLACED)
        number = number ? number - 1 : 1;
    if (fault == FAULT_LOST)
        stamp.generation = 0;
    if (fault == FAULT_LOST || fault == FAULT_STALE)
        stamp_put(block, verify->block, stamp, true);
    must_move(verify, true, block, verify->block, number * verify->block);
    mem_unmap(&buffer);
}

void verify_all(const struct verify *verify)
{
    const struct work_file *file = verify->file;
    uint64_t block = verify->block, wrong = 0, first = 0;
    uint64_t chunk = block > chunk_bytes ? block : chunk_bytes / block * block;
    enum stamp_fault first_fault = STAMP_GOOD;
    struct stamp found;
    struct mem buffer;
    const char *data = must_map(&buffer, chunk);

    /* Matters for --buffered only: what is read shall come from the disk. */
    if (fdatasync(file->fd) != 0)
        die_errno(STATUS_SYSTEM, "%s: fdatasync", file->name);
    posix_fadvise(file->fd, 0, 0, POSIX_FADV_DONTNEED);
    for (uint64_t at = 0; at < file->bytes; at += chunk) {
        uint64_t bytes = file->bytes - at < chunk ? file->bytes - at : chunk;
        must_move(verify, false, buffer.data, bytes, at);
        for (uint64_t in = 0; in < bytes; in += block) {
            uint64_t number = (at + in) / block;
            struct stamp wanted = {
                .number = number, .generation = verify->generations[number], .run = verify->run};
            enum stamp_fault fault = stamp_check(data + in, block, wanted, &found);
            if (fault != STAMP_GOOD && wrong++ == 0) {
                first = number;
                first_fault = fault;
            }
        }
    }
    mem_unmap(&buffer);
    if (wrong)
        die(STATUS_WRONG,
            "%s: offset %" PRIu64 ": block %" PRIu64 " is %s; %" PRIu64 " of %" PRIu64
            " blocks are wrong",
            file->name, file->start + first * block, first, stamp_fault_names[first_fault], wrong,
            file->bytes / block);
}
