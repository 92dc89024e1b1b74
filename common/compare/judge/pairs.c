#include "pairs.h"

#include "alloc.h"
#include "location.h"
#include "ratio.h"

#include <math.h>
#include <stdlib.h>

/* One cell's turns of one round, walked through in their order. */
struct walk {
    const struct turn *at, *end;
};

static struct walk walk_of(const struct cell *cell, const struct trial *trial)
{
    if (!trial || trial->first_turn == NO_TURNS)
        return (struct walk){NULL, NULL};
    const struct turn *first = &cell->turns[trial->first_turn];
    return (struct walk){first, first + trial->n};
}

/* The turn of this number, or NULL; numbers are asked for in rising order. */
static const struct turn *walk_to(struct walk *walk, uint32_t rep)
{
    while (walk->at < walk->end && walk->at->rep < rep)
        walk->at++;
    return walk->at < walk->end && walk->at->rep == rep ? walk->at : NULL;
}

/* The log ratios of the turns that the platform shares with the base; returns how many. */
static size_t turn_ratios(struct walk platform, struct walk first, struct walk second,
                          enum better better, double *ratios)
{
    size_t count = 0;
    for (; platform.at < platform.end; platform.at++) {
        const struct turn *a = walk_to(&first, platform.at->rep);
        const struct turn *b = walk_to(&second, platform.at->rep);
        if (!a)
            continue;
        double base = b ? ((double)a->log + (double)b->log) / 2 : (double)a->log;
        double ratio = (double)platform.at->log - base;
        ratios[count++] = better == BETTER_LOWER ? ratio : -ratio;
    }
    return count;
}

static const struct trial *find_round(const struct cell *cell, uint32_t round)
{
    size_t low = 0, high = cell ? cell->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cell->trials[middle].round < round)
            low = middle + 1;
        else
            high = middle;
    }
    return cell && low < cell->count && cell->trials[low].round == round ? &cell->trials[low]
                                                                         : NULL;
}

/* False if the two share nothing in this round. */
static bool pair_of(const struct cell *cell, const struct trial *trial, struct base base,
                    enum better better, double *room, struct pair *pair)
{
    const struct trial *first = find_round(base.cell, trial->round);
    if (!first)
        return false;
    *pair = (struct pair){.round = trial->round};
    /* What is measured once per round, such as the start, has no turns to tell apart. */
    if (trial->first_turn == NO_TURNS || first->first_turn == NO_TURNS || first->last_rep == 1) {
        if (!ratio_logs(&trial->mean, &first->mean, 1, better, &pair->log_ratio))
            pair->log_ratio = NAN;
        return true;
    }
    const struct trial *second = find_round(base.second, trial->round);
    size_t n = turn_ratios(walk_of(cell, trial), walk_of(base.cell, first),
                           walk_of(base.second, second), better, room);
    if (n == 0)
        return false;
    struct location location = location_of(room, n);
    pair->log_ratio = location.value;
    pair->squares = location.variance * (double)n * (double)(n - 1);
    pair->turns = (uint32_t)n;
    return true;
}

struct pair *pairs_of(const struct cell *cell, struct base base, enum better better, size_t *count)
{
    struct pair *pairs = alloc_zero(cell->count, sizeof *pairs);
    uint32_t most = 0;
    for (size_t i = 0; i < cell->count; i++)
        most = cell->trials[i].n > most ? cell->trials[i].n : most;
    double *room = alloc_zero(most, sizeof *room);
    *count = 0;
    for (size_t i = 0; i < cell->count; i++)
        *count += pair_of(cell, &cell->trials[i], base, better, room, &pairs[*count]);
    free(room);
    return pairs;
}

struct levels pairs_levels(const struct pair *pairs, size_t n)
{
    struct trial *trials = alloc_zero(n, sizeof *trials);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].turns)
            trials[used++] = (struct trial){
                .mean = pairs[i].log_ratio, .squares = pairs[i].squares, .n = pairs[i].turns};
    }
    struct levels levels = levels_of(trials, used);
    free(trials);
    return levels;
}
