/*
 * gups: random updates of a table of 64-bit words, as HPC Challenge's RandomAccess defines them:
 *
 *     table[r & (words - 1)] ^= r,   r the successive values of x^k over GF(2), polynomial
 *                                    x^63 + x^2 + x + 1, k = 1 .. updates
 *
 * in 128 interleaved streams, each starting where the one before will end. Looking ahead 128 values
 * (its rules allow 1024) lets the words be fetched before they are updated.
 *
 * A full run of the definition is 4 updates per word; here it is as many as --time asks for, and
 * the fact `updates.gups` says how many. The initial table[i] = i must come back when the same
 * values are applied a second time, in one stream: HPCC allows 1 % errors, here there must be none.
 */
#include "kernels.h"

#include "err.h"
#include "space.h"

#include <inttypes.h>
#include <stdlib.h>

enum { streams = 128, turns_per_unit = 1024, polynomial = 7 };

struct gups {
    struct work work;
    struct session *session;
    const struct point *point;
    struct mem mem;
    uint64_t *table, words;
    uint64_t turns; /* of the last run: updates per stream */
    uint64_t start[streams];
};

static inline uint64_t next_value(uint64_t value)
{
    return value << 1 ^ (value >> 63) * polynomial;
}

/* x^k by squaring: squaring is linear over GF(2), given by the squares of x^0 .. x^63. */
uint64_t gups_power(uint64_t k)
{
    uint64_t squares[64], value = 1;
    for (int bit = 0; bit < 64; bit++) {
        squares[bit] = value;
        value = next_value(next_value(value));
    }
    value = 1;
    for (int i = 63; i >= 0; i--) {
        uint64_t square = 0;
        for (int bit = 0; bit < 64; bit++) {
            if (value >> bit & 1)
                square ^= squares[bit];
        }
        value = k >> i & 1 ? next_value(square) : square;
    }
    return value;
}

struct work *gups_setup(struct session *session, const struct kernel *kernel,
                        const struct point *point)
{
    struct gups *gups = state_new(sizeof *gups, point->what);
    (void)kernel;
    if (point->bytes < sizeof(uint64_t) || (point->bytes & (point->bytes - 1)) != 0)
        opt_usage("gups: a table of %" PRIu64 " bytes is no power of two", point->bytes);
    space_map(&gups->mem, point->bytes, (enum mem_pages)session->config.pages, point->what);
    gups->work = (struct work){.per_unit = (double)streams * turns_per_unit, .buffer = &gups->mem};
    gups->session = session;
    gups->point = point;
    gups->table = gups->mem.data;
    gups->words = point->bytes / sizeof(uint64_t);
    return &gups->work;
}

/* While one turn's words are updated, the next turn's are asked for: the memory never waits. */
static void update(void *context, int rank)
{
    struct gups *gups = context;
    uint64_t *table = gups->table, mask = gups->words - 1, value[streams];
    (void)rank;
    for (int s = 0; s < streams; s++)
        value[s] = next_value(gups->start[s]);
    for (uint64_t turn = 1; turn < gups->turns; turn++) {
        for (int s = 0; s < streams; s++) {
            uint64_t next = next_value(value[s]);
            __builtin_prefetch(&table[next & mask]);
            table[value[s] & mask] ^= value[s];
            value[s] = next;
        }
    }
    for (int s = 0; s < streams; s++)
        table[value[s] & mask] ^= value[s];
}

double gups_run(void *work, uint64_t units)
{
    struct gups *gups = work;
    gups->turns = units * turns_per_unit;
    for (int s = 0; s < streams; s++)
        gups->start[s] = gups_power((uint64_t)s * gups->turns);
    for (uint64_t i = 0; i < gups->words; i++)
        gups->table[i] = i;
    return session_time(gups->session, NULL, update, gups);
}

bool gups_verify(void *work, char why[WHY_BYTES])
{
    struct gups *gups = work;
    uint64_t value = 1, errors = 0;
    for (uint64_t k = 0; k < streams * gups->turns; k++) {
        value = next_value(value);
        gups->table[value & (gups->words - 1)] ^= value;
    }
    for (uint64_t i = 0; i < gups->words; i++)
        errors += gups->table[i] != i;
    if (errors > 0)
        snprintf(why, WHY_BYTES,
                 "%" PRIu64 " of %" PRIu64 " words are wrong after %" PRIu64 " updates", errors,
                 gups->words, streams * gups->turns);
    return errors == 0;
}

void gups_finish(void *work)
{
    struct gups *gups = work;
    struct report *report = gups->session->report;
    char key[64];
    double updates = (double)streams * (double)gups->turns, full = 4 * (double)gups->words;
    snprintf(key, sizeof key, "updates.%s", gups->point->what);
    report_fact(report, key, "%.0f, %.3g of the definition's 4 per word", updates, updates / full);
    space_check(&gups->mem, (enum mem_pages)gups->session->config.pages, gups->point->what, report);
    mem_unmap(&gups->mem);
    free(gups);
}
