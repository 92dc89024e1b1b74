#include "model.h"

#include "alloc.h"
#include "catalog.h"
#include "columns.h"
#include "words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- building ---- */

int model_group(struct model *model, const char *source, const char *host)
{
    for (size_t i = 0; i < model->group_count; i++) {
        const struct group *group = &model->groups[i];
        if ((!source || strcmp(group->source, source) == 0) && strcmp(group->host, host) == 0)
            return (int)i;
    }
    model->groups =
        alloc_grow(model->groups, model->group_count, &model->group_room, sizeof *model->groups);
    model->groups[model->group_count] = (struct group){
        .source = alloc_text(source ? source : "", source ? strlen(source) : 0),
        .host = alloc_text(host, strlen(host)),
        .paired = true,
    };
    return (int)model->group_count++;
}

int model_metric(struct model *model, const char *benchmark, const char *name, const char *unit,
                 enum better better)
{
    char key[512];
    int length = snprintf(key, sizeof key, "%s\x1f%s", benchmark, name);
    if (length < 0 || (size_t)length >= sizeof key)
        return -1;
    size_t number = (size_t)names_add(&model->metric_names, key, (size_t)length);
    if (number < model->metric_count) {
        const struct measured *metric = &model->metrics[number];
        return strcmp(metric->unit, unit) == 0 && metric->better == better ? (int)number : -1;
    }
    const struct known_metric *known = catalog_find(benchmark, name);
    model->metrics = alloc_grow(model->metrics, model->metric_count, &model->metric_room,
                                sizeof *model->metrics);
    model->metrics[model->metric_count++] = (struct measured){
        .benchmark = alloc_text(benchmark, strlen(benchmark)),
        .name = alloc_text(name, strlen(name)),
        .unit = alloc_text(unit, strlen(unit)),
        .resource = alloc_format("%s", known ? known->resource : ""),
        .better = better,
        .primary = catalog_primary(benchmark, name),
    };
    return (int)number;
}

static int cell_key(char key[64], int group, int platform, int metric)
{
    return snprintf(key, 64, "%d %d %d", group, platform, metric);
}

int model_cell(struct model *model, int group, int platform, int metric)
{
    char key[64];
    int length = cell_key(key, group, platform, metric);
    size_t number = (size_t)names_add(&model->cell_names, key, (size_t)length);
    if (number == model->cell_count) {
        model->cells =
            alloc_grow(model->cells, model->cell_count, &model->cell_room, sizeof *model->cells);
        model->cells[model->cell_count++] = (struct cell){
            .group = group, .platform = platform, .metric = metric, .sample_stride = 1};
    }
    return (int)number;
}

const struct cell *model_find(const struct model *model, int group, int platform, int metric)
{
    char key[64];
    cell_key(key, group, platform, metric);
    int number = names_find(&model->cell_names, key);
    return number < 0 ? NULL : &model->cells[number];
}

/* Keeps every sample_stride-th sample; doubles the stride when the room is used up. */
static void keep_sample(struct cell *cell, double value, uint32_t part)
{
    if (cell->sample_seen++ % cell->sample_stride != 0)
        return;
    if (cell->sample_count == MOST_SAMPLES) {
        for (size_t i = 0; i < MOST_SAMPLES / 2; i++)
            cell->samples[i] = cell->samples[2 * i];
        cell->sample_count = MOST_SAMPLES / 2;
        cell->sample_stride *= 2;
    }
    cell->samples =
        alloc_grow(cell->samples, cell->sample_count, &cell->sample_room, sizeof *cell->samples);
    cell->samples[cell->sample_count++] =
        (struct plotted){.value = value, .trial = (uint32_t)cell->count - 1, .part = part};
}

static void keep_turn(struct cell *cell, double value, uint32_t rep)
{
    cell->turns = alloc_grow(cell->turns, cell->turn_count, &cell->turn_room, sizeof *cell->turns);
    cell->turns[cell->turn_count++] =
        (struct turn){.log = value > 0 ? (float)log(value) : NAN, .rep = rep};
}

