#include "discard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const discard_names[] = {"auto", "trunc", "splice", "read", NULL};

enum { AT_ONCE = 1 << 30 }; /* less than an int's worth of bytes per call */

void discard_init(struct discard *discard, enum discard_way way, char *buffer, size_t bytes)
{
    *discard = (struct discard){.way = way,
                                .in_use = way,
                                .pipe = {-1, -1},
                                .null = -1,
                                .buffer = buffer,
                                .buffer_bytes = bytes};
}

void discard_close(struct discard *discard)
{
    const int fds[] = {discard->pipe[0], discard->pipe[1], discard->null};
    for (int i = 0; i < 3; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    discard->pipe[0] = discard->pipe[1] = discard->null = -1;
}

static bool splice_ready(struct discard *discard)
{
    if (discard->null >= 0)
        return true;
    if (pipe2(discard->pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    /* A megabyte if we may have it; the default 64 KiB works as well, only slower. */
    (void)fcntl(discard->pipe[1], F_SETPIPE_SZ, 1 << 20);
    discard->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    return discard->null >= 0;
}

static ssize_t by_splice(struct discard *discard, int fd, size_t bytes)
{
    if (!splice_ready(discard))
        return -1;
    ssize_t got =
        splice(fd, NULL, discard->pipe[1], NULL, bytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    for (ssize_t left = got; left > 0;) {
        ssize_t gone =
            splice(discard->pipe[0], NULL, discard->null, NULL, (size_t)left, SPLICE_F_MOVE);
        if (gone <= 0)
            return -1;
        left -= gone;
    }
    return got;
}

static ssize_t by(enum discard_way way, struct discard *discard, int fd, size_t bytes)
{
    switch (way) {
    case DISCARD_TRUNC:
        /* Not recv(): AddressSanitizer's believes that all these bytes were written to NULL. */
        return syscall(SYS_recvfrom, fd, NULL, bytes, MSG_TRUNC | MSG_DONTWAIT, NULL, NULL);
    case DISCARD_SPLICE:
        return by_splice(discard, fd, bytes);
    default:
        return recv(fd, discard->buffer,
                    bytes < discard->buffer_bytes ? bytes : discard->buffer_bytes, MSG_DONTWAIT);
    }
}

/* What a kernel says that cannot do it this way on this kind of socket; no byte is lost then. */
static bool unsupported(int error)
{
    return error == EFAULT || error == EINVAL || error == EOPNOTSUPP || error == ENOSYS;
}

ssize_t discard_recv(struct discard *discard, int fd, uint64_t bytes)
{
    size_t limit = bytes < AT_ONCE ? (size_t)bytes : AT_ONCE;
    if (discard->in_use != DISCARD_AUTO) {
        ssize_t got = by(discard->in_use, discard, fd, limit);
        if (got >= 0 || discard->way != DISCARD_AUTO || !unsupported(errno))
            return got;
    }
    for (enum discard_way way = DISCARD_TRUNC;; way++) {
        ssize_t got = by(way, discard, fd, limit);
        if (got > 0)
            discard->in_use = way;
        if (got >= 0 || !unsupported(errno) || way == DISCARD_READ)
            return got;
    }
}
