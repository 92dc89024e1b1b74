#include "transfer.h"

#include <errno.h>
#include <unistd.h>

int transfer_write_all(int fd, const void *buffer, uint64_t bytes, uint64_t offset)
{
    while (bytes) {
        ssize_t written = pwrite(fd, buffer, bytes, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : EIO;
        buffer = (const char *)buffer + written;
        bytes -= (uint64_t)written;
        offset += (uint64_t)written;
    }
    return 0;
}

int transfer_read_all(int fd, void *buffer, uint64_t bytes, uint64_t offset)
{
    while (bytes) {
        ssize_t got = pread(fd, buffer, bytes, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : EIO;
        buffer = (char *)buffer + got;
        bytes -= (uint64_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}
