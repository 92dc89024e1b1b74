#include "load.h"

#include "csv.h"
#include "tables.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 10 };

static enum better read_better(const struct csv *csv, const struct field *field)
{
    if (strcmp(field->text, "lower") != 0 && strcmp(field->text, "higher") != 0)
        csv_die(csv, "better '%.40s' is neither lower nor higher", field->text);
    return field->text[0] == 'h' ? BETTER_HIGHER : BETTER_LOWER;
}

/* A trial that a row belonged to. */
struct current {
    char bytes[512];
    size_t length;
    int cell;
    uint32_t round;
};

/* The last few trials, one after the other: turns go round the platforms, blocks stay with one. */
enum { RECENT = 8 };
struct recent {
    struct current at[RECENT];
    size_t next;
    char time[40];
    double seconds; /* what `time` stands for */
};

/* How the folder's samples were made, from its environment.txt. */
static void read_design(struct folder *folder)
{
    for (size_t i = 0; i < folder->model->environment_count; i++) {
        const struct environment_line *setting = &folder->model->environment[i];
        if (strcmp(setting->source, folder->path) != 0)
            continue;
        if (strcmp(setting->key, "design") == 0)
            folder->turns = strcmp(setting->value, "turns") == 0;
        if (strcmp(setting->key, "serial") == 0)
            names_add(&folder->serial, setting->value, strlen(setting->value));
    }
}

enum { TIME, HOST, PLATFORM, ROUND, BENCHMARK, METRIC, UNIT, BETTER, REP, VALUE };

static void find_cell(const struct folder *folder, const struct csv *csv,
                      const struct field *fields, struct current *current)
{
    struct model *model = folder->model;
    static const int names[] = {HOST, PLATFORM, BENCHMARK, METRIC};
    static const char *const called[] = {"host", "platform", "benchmark", "metric"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        table_check_name(csv, &fields[names[i]], called[i]);
    const char *fault = fields[UNIT].length ? words_fault(fields[UNIT].text, UNIT_MOST) : NULL;
    if (fault)
        csv_die(csv, "unit '%.40s' %s", fields[UNIT].text, fault);
    int group = model_group(model, folder->source, fields[HOST].text);
    int platform = names_add(&model->platforms, fields[PLATFORM].text, fields[PLATFORM].length);
    int metric = model_metric(model, fields[BENCHMARK].text, fields[METRIC].text, fields[UNIT].text,
                              read_better(csv, &fields[BETTER]));
    if (metric < 0)
        csv_die(csv, "%s %s has another unit or direction in an earlier row",
                fields[BENCHMARK].text, fields[METRIC].text);
    current->cell = model_cell(model, group, platform, metric);
    model->cells[current->cell].by_turns =
        folder->turns && names_find(&folder->serial, fields[PLATFORM].text) == NAMES_NONE;
    current->round = table_read_count(csv, &fields[ROUND], "round", 1);
}

/* The trial that a row belongs to. */
static const struct current *find_trial(const struct folder *folder, const struct csv *csv,
                                        const struct field *fields, struct recent *recent)
{
    const char *key = fields[HOST].text;
    size_t length = (size_t)(fields[REP].text - key);
    for (size_t i = 0; i < RECENT; i++) {
        const struct current *there = &recent->at[i];
        if (there->length == length && memcmp(key, there->bytes, length) == 0)
            return there;
    }
    struct current *current = &recent->at[recent->next++ % RECENT];
    find_cell(folder, csv, fields, current);
    current->length = length <= sizeof current->bytes ? length : 0;
    memcpy(current->bytes, key, current->length);
    return current;
}

static void load_samples(const struct folder *folder)
{
    struct field fields[COLUMNS];
    struct csv csv;
    struct recent recent = {.next = 0};

    table_open(&csv, folder, "samples.csv", true);
    while (table_next(&csv, folder->model, fields, COLUMNS)) {
        const struct current *current = find_trial(folder, &csv, fields, &recent);
        double value;
        if (!csv_number(&fields[VALUE], '.', &value))
            csv_die(&csv, "value '%.40s' is no number", fields[VALUE].text);
        uint32_t rep = table_read_count(&csv, &fields[REP], "rep", 0);
        if (strcmp(recent.time, fields[TIME].text) != 0) {
            recent.seconds = table_read_time(&csv, &fields[TIME]);
            snprintf(recent.time, sizeof recent.time, "%s", fields[TIME].text);
        }
        model_add(folder->model, current->cell, current->round, recent.seconds, rep, value);
    }
    table_close(&csv);
}

void load_results(struct model *model, const char *path, bool pool)
{
    struct folder folder = {.model = model, .path = path, .source = pool ? NULL : path};
    for (size_t i = 0; i < model->group_count; i++)
        model->groups[i].offset = model->groups[i].last_round;
    environment_load(&folder);
    read_design(&folder);
    platforms_load(&folder);
    load_samples(&folder);
    events_load(&folder);
    facts_load(&folder);
    names_free(&folder.serial);
}
