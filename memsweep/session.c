#include "memsweep.h"

#include "clock.h"
#include "err.h"
#include "rng.h"

#include <stdlib.h>

const char *const stores_names[] = {"auto", "temporal", "nontemporal", NULL};

void *state_new(size_t bytes, const char *what)
{
    void *state = calloc(1, bytes);
    if (!state)
        die_errno(STATUS_SYSTEM, "%s", what);
    return state;
}

double session_time(struct session *session, struct team *team,
                    void (*work)(void *context, int rank), void *context)
{
    double seconds;
    usage_start(&session->usage);
    if (team) {
        seconds = team_run(team, work, context);
    } else {
        uint64_t start = clock_ns();
        work(context, 0);
        seconds = clock_seconds(start, clock_ns());
    }
    usage_stop(&session->usage);
    return seconds;
}

void inject_bit(const struct mem *buffer, uint64_t seed)
{
    const uint64_t stream = 0x1f;
    struct rng rng;
    rng_seed(&rng, seed, stream);
    unsigned char *byte = (unsigned char *)buffer->data + rng_below(&rng, buffer->bytes);
    *byte ^= (unsigned char)(1u << rng_below(&rng, 8));
}
