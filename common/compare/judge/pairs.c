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

/* A platform's turns and those of what it is set against. */
struct turns {
    struct walk platform, first, second;
    enum better better;
    double *room; /* for as many values as the platform has turns */
};

enum against { AGAINST_FIRST, AGAINST_SECOND, AGAINST_BOTH };

/* False if this turn of the platform has no other side. */
static bool log_ratio(struct turns *turns, enum against against, double *ratio)
{
    const struct turn *a = walk_to(&turns->first, turns->platform.at->rep);
    const struct turn *b = walk_to(&turns->second, turns->platform.at->rep);
    double base;
    if (a && b && against == AGAINST_BOTH)
        base = ((double)a->log + (double)b->log) / 2;
    else if (against == AGAINST_SECOND ? b != NULL : a != NULL)
        base = (double)(against == AGAINST_SECOND ? b : a)->log;
    else
        return false;
    *ratio = (double)turns->platform.at->log - base;
    if (turns->better == BETTER_HIGHER)
        *ratio = -*ratio;
    return true;
}

/* The location of a round's log ratios, and how many there are; of none, it is 0. */
static struct location reduce(struct turns turns, enum against against, size_t *count)
{
    *count = 0;
    for (; turns.platform.at < turns.platform.end; turns.platform.at++)
        *count += log_ratio(&turns, against, &turns.room[*count]);
    return *count > 0 ? location_of(turns.room, *count) : (struct location){0};
}

/*
 * Against two natives the round's figure is the mean of its locations against either. The ratio of
 * two equal platforms is symmetric about 1, whatever disturbs them, so that any location of it is
 * true; that to the mean of two is not, and its trimmed mean would be off.
 */
static bool locate_round(struct turns turns, struct pair *pair)
{
    size_t count, others;
    struct location first = reduce(turns, AGAINST_FIRST, &count);
    struct location second = reduce(turns, AGAINST_SECOND, &others);
    struct location both = reduce(turns, AGAINST_BOTH, &count); /* as many as the first's */
    pair->log_ratio = others ? (first.value + second.value) / 2 : first.value;
    pair->mean = both.mean;
    pair->squares = count ? both.variance * (double)count * (double)(count - 1) : 0;
    pair->turns = (uint32_t)count;
    return count > 0;
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
    struct turns turns = {
        .platform = walk_of(cell, trial),
        .first = walk_of(base.cell, first),
        .second = walk_of(base.second, second),
        .better = better,
        .room = room,
    };
    return locate_round(turns, pair);
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
