/*
 * io_uring by its raw system calls. Files and buffers are registered where the kernel allows it,
 * which saves looking them up and pinning pages for every I/O; otherwise plain vectors are used,
 * which the first io_uring kernels (5.1) have. Completions are run by the waiting thread itself
 * (Linux 6.1) instead of by interrupting it, where the kernel offers that.
 *
 * Submitting only fills ring entries: the one io_uring_enter() of reaping hands them over too.
 */
#include "engine.h"
#include "kernel_abi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SYS_io_uring_setup /* the same number on every architecture */
#define SYS_io_uring_setup    425
#define SYS_io_uring_enter    426
#define SYS_io_uring_register 427
#endif

struct uring {
    int ring_fd, file_fd;
    bool fixed_file, fixed_buffers, deferred;
    unsigned unsubmitted; /* entries filled, not yet handed over */
    struct abi_uring_params params;
    char *sq_ring, *cq_ring;
    size_t sq_bytes, cq_bytes, sqes_bytes;
    uint32_t *sq_tail, *cq_head, *cq_tail, *sq_array;
    uint32_t sq_mask, cq_mask;
    struct abi_uring_sqe *sqes;
    struct abi_uring_cqe *cqes;
    struct iovec *vectors; /* one per slot, without registered buffers */
    char text[80];
};

static void uring_close(void *opaque)
{
    struct uring *queue = opaque;
    if (queue->sqes)
        munmap(queue->sqes, queue->sqes_bytes);
    if (queue->cq_ring && queue->cq_ring != queue->sq_ring)
        munmap(queue->cq_ring, queue->cq_bytes);
    if (queue->sq_ring)
        munmap(queue->sq_ring, queue->sq_bytes);
    if (queue->ring_fd >= 0)
        close(queue->ring_fd);
    free(queue->vectors);
    free(queue);
}

/* The newest flags first; a kernel that does not know one says EINVAL. */
static int setup_ring(struct uring *queue, unsigned entries)
{
    static const uint32_t flags[] = {ABI_SETUP_SINGLE_ISSUER | ABI_SETUP_DEFER_TASKRUN,
                                     ABI_SETUP_COOP_TASKRUN, 0};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        queue->params = (struct abi_uring_params){.flags = flags[i]};
        queue->ring_fd = (int)syscall(SYS_io_uring_setup, entries, &queue->params);
        queue->deferred = flags[i] & ABI_SETUP_DEFER_TASKRUN;
        if (queue->ring_fd >= 0 || errno != EINVAL)
            break;
    }
    return queue->ring_fd;
}

/* mmap that returns NULL on failure. */
static void *map(int fd, size_t bytes, uint64_t offset)
{
    void *at =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, (off_t)offset);
    return at == MAP_FAILED ? NULL : at;
}

static bool map_rings(struct uring *queue)
{
    const struct abi_uring_sq_offsets *sq = &queue->params.sq;
    const struct abi_uring_cq_offsets *cq = &queue->params.cq;

    queue->sq_bytes = sq->array + queue->params.sq_entries * sizeof(uint32_t);
    queue->cq_bytes = cq->cqes + queue->params.cq_entries * sizeof(struct abi_uring_cqe);
    queue->sqes_bytes = queue->params.sq_entries * sizeof(struct abi_uring_sqe);
    bool single = queue->params.features & ABI_FEATURE_SINGLE_MMAP;
    if (single && queue->cq_bytes > queue->sq_bytes)
        queue->sq_bytes = queue->cq_bytes;
    queue->sq_ring = map(queue->ring_fd, queue->sq_bytes, ABI_OFFSET_SQ_RING);
    queue->cq_ring =
        single ? queue->sq_ring : map(queue->ring_fd, queue->cq_bytes, ABI_OFFSET_CQ_RING);
    queue->sqes = map(queue->ring_fd, queue->sqes_bytes, ABI_OFFSET_SQES);
    if (!queue->sq_ring || !queue->cq_ring || !queue->sqes)
        return false;
    queue->sq_tail = (uint32_t *)(queue->sq_ring + sq->tail);
    queue->sq_mask = *(uint32_t *)(queue->sq_ring + sq->ring_mask);
    queue->sq_array = (uint32_t *)(queue->sq_ring + sq->array);
    queue->cq_head = (uint32_t *)(queue->cq_ring + cq->head);
    queue->cq_tail = (uint32_t *)(queue->cq_ring + cq->tail);
    queue->cq_mask = *(uint32_t *)(queue->cq_ring + cq->ring_mask);
    queue->cqes = (struct abi_uring_cqe *)(queue->cq_ring + cq->cqes);
    return true;
}

