#include "session.h"

#include "err.h"
#include "rng.h"

#include <stdlib.h>

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
    usage_start(&session->usage);
    double seconds = team_run(team ? team : session->alone, work, context);
    usage_stop(&session->usage, session->rep);
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
