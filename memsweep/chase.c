#include "chase.h"

#include "fetch.h"
#include "rng.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct chase_node *node(const struct chase *chase, size_t index)
{
    return (struct chase_node *)((char *)chase->mem->data + index * chase->stride);
}

/* A random permutation of 0 .. n-1 (Fisher and Yates, from the inside). */
static void permute(struct rng *rng, uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = rng_below(rng, i + 1);
        order[i] = order[j];
        order[j] = (uint32_t)i;
    }
}

/*
 * Every node's successor has the next rank, modulo their number: so the ranks from any node on run
 * through all of 0 .. nodes-1, which needs as many different nodes, and the cycle is one.
 */
static bool node_good(const struct chase *chase, size_t index)
{
    const struct chase_node *here = node(chase, index);
    uintptr_t offset = (uintptr_t)here->next - (uintptr_t)chase->mem->data;
    if (offset % chase->stride != 0 || offset / chase->stride >= chase->nodes)
        return false;
    if (here->rank >= chase->nodes || here->next->rank != (here->rank + 1) % chase->nodes)
        return false;
    for (size_t word = 0; word < chase->stride / sizeof(uint64_t) - 2; word++) {
        if (here->rest[word] != 0)
            return false;
    }
    return true;
}

/* The first node that is not good; chase->nodes if all are. */
static size_t first_bad(const struct chase *chase)
{
    size_t index = 0;
    while (index < chase->nodes && node_good(chase, index))
        index++;
    return index;
}

/*
 * Eight sums side by side: of the words, and of what that sum was at each of them, which tells
 * their order. A single word that has changed always changes the plain one.
 */
static struct chase_sums sums_of(const struct chase *chase)
{
    typedef uint64_t lanes __attribute__((vector_size(64), aligned(8)));
    enum { width = 8, page_words = 4096 / sizeof(uint64_t) };
    const uint64_t *words = chase->mem->data;
    size_t count = chase->nodes * chase->stride / sizeof *words, i = 0;
    lanes plain = {0}, ordered = {0};
    struct chase_sums sums = {0};
    for (; i + width <= count; i += width) {
        if (i % page_words == 0)
            fetch_page(words + i + page_words);
        plain += *(const lanes *)(words + i);
        ordered += plain;
    }
    for (; i < count; i++)
        sums.plain = 31 * sums.plain + words[i];
    for (int lane = 0; lane < width; lane++) {
        sums.plain = 31 * sums.plain + plain[lane];
        sums.ordered = 31 * sums.ordered + ordered[lane];
    }
    return sums;
}

int chase_build(struct chase *chase, struct mem *mem, size_t stride, size_t locality, uint64_t seed)
{
    *chase = (struct chase){.mem = mem, .stride = stride, .nodes = mem->bytes / stride};
    size_t block = locality / stride;
    if (block == 0 || block > chase->nodes)
        block = chase->nodes;
    if (chase->nodes == 0 || chase->nodes > UINT32_MAX)
        return EINVAL;
    size_t blocks = (chase->nodes + block - 1) / block;
    uint32_t *inside = malloc(block * sizeof *inside), *outside = malloc(blocks * sizeof *outside);
    if (inside && outside) {
        struct rng rng;
        rng_seed(&rng, seed, 0xc4a5e);
        permute(&rng, outside, blocks);
        struct chase_node **link = &chase->at;
        for (size_t b = 0, rank = 0; b < blocks; b++) {
            size_t base = outside[b] * block, left = chase->nodes - base;
            size_t count = left < block ? left : block;
            permute(&rng, inside, count);
            for (size_t i = 0; i < count; i++, rank++) {
                struct chase_node *here = node(chase, base + inside[i]);
                here->rank = rank;
                *link = here;
                link = &here->next;
            }
        }
        *link = chase->at;
    }
    free(inside);
    free(outside);
    if (!chase->at)
        return ENOMEM;
    chase->built = sums_of(chase);
    return first_bad(chase) == chase->nodes ? 0 : EIO;
}

void chase_walk(struct chase *chase, uint64_t turns)
{
    const struct chase_node *at = chase->at;
#define STEP4 at = at->next->next->next->next
    for (; turns > 0; turns--) {
        STEP4;
        STEP4;
        STEP4;
        STEP4;
        STEP4;
        STEP4;
        STEP4;
        STEP4;
    }
#undef STEP4
    chase->at = (struct chase_node *)at;
}

bool chase_verify(const struct chase *chase, uint64_t from, uint64_t steps, char *why,
                  size_t why_bytes)
{
    struct chase_sums now = sums_of(chase);
    if (now.plain != chase->built.plain || now.ordered != chase->built.ordered) {
        snprintf(why, why_bytes, "node %zu of %zu has changed or leads astray", first_bad(chase),
                 chase->nodes);
        return false;
    }
    uint64_t wanted = (from + steps % chase->nodes) % chase->nodes;
    if (chase->at->rank != wanted) {
        snprintf(why, why_bytes,
                 "%" PRIu64 " steps led to node %" PRIu64 " of the cycle, must be %" PRIu64, steps,
                 chase->at->rank, wanted);
        return false;
    }
    return true;
}
