/*
 * latency, walk: the time of one load when the next address is only known by the load before, a
 * random pointer chase in one cycle through all of the memory.
 *
 * `latency` stays within --locality bytes for a while before it goes elsewhere, so that the
 * translations it needs stay in the TLB: it shows the caches' and the memory's own latency. `walk`
 * is the same without locality: beyond the TLB's reach nearly every step needs a page walk too, a
 * two-dimensional one in a hardware-assisted guest. The difference is the walk's price.
 *
 * Nodes are --stride bytes apart. Hardware that fetches neighbouring lines along with the one asked
 * for would otherwise be measured too.
 */
#include "kernels.h"

#include "chase.h"
#include "err.h"
#include "space.h"

#include <stdlib.h>
#include <string.h>

struct latency {
    struct work work;
    struct session *session;
    const struct point *point;
    struct mem mem;
    struct chase chase;
    uint64_t turns, from; /* of the last run */
};

struct work *latency_setup(struct session *session, const struct kernel *kernel,
                           const struct point *point)
{
    const struct config *config = &session->config;
    struct latency *latency = state_new(sizeof *latency, point->what);
    bool local = strcmp(kernel->name, "latency") == 0;
    latency->work = (struct work){.per_unit = CHASE_UNROLL, .buffer = &latency->mem};
    latency->session = session;
    latency->point = point;
    if (point->bytes < config->stride)
        opt_usage("%s: less than one node of --stride", point->what);
    space_map(&latency->mem, point->bytes / config->stride * config->stride,
              (enum mem_pages)config->pages, point->what);
    int error = chase_build(&latency->chase, &latency->mem, config->stride,
                            local ? config->locality : 0, session->bench.seed);
    if (error)
        die(STATUS_SYSTEM, "%s: building the cycle: %s", point->what, strerror(error));
    return &latency->work;
}

static void walk(void *context, int rank)
{
    struct latency *latency = context;
    (void)rank;
    chase_walk(&latency->chase, latency->turns);
}

double latency_run(void *work, uint64_t turns)
{
    struct latency *latency = work;
    latency->from = latency->chase.at->rank;
    latency->turns = turns;
    return session_time(latency->session, NULL, walk, latency);
}

bool latency_verify(void *work, char why[WHY_BYTES])
{
    struct latency *latency = work;
    return chase_verify(&latency->chase, latency->from, latency->turns * CHASE_UNROLL, why,
                        WHY_BYTES);
}

void latency_finish(void *work)
{
    struct latency *latency = work;
    space_check(&latency->mem, (enum mem_pages)latency->session->config.pages, latency->point->what,
                latency->session->report);
    mem_unmap(&latency->mem);
    free(latency);
}
