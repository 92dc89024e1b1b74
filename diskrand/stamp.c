#include "stamp.h"

#include <string.h>

const char *const stamp_fault_names[] = {"good", "torn", "misplaced", "lost", "stale"};

void stamp_fill(void *buffer, size_t bytes, struct rng *rng, double compressible)
{
    size_t zeros = (size_t)(STAMP_SECTOR * compressible / 100);
    rng_fill(rng, buffer, bytes);
    for (size_t end = STAMP_SECTOR; zeros && end <= bytes; end += STAMP_SECTOR)
        memset((char *)buffer + end - zeros, 0, zeros);
}

/*
 * Of all words but the stamp's own checksum, which is the fourth. Four independent lanes keep the
 * multiplier busy, about 8 bytes per cycle, so that checking does not slow the disk. Each step is a
 * bijection of its lane: whatever changes one word changes the sum.
 */
static uint64_t checksum_of(const void *block, size_t bytes)
{
    const uint64_t *words = block;
    uint64_t lanes[4] = {words[0], words[1], words[2], bytes};
    for (size_t i = 4; i < bytes / sizeof *words; i += 4) {
        for (size_t lane = 0; lane < 4; lane++) {
            uint64_t x = (lanes[lane] ^ words[i + lane]) * 0x9e3779b97f4a7c15u;
            lanes[lane] = x ^ (x >> 29);
        }
    }
    return rng_mix(lanes[0] ^ rng_mix(lanes[1] ^ rng_mix(lanes[2] ^ rng_mix(lanes[3]))));
}

void stamp_put(void *block, size_t bytes, struct stamp stamp, bool checksum)
{
    uint64_t tag = rng_mix(stamp.number ^ rng_mix(stamp.generation ^ stamp.run));
    size_t stride = checksum ? STAMP_SECTOR : STAMP_PAGE;
    for (size_t at = stride; at < bytes; at += stride)
        *(uint64_t *)((char *)block + at) = tag + at;
    memcpy(block, &stamp, sizeof stamp);
    if (checksum)
        ((struct stamp *)block)->checksum = checksum_of(block, bytes);
}

enum stamp_fault stamp_check(const void *block, size_t bytes, struct stamp wanted,
                             struct stamp *found)
{
    memcpy(found, block, sizeof *found);
    if (found->checksum != checksum_of(block, bytes))
        return STAMP_TORN;
    if (found->run != wanted.run)
        return STAMP_LOST;
    if (found->number != wanted.number)
        return STAMP_MISPLACED;
    if (found->generation == wanted.generation)
        return STAMP_GOOD;
    return found->generation == 0 ? STAMP_LOST : STAMP_STALE;
}