void model_add(struct model *model, int number, uint32_t round, double time, uint32_t rep,
               double value)
{
    struct cell *cell = &model->cells[number];
    struct group *group = &model->groups[cell->group];
    if (!column_rep_counts(rep))
        return;
    if (!isfinite(value)) {
        cell->invalid++;
        return;
    }
    round += group->offset;
    if (round > group->last_round)
        group->last_round = round;
    struct trial *trial = cell->count ? &cell->trials[cell->count - 1] : NULL;
    if (!trial || trial->round != round || rep <= trial->last_rep) {
        cell->trials = alloc_grow(cell->trials, cell->count, &cell->room, sizeof *cell->trials);
        trial = &cell->trials[cell->count++];
        *trial = (struct trial){.time = time, .round = round, .first_rep = rep};
        trial->first_turn = cell->by_turns ? (uint32_t)cell->turn_count : NO_TURNS;
    }
    if (cell->by_turns)
        keep_turn(cell, value, rep);
    /* Welford 1962. */
    double before = value - trial->mean;
    trial->n++;
    trial->last_rep = rep;
    trial->mean += before / trial->n;
    trial->squares += before * (value - trial->mean);
    if (model->keep_samples)
        keep_sample(cell, value, rep);
}

void model_note(struct model *model, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = words_format(format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < model->note_count; i++) {
        if (strcmp(model->notes[i], text) == 0) {
            free(text);
            return;
        }
    }
    model->notes =
        alloc_grow(model->notes, model->note_count, &model->note_room, sizeof *model->notes);
    model->notes[model->note_count++] = text;
}

void measured_free(struct measured *metric)
{
    free(metric->benchmark);
    free(metric->name);
    free(metric->unit);
    free(metric->resource);
}

static void free_records(struct model *model)
{
    for (size_t i = 0; i < model->event_count; i++) {
        free(model->events[i].platform);
        free(model->events[i].benchmark);
        free(model->events[i].guard);
        free(model->events[i].evidence);
        free(model->events[i].advice);
    }
    for (size_t i = 0; i < model->unusable_count; i++) {
        free(model->unusables[i].platform);
        free(model->unusables[i].reason);
    }
    for (size_t i = 0; i < model->fact_count; i++) {
        free(model->facts[i].platform);
        free(model->facts[i].benchmark);
        free(model->facts[i].key);
        free(model->facts[i].value);
    }
    for (size_t i = 0; i < model->distribution_count; i++) {
        free(model->distributions[i].platform);
        free(model->distributions[i].benchmark);
        free(model->distributions[i].metric);
        free(model->distributions[i].hist);
    }
    for (size_t i = 0; i < model->environment_count; i++) {
        free(model->environment[i].source);
        free(model->environment[i].key);
        free(model->environment[i].value);
    }
    for (size_t i = 0; i < model->note_count; i++)
        free(model->notes[i]);
}

void model_free(struct model *model)
{
    for (size_t i = 0; i < model->group_count; i++) {
        free(model->groups[i].source);
        free(model->groups[i].host);
        free(model->groups[i].label);
    }
    for (size_t i = 0; i < model->metric_count; i++)
        measured_free(&model->metrics[i]);
    for (size_t i = 0; i < model->cell_count; i++) {
        free(model->cells[i].trials);
        free(model->cells[i].turns);
        free(model->cells[i].samples);
    }
    free_records(model);
    names_free(&model->platforms);
    names_free(&model->cell_names);
    names_free(&model->metric_names);
    names_free(&model->fact_names);
    free(model->groups);
    free(model->metrics);
    free(model->cells);
    free(model->events);
    free(model->unusables);
    free(model->facts);
    free(model->distributions);
    free(model->environment);
    free(model->notes);
    *model = (struct model){0};
}
