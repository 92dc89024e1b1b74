/* The second half of reading: what can only be done when every row is known. */
#include "model.h"

#include "alloc.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

struct place {
    uint32_t round, index;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->round != b->round)
        return a->round < b->round ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

/* The turns of a cell in the order of its trials, while these are joined. */
struct sorted_turns {
    struct turn *at;
    size_t count;
};

/* Appends a piece's turns; returns where they begin. */
static uint32_t append_turns(struct sorted_turns *sorted, const struct cell *cell,
                             const struct trial *piece)
{
    if (piece->first_turn == NO_TURNS)
        return NO_TURNS;
    memcpy(&sorted->at[sorted->count], &cell->turns[piece->first_turn],
           piece->n * sizeof *sorted->at);
    sorted->count += piece->n;
    return (uint32_t)(sorted->count - piece->n);
}

/* Adds b's repetitions to a (Chan, Golub, LeVeque 1979). */
static void join(struct trial *a, const struct trial *b)
{
    double n = (double)a->n + b->n, apart = b->mean - a->mean;
    a->mean += apart * b->n / n;
    a->squares += b->squares + apart * apart * a->n * b->n / n;
    a->n += b->n;
    a->last_rep = b->last_rep;
}

/*
 * One trial per round. Pieces of one round are joined while the repetition numbers go up; when they
 * start again, the trial was measured again after a resume, and the later one counts.
 */
static void join_pieces(struct cell *cell)
{
    struct place *places = alloc_zero(cell->count, sizeof *places);
    struct trial *joined = alloc_zero(cell->count, sizeof *joined);
    uint32_t *moved = alloc_zero(cell->count, sizeof *moved);
    struct sorted_turns turns = {.at = alloc_zero(cell->turn_count, sizeof *turns.at)};
    size_t count = 0;

    for (size_t i = 0; i < cell->count; i++)
        places[i] = (struct place){.round = cell->trials[i].round, .index = (uint32_t)i};
    qsort(places, cell->count, sizeof *places, compare_places);
    for (size_t i = 0; i < cell->count; i++) {
        const struct trial *piece = &cell->trials[places[i].index];
        struct trial *last = count ? &joined[count - 1] : NULL;
        if (last && last->round == piece->round && piece->first_rep > last->last_rep) {
            join(last, piece);
            if (append_turns(&turns, cell, piece) == NO_TURNS)
                last->first_turn = NO_TURNS;
        } else if (last && last->round == piece->round) {
            if (last->first_turn != NO_TURNS)
                turns.count = last->first_turn;
            *last = *piece;
            last->first_turn = append_turns(&turns, cell, piece);
            cell->replaced++;
            for (size_t k = i; k-- > 0 && places[k].round == piece->round;)
                moved[places[k].index] = UINT32_MAX;
        } else {
            joined[count] = *piece;
            joined[count++].first_turn = append_turns(&turns, cell, piece);
        }
        moved[places[i].index] = (uint32_t)count - 1;
    }
    size_t kept = 0;
    for (size_t i = 0; i < cell->sample_count; i++) {
        struct plotted sample = cell->samples[i];
        sample.trial = moved[sample.trial];
        if (sample.trial != UINT32_MAX)
            cell->samples[kept++] = sample;
    }
    cell->sample_count = kept;
    free(cell->trials);
    free(cell->turns);
    free(places);
    free(moved);
    cell->trials = joined;
    cell->turns = turns.at;
    cell->turn_count = cell->turn_room = turns.count;
    cell->room = cell->count;
    cell->count = count;
}

static void drop_trial(struct cell *cell, size_t index)
{
    size_t kept = 0;
    memmove(&cell->trials[index], &cell->trials[index + 1],
            (cell->count - index - 1) * sizeof *cell->trials);
    cell->count--;
    cell->voided++;
    for (size_t i = 0; i < cell->sample_count; i++) {
        struct plotted sample = cell->samples[i];
        if (sample.trial == index)
            continue;
        sample.trial -= sample.trial > index;
        cell->samples[kept++] = sample;
    }
    cell->sample_count = kept;
}

static void apply_void(struct model *model, const struct event *event)
{
    for (size_t i = 0; i < model->cell_count; i++) {
        struct cell *cell = &model->cells[i];
        if (cell->group != event->group ||
            strcmp(model->platforms.at[cell->platform], event->platform) != 0 ||
            (strcmp(event->benchmark, "-") != 0 &&
             strcmp(event->benchmark, model->metrics[cell->metric].benchmark) != 0))
            continue;
        for (size_t k = 0; k < cell->count; k++) {
            if (cell->trials[k].round == event->round) {
                drop_trial(cell, k);
                break;
            }
        }
    }
}

/* Names groups by what tells them apart: the host, the folder, or both. */
static void label_groups(struct model *model)
{
    bool hosts = false, sources = false;
    for (size_t i = 1; i < model->group_count; i++) {
        hosts = hosts || strcmp(model->groups[i].host, model->groups[0].host) != 0;
        sources = sources || strcmp(model->groups[i].source, model->groups[0].source) != 0;
    }
    for (size_t i = 0; i < model->group_count; i++) {
        struct group *group = &model->groups[i];
        if (sources && hosts)
            group->label = alloc_format("%s (%s)", group->source, group->host);
        else
            group->label = alloc_format("%s", sources ? group->source : group->host);
        words_clean(group->label);
    }
}

/* Drops cells without a trial: nothing but warm-up or bad values. */
void model_finish(struct model *model)
{
    size_t replaced = 0, invalid = 0, voided = 0;
    for (size_t i = 0; i < model->cell_count; i++)
        join_pieces(&model->cells[i]);
    for (size_t i = 0; i < model->event_count; i++) {
        if (model->events[i].is_void)
            apply_void(model, &model->events[i]);
    }
    for (size_t i = 0; i < model->cell_count; i++) {
        replaced += model->cells[i].replaced;
        invalid += model->cells[i].invalid;
        voided += model->cells[i].voided;
    }
    if (replaced)
        model_note(model, "%zu results were measured twice in one round; the later ones count",
                   replaced);
    if (invalid)
        model_note(model, "%zu values that are no finite number were left out", invalid);
    if (voided)
        model_note(model, "%zu results were left out because a guard made them void", voided);
    label_groups(model);
}
