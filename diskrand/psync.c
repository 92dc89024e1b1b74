/*
 * pread and pwrite: the call itself moves the data, so submitting is all there is and reaping only
 * hands back what has ended.
 */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct psync {
    int fd;
    struct io *ended;
};

static void *psync_open(const struct engine_setup *setup)
{
    struct psync *queue = calloc(1, sizeof *queue);
    if (queue)
        queue->fd = setup->fd;
    return queue;
}

static int psync_submit(void *opaque, struct io *const *ios, int count)
{
    struct psync *queue = opaque;
    struct io *io = ios[0];
    char *from = io->buffer + io->done;
    size_t bytes = io->bytes - io->done;
    off_t offset = (off_t)(io->offset + io->done);
    (void)count;

    ssize_t moved =
        io->write ? pwrite(queue->fd, from, bytes, offset) : pread(queue->fd, from, bytes, offset);
    io->result = moved < 0 ? -errno : moved;
    queue->ended = io;
    return 1;
}

static int psync_reap(void *opaque, struct io **ended, int least, int most)
{
    struct psync *queue = opaque;
    (void)least;
    (void)most;
    if (!queue->ended)
        return 0;
    ended[0] = queue->ended;
    queue->ended = NULL;
    return 1;
}

static const char *psync_describe(const void *queue)
{
    (void)queue;
    return "pread, pwrite";
}

const struct engine engine_psync = {.name = "psync",
                                    .blocking = true,
                                    .together = 1,
                                    .open = psync_open,
                                    .submit = psync_submit,
                                    .reap = psync_reap,
                                    .close = free,
                                    .describe = psync_describe};
