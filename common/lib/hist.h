/*
 * Log-linear histogram of durations in nanoseconds: below 256 ns exact, above it 128 buckets per
 * octave, so that a bucket's middle is at most 0.4 % from any value in it. Adding is a few
 * instructions and never allocates.
 */
#ifndef GM_HIST_H
#define GM_HIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    HIST_SUB_BITS = 7,
    HIST_BUCKETS = (65 - HIST_SUB_BITS) << HIST_SUB_BITS /* every 64-bit value has its bucket */
};

struct hist {
    uint64_t count, min_ns, max_ns;
    double sum_ns;
    uint64_t buckets[HIST_BUCKETS];
};

void hist_clear(struct hist *hist);
void hist_merge(struct hist *into, const struct hist *from);

static inline unsigned hist_bucket(uint64_t ns)
{
    if (ns < 2u << HIST_SUB_BITS)
        return (unsigned)ns;
    unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - HIST_SUB_BITS;
    return (shift << HIST_SUB_BITS) + (unsigned)(ns >> shift);
}

static inline void hist_add(struct hist *hist, uint64_t ns)
{
    hist->buckets[hist_bucket(ns)]++;
    hist->count++;
    hist->sum_ns += (double)ns;
    if (ns < hist->min_ns)
        hist->min_ns = ns;
    if (ns > hist->max_ns)
        hist->max_ns = ns;
}

/* Smallest value of a bucket, in ns. */
uint64_t hist_bucket_start(unsigned bucket);

/* The q-quantile (0..1) in seconds; at least one value must have been added. */
double hist_quantile(const struct hist *hist, double q);

/* Whether at least ten values lie beyond the q-quantile: otherwise it is an accident's size. */
bool hist_supports(const struct hist *hist, double q);

/*
 * The distribution as one fact: `seconds:count` pairs of the buckets that are not empty (each at
 * its middle), thinned to at most 32 per octave. Returns a string to be freed; NULL without memory.
 */
char *hist_text(const struct hist *hist);

#endif
