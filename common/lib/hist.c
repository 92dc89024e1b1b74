#include "hist.h"

#include <stdlib.h>
#include <string.h>

void hist_clear(struct hist *hist)
{
    memset(hist, 0, sizeof *hist);
    hist->min_ns = UINT64_MAX;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    into->count += from->count;
    into->sum_ns += from->sum_ns;
    if (from->min_ns < into->min_ns)
        into->min_ns = from->min_ns;
    if (from->max_ns > into->max_ns)
        into->max_ns = from->max_ns;
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

uint64_t hist_bucket_start(unsigned bucket)
{
    const unsigned sub = 1u << HIST_SUB_BITS;
    if (bucket < 2 * sub)
        return bucket;
    unsigned shift = bucket / sub - 1;
    return (uint64_t)(bucket % sub + sub) << shift;
}

/* Middle of a bucket, in ns. */
static double middle(unsigned bucket)
{
    double start = (double)hist_bucket_start(bucket);
    double end = bucket + 1 < HIST_BUCKETS ? (double)hist_bucket_start(bucket + 1) : 0x1p64;
    return start + (end - start - 1) / 2;
}

double hist_quantile(const struct hist *hist, double q)
{
    uint64_t rank = (uint64_t)(q * (double)(hist->count - 1)), seen = 0;
    for (unsigned i = 0; i < HIST_BUCKETS; i++) {
        seen += hist->buckets[i];
        if (seen > rank) {
            double value = middle(i);
            if (value < (double)hist->min_ns)
                value = (double)hist->min_ns;
            if (value > (double)hist->max_ns)
                value = (double)hist->max_ns;
            return value * 1e-9;
        }
    }
    return (double)hist->max_ns * 1e-9;
}

bool hist_supports(const struct hist *hist, double q)
{
    return (1 - q) * (double)hist->count >= 10;
}

char *hist_text(const struct hist *hist)
{
    enum { group = 4 };
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return NULL;
    for (unsigned i = 0; i < HIST_BUCKETS; i += group) {
        uint64_t count = 0;
        for (unsigned j = i; j < i + group; j++)
            count += hist->buckets[j];
        if (count)
            fprintf(out, "%s%.4g:%llu", ftell(out) ? " " : "", middle(i + group / 2) * 1e-9,
                    (unsigned long long)count);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
