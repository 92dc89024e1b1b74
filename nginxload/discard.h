/*
 * Throwing away received bytes as cheaply as the kernel can: the client must not be the bottleneck
 * of a download. In `auto` the first way that works is kept.
 */
#ifndef GM_NGINXLOAD_DISCARD_H
#define GM_NGINXLOAD_DISCARD_H

#include <stdint.h>
#include <sys/types.h>

enum discard_way {
    DISCARD_AUTO,
    DISCARD_TRUNC,  /* recv with MSG_TRUNC and no buffer: TCP drops the bytes, none is copied */
    DISCARD_SPLICE, /* socket to pipe to /dev/null: pages are moved, not copied */
    DISCARD_READ    /* into a buffer, over and over */
};
extern const char *const discard_names[]; /* ends with NULL, to be an option's choices */

struct discard {
    enum discard_way way;    /* asked for */
    enum discard_way in_use; /* what worked; DISCARD_AUTO as long as nothing was thrown away */
    int pipe[2], null;       /* splice's; -1 if not open */
    char *buffer;            /* borrowed */
    size_t buffer_bytes;
};

void discard_init(struct discard *discard, enum discard_way way, char *buffer, size_t bytes);
void discard_close(struct discard *discard);

/* Like recv(), but the bytes are gone: at most `bytes`; 0 at the end; -1 and errno. */
ssize_t discard_recv(struct discard *discard, int fd, uint64_t bytes);

#endif
