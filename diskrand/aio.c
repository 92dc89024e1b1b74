/*
 * Native asynchronous I/O (Linux 2.6) by its raw system calls. Asynchronous with O_DIRECT only: a
 * buffered io_submit() does all the work at once.
 */
#include "engine.h"
#include "kernel_abi.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct aio {
    unsigned long context;
    int fd, depth;
    struct abi_iocb *blocks; /* one per slot */
    struct abi_iocb **batch;
    struct abi_io_event *events;
};

static void aio_free(struct aio *queue)
{
    free(queue->blocks);
    free(queue->batch);
    free(queue->events);
    free(queue);
}

static void *aio_open(const struct engine_setup *setup)
{
    size_t depth = (size_t)setup->depth;
    struct aio *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->fd = setup->fd;
    queue->depth = setup->depth;
    queue->blocks = calloc(depth, sizeof *queue->blocks);
    queue->batch = calloc(depth, sizeof *queue->batch);
    queue->events = calloc(depth, sizeof *queue->events);
    if (!queue->blocks || !queue->batch || !queue->events ||
        syscall(SYS_io_setup, setup->depth, &queue->context) != 0) {
        int error = errno;
        aio_free(queue);
        errno = error;
        return NULL;
    }
    return queue;
}

static void aio_close(void *opaque)
{
    struct aio *queue = opaque;
    syscall(SYS_io_destroy, queue->context);
    aio_free(queue);
}

static int aio_submit(void *opaque, struct io *const *ios, int count)
{
    struct aio *queue = opaque;
    for (int i = 0; i < count; i++) {
        struct io *io = ios[i];
        struct abi_iocb *block = &queue->blocks[io->slot];
        *block = (struct abi_iocb){.data = (uintptr_t)io,
                                   .opcode = io->write ? ABI_IOCB_PWRITE : ABI_IOCB_PREAD,
                                   .fd = (uint32_t)queue->fd,
                                   .buffer = (uintptr_t)(io->buffer + io->done),
                                   .bytes = io->bytes - io->done,
                                   .offset = (int64_t)(io->offset + io->done)};
        queue->batch[i] = block;
    }
    long taken = syscall(SYS_io_submit, queue->context, (long)count, queue->batch);
    return taken < 0 ? -errno : (int)taken;
}

static int aio_reap(void *opaque, struct io **ended, int least, int most)
{
    struct aio *queue = opaque;
    const struct timespec at_once = {0};
    long count = syscall(SYS_io_getevents, queue->context, (long)least, (long)most, queue->events,
                         least ? NULL : &at_once);
    if (count < 0)
        return -errno;
    for (long i = 0; i < count; i++) {
        struct io *io = (struct io *)(uintptr_t)queue->events[i].data;
        io->result = queue->events[i].result;
        ended[i] = io;
    }
    return (int)count;
}

static const char *aio_describe(const void *queue)
{
    (void)queue;
    return "io_submit, io_getevents";
}

const struct engine engine_aio = {.name = "aio",
                                  .together = 1,
                                  .open = aio_open,
                                  .submit = aio_submit,
                                  .reap = aio_reap,
                                  .close = aio_close,
                                  .describe = aio_describe};
