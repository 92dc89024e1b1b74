#include "rng.h"

#include <string.h>

void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t x = rng_mix(seed) ^ rng_mix(~stream);
    for (int i = 0; i < 4; i++) {
        rng->state[i] = rng_mix(x);
        x += 0x9e3779b97f4a7c15u;
    }
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    unsigned __int128 product = (unsigned __int128)rng_next(rng) * bound;
    if ((uint64_t)product < bound) {
        uint64_t threshold = -bound % bound;
        while ((uint64_t)product < threshold)
            product = (unsigned __int128)rng_next(rng) * bound;
    }
    return (uint64_t)(product >> 64);
}

void rng_fill(struct rng *rng, void *buffer, size_t bytes)
{
    unsigned char *out = buffer;
    for (; bytes >= 8; out += 8, bytes -= 8) {
        uint64_t word = rng_next(rng);
        memcpy(out, &word, 8);
    }
    if (bytes) {
        uint64_t word = rng_next(rng);
        memcpy(out, &word, bytes);
    }
}
