#include "engine.h"

#include "err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const engine_names[] = {"auto", "psync", "aio", "uring", NULL};

static const struct engine *const engines[] = {&engine_psync, &engine_aio, &engine_uring};

/* 0 if a queue of one can be opened here, else an errno: ENOSYS, EPERM by seccomp, ... */
static int try_engine(const struct engine *engine, int fd)
{
    enum { bytes = 4096 };
    struct engine_setup setup = {
        .fd = fd, .depth = 1, .buffers = aligned_alloc(bytes, bytes), .buffers_bytes = bytes};
    void *queue = setup.buffers ? engine->open(&setup) : NULL;
    int error = queue ? 0 : errno;
    if (queue)
        engine->close(queue);
    free(setup.buffers);
    return error;
}

const struct engine *engine_choose(enum engine_choice choice, int fd, char *skipped, size_t bytes)
{
    skipped[0] = '\0';
    if (choice != ENGINE_AUTO) {
        const struct engine *engine = engines[choice - 1];
        int error = try_engine(engine, fd);
        if (error)
            die(STATUS_UNAVAILABLE, "--engine %s: not available here: %s", engine->name,
                strerror(error));
        return engine;
    }
    for (size_t i = sizeof engines / sizeof engines[0], used = 0; i-- > 0;) {
        int error = try_engine(engines[i], fd);
        if (!error)
            return engines[i];
        if (used < bytes)
            used += (size_t)snprintf(skipped + used, bytes - used, "%s%s: %s", used ? ", " : "",
                                     engines[i]->name, strerror(error));
    }
    die(STATUS_UNAVAILABLE, "--engine auto: none is available here: %s", skipped);
}