/* Registers what it can: older kernels count the buffers against RLIMIT_MEMLOCK. */
static void register_all(struct uring *queue, const struct engine_setup *setup)
{
    struct iovec all = {.iov_base = setup->buffers, .iov_len = setup->buffers_bytes};
    queue->fixed_buffers =
        syscall(SYS_io_uring_register, queue->ring_fd, ABI_REGISTER_BUFFERS, &all, 1) == 0;
    queue->fixed_file =
        syscall(SYS_io_uring_register, queue->ring_fd, ABI_REGISTER_FILES, &setup->fd, 1) == 0;
    snprintf(queue->text, sizeof queue->text, "buffers %s, file %s, completions %s",
             queue->fixed_buffers ? "registered" : "plain",
             queue->fixed_file ? "registered" : "plain", queue->deferred ? "deferred" : "at once");
}

static void *uring_open(const struct engine_setup *setup)
{
    struct uring *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->file_fd = setup->fd;
    queue->vectors = calloc((size_t)setup->depth, sizeof *queue->vectors);
    if (!queue->vectors || setup_ring(queue, (unsigned)setup->depth) < 0 || !map_rings(queue)) {
        int error = errno;
        if (!queue->vectors)
            queue->ring_fd = -1;
        uring_close(queue);
        errno = error;
        return NULL;
    }
    register_all(queue, setup);
    return queue;
}

static void fill_entry(struct uring *queue, struct abi_uring_sqe *entry, struct io *io)
{
    char *from = io->buffer + io->done;
    uint32_t bytes = io->bytes - io->done;

    *entry = (struct abi_uring_sqe){.fd = queue->fixed_file ? 0 : queue->file_fd,
                                    .flags = queue->fixed_file ? ABI_SQE_FIXED_FILE : 0,
                                    .offset = io->offset + io->done,
                                    .address = (uintptr_t)from,
                                    .length = bytes,
                                    .user_data = (uintptr_t)io};
    if (queue->fixed_buffers) {
        entry->opcode = io->write ? ABI_URING_WRITE_FIXED : ABI_URING_READ_FIXED;
        return;
    }
    queue->vectors[io->slot] = (struct iovec){.iov_base = from, .iov_len = bytes};
    entry->opcode = io->write ? ABI_URING_WRITEV : ABI_URING_READV;
    entry->address = (uintptr_t)&queue->vectors[io->slot];
    entry->length = 1;
}

/* The ring has an entry for every slot, so everything fits. */
static int uring_submit(void *opaque, struct io *const *ios, int count)
{
    struct uring *queue = opaque;
    uint32_t tail = *queue->sq_tail;
    for (int i = 0; i < count; i++, tail++) {
        uint32_t index = tail & queue->sq_mask;
        fill_entry(queue, &queue->sqes[index], ios[i]);
        queue->sq_array[index] = index;
    }
    __atomic_store_n(queue->sq_tail, tail, __ATOMIC_RELEASE);
    queue->unsubmitted += (unsigned)count;
    return count;
}

static int uring_reap(void *opaque, struct io **ended, int least, int most)
{
    struct uring *queue = opaque;
    uint32_t head = *queue->cq_head;
    int count = 0;

    int waiting = (int)(__atomic_load_n(queue->cq_tail, __ATOMIC_ACQUIRE) - head);
    if (queue->unsubmitted || waiting < least || waiting == 0) {
        long taken = syscall(SYS_io_uring_enter, queue->ring_fd, queue->unsubmitted, least,
                             ABI_ENTER_GETEVENTS, NULL, 0);
        if (taken < 0)
            return -errno;
        queue->unsubmitted -= (unsigned)taken;
    }
    uint32_t tail = __atomic_load_n(queue->cq_tail, __ATOMIC_ACQUIRE);
    for (; head != tail && count < most; head++) {
        const struct abi_uring_cqe *entry = &queue->cqes[head & queue->cq_mask];
        struct io *io = (struct io *)(uintptr_t)entry->user_data;
        io->result = entry->result;
        ended[count++] = io;
    }
    __atomic_store_n(queue->cq_head, head, __ATOMIC_RELEASE);
    return count;
}

static const char *uring_describe(const void *opaque)
{
    return ((const struct uring *)opaque)->text;
}

const struct engine engine_uring = {.name = "uring",
                                    .together = 2,
                                    .open = uring_open,
                                    .submit = uring_submit,
                                    .reap = uring_reap,
                                    .close = uring_close,
                                    .describe = uring_describe};
