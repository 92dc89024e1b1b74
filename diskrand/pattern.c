#include "pattern.h"

const char *const pattern_names[] = {"randwrite", "randread", "randrw", "write", "read", NULL};

enum { rounds = 3 };

/*
 * On a power of two, multiplying by an odd number, adding, and x ^= x >> k each are bijections;
 * three rounds of them mix every bit into every other. Values from `size` up are mapped again until
 * one is inside (cycle walking: Black and Rogaway 2002), less than twice on average.
 */
void permutation_init(struct permutation *permutation, uint64_t size, uint64_t key)
{
    unsigned bits = 1;
    while (bits < 63 && (UINT64_C(1) << bits) < size)
        bits++;
    permutation->size = size;
    permutation->mask = (UINT64_C(1) << bits) - 1;
    permutation->shift = (bits + 1) / 2;
    for (int i = 0; i < rounds; i++) {
        key = rng_mix(key);
        permutation->multiplier[i] = key | 1;
        key = rng_mix(key);
        permutation->addend[i] = key;
    }
}

uint64_t permutation_at(const struct permutation *permutation, uint64_t index)
{
    uint64_t x = index;
    do {
        for (int i = 0; i < rounds; i++) {
            x = (x * permutation->multiplier[i] + permutation->addend[i]) & permutation->mask;
            x ^= x >> permutation->shift;
        }
    } while (x >= permutation->size);
    return x;
}

static void begin_pass(struct pattern *pattern)
{
    pattern->position = 0;
    permutation_init(&pattern->permutation, pattern->blocks, rng_mix(pattern->key + pattern->pass));
}

void pattern_init(struct pattern *pattern, uint64_t seed, uint64_t worker)
{
    pattern->key = rng_mix(seed ^ rng_mix(worker));
    pattern->pass = 0;
    rng_seed(&pattern->rng, seed, worker);
    begin_pass(pattern);
}

struct access pattern_next(struct pattern *pattern)
{
    struct access access = {.write = pattern_writes(pattern->kind)};
    bool random = pattern->kind != WRITE && pattern->kind != READ;
    if (pattern_wraps(pattern)) {
        pattern->pass++;
        begin_pass(pattern);
    }
    uint64_t index = pattern->position++;
    if (random && pattern->repeating)
        index = rng_below(&pattern->rng, pattern->blocks);
    else if (random)
        index = permutation_at(&pattern->permutation, index);
    if (pattern->kind == RANDRW)
        access.write = rng_real(&pattern->rng) >= pattern->read_share;
    access.block = pattern->first + index;
    return access;
}
