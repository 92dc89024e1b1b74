/*
 * Transfers outside the timed region: all of the bytes or an errno. EINTR and short transfers are
 * continued; the end of the file is EIO.
 */
#ifndef GM_DISKRAND_TRANSFER_H
#define GM_DISKRAND_TRANSFER_H

#include <stdint.h>

int transfer_write_all(int fd, const void *buffer, uint64_t bytes, uint64_t offset);
int transfer_read_all(int fd, void *buffer, uint64_t bytes, uint64_t offset);

#endif
