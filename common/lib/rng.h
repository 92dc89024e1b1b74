/*
 * Seeded generator: the same seed gives the same stream on every platform.
 * xoshiro256++ (Blackman and Vigna 2021), its state filled by splitmix64.
 */
#ifndef GM_RNG_H
#define GM_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state[4];
};

/* Streams of different `stream` numbers under one seed are independent: one per thread. */
void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream);

/* Uniform in 0 .. bound-1, without bias (Lemire 2019). bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Fills `bytes` bytes with random data: incompressible, the same for the same seed. */
void rng_fill(struct rng *rng, void *buffer, size_t bytes);

/* One step of splitmix64 as a mixing function: a bijection on 64-bit words. */
static inline uint64_t rng_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t sum = s[0] + s[3];
    uint64_t result = ((sum << 23) | (sum >> 41)) + s[0];
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

/* Uniform in [0, 1), 53 bits. */
static inline double rng_real(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

#endif
