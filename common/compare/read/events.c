/* What was usable, and what went wrong: platforms.csv, guards.csv, failures.csv. */
#include "tables.h"

#include "alloc.h"

#include <string.h>

static void add_event(struct model *model, struct event event)
{
    names_add(&model->platforms, event.platform, strlen(event.platform));
    model->events =
        alloc_grow(model->events, model->event_count, &model->event_room, sizeof *model->events);
    model->events[model->event_count++] = event;
}

/* The trial that a row `time,host,platform,round,benchmark,...` is about. */
static struct event event_at(struct csv *csv, const struct folder *folder,
                             const struct field *fields)
{
    table_check_name(csv, &fields[1], "host");
    int group = model_group(folder->model, folder->source, fields[1].text);
    return (struct event){
        .group = group,
        .platform = table_name(csv, &fields[2], "platform"),
        .round =
            table_read_count(csv, &fields[3], "round", 0) + folder->model->groups[group].offset,
        .benchmark = table_name(csv, &fields[4], "benchmark"),
    };
}

static void load_guards(const struct folder *folder)
{
    struct field fields[9];
    struct csv csv;
    if (!table_open(&csv, folder, "guards.csv", false))
        return;
    while (table_next(&csv, folder->model, fields, 9)) {
        bool is_void = strcmp(fields[6].text, "void") == 0;
        if (!is_void && strcmp(fields[6].text, "mark") != 0)
            csv_die(&csv, "outcome '%.40s' is neither mark nor void", fields[6].text);
        struct event event = event_at(&csv, folder, fields);
        event.guard = table_name(&csv, &fields[5], "guard");
        event.is_void = is_void;
        event.evidence = table_text(&fields[7]);
        event.advice = table_text(&fields[8]);
        add_event(folder->model, event);
    }
    table_close(&csv);
}

static void load_failures(const struct folder *folder)
{
    struct field fields[6];
    struct csv csv;
    if (!table_open(&csv, folder, "failures.csv", false))
        return;
    while (table_next(&csv, folder->model, fields, 6)) {
        struct event event = event_at(&csv, folder, fields);
        event.evidence = table_text(&fields[5]);
        add_event(folder->model, event);
    }
    table_close(&csv);
}

void platforms_load(const struct folder *folder)
{
    struct model *model = folder->model;
    struct field fields[3];
    struct csv csv;
    if (!table_open(&csv, folder, "platforms.csv", false))
        return;
    while (table_next(&csv, model, fields, 3)) {
        table_check_name(&csv, &fields[0], "platform");
        if (strcmp(fields[1].text, "yes") == 0) {
            names_add(&model->platforms, fields[0].text, fields[0].length);
            continue;
        }
        if (strcmp(fields[1].text, "no") != 0)
            csv_die(&csv, "usable '%.40s' is neither yes nor no", fields[1].text);
        model->unusables = alloc_grow(model->unusables, model->unusable_count,
                                      &model->unusable_room, sizeof *model->unusables);
        model->unusables[model->unusable_count++] =
            (struct unusable){.platform = table_text(&fields[0]), .reason = table_text(&fields[2])};
    }
    table_close(&csv);
}

void events_load(const struct folder *folder)
{
    load_guards(folder);
    load_failures(folder);
}
