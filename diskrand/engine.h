/*
 * The ways to hand I/O to the kernel, one struct engine each. A queue belongs to one thread.
 */
#ifndef GM_DISKRAND_ENGINE_H
#define GM_DISKRAND_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One read or write, from its first submission until all its bytes have moved. */
struct io {
    char *buffer;
    uint64_t offset;
    uint32_t bytes, done; /* asked for; moved by earlier, short transfers */
    bool write;
    unsigned slot;  /* 0 .. depth-1: which of those that may be in flight */
    unsigned turn;  /* which of this slot's buffers */
    unsigned tries; /* submissions that did not move everything */
    uint64_t block, generation;
    uint64_t start_ns; /* from here its latency counts */
    int64_t result;    /* of the last submission: bytes or -errno */
};

struct engine_setup {
    int fd;
    int depth;
    void *buffers; /* what all the I/Os' buffers lie in */
    size_t buffers_bytes;
};

struct engine {
    const char *name;
    bool blocking; /* one I/O per thread at a time: a depth of N takes N threads */
    int together;  /* ends taken up at once, and so I/Os begun at once, of many in flight */

    /* A queue, or NULL and errno. */
    void *(*open)(const struct engine_setup *setup);

    /* Hands over the first of `count` I/Os; returns how many, or -errno if none. */
    int (*submit)(void *queue, struct io *const *ios, int count);

    /*
     * Waits until `least` of those handed over have ended and stores up to `most` that have, with
     * their results; returns how many, or -errno. least = 0 only looks.
     */
    int (*reap)(void *queue, struct io **ended, int least, int most);

    void (*close)(void *queue);

    /* What the kernel offered, for a fact: "registered files and buffers". */
    const char *(*describe)(const void *queue);
};

extern const struct engine engine_psync, engine_aio, engine_uring;

enum engine_choice { ENGINE_AUTO, ENGINE_PSYNC, ENGINE_AIO, ENGINE_URING };
extern const char *const engine_names[]; /* by engine_choice; ends with NULL */

/*
 * The engine of that name, or for ENGINE_AUTO the first of uring, aio and psync that works on the
 * open file `fd`; why others did not is written into `skipped`, empty if none was tried in vain.
 * Ends the process with status 77 if there is none.
 */
const struct engine *engine_choose(enum engine_choice choice, int fd, char *skipped, size_t bytes);

#endif
