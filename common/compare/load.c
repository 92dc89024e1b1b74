#include "load.h"

#include "alloc.h"
#include "csv.h"
#include "err.h"
#include "parse.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 1 << 30, COLUMNS = 10 };

/* ---- fields ---- */

/* Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant 2013). */
static double days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (double)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool load_time(const char *text, double *seconds)
{
    int year, month, day, hour, minute, used = 0;
    double second;
    struct field field = {.text = (char *)text, .length = strlen(text)};
    if (csv_number(&field, '.', seconds))
        return isfinite(*seconds);
    if (sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d:%lf%n", &year, &month, &day, &hour, &minute,
               &second, &used) != 6 ||
        used == 0 || (strcmp(text + used, "Z") != 0 && text[used] != '\0'))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 24 ||
        minute < 0 || minute > 59 || !(second >= 0 && second < 61))
        return false;
    *seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

static double read_time(const struct csv *csv, const struct field *field)
{
    double seconds;
    if (!load_time(field->text, &seconds))
        csv_die(csv, "time '%.40s' is neither ISO 8601 nor a number", field->text);
    return seconds;
}

static uint32_t read_count(const struct csv *csv, const struct field *field, const char *name,
                           uint32_t least)
{
    uint64_t value = 0;
    const char *at = field->text;
    for (; *at >= '0' && *at <= '9' && value < MOST_ROUNDS; at++)
        value = 10 * value + (uint64_t)(*at - '0');
    if (*at || field->length == 0 || value < least || value >= MOST_ROUNDS)
        csv_die(csv, "%s '%.40s' is no whole number from %u", name, field->text, least);
    return (uint32_t)value;
}

static enum better read_better(const struct csv *csv, const struct field *field)
{
    if (strcmp(field->text, "lower") != 0 && strcmp(field->text, "higher") != 0)
        csv_die(csv, "better '%.40s' is neither lower nor higher", field->text);
    return field->text[0] == 'h' ? BETTER_HIGHER : BETTER_LOWER;
}

/* ---- one file ---- */

struct folder {
    struct model *model;
    const char *path, *source; /* source: NULL when hosts are pooled */
};

/* Opens FOLDER/NAME and checks its header. False if there is no such file and it is not needed. */
static bool open_table(struct csv *csv, const struct folder *folder, const char *name,
                       const char *header, bool needed)
{
    struct field fields[COLUMNS];
    char *path = alloc_format("%s/%s", folder->path, name), found[256] = "";
    if (!csv_open(csv, path)) {
        if (needed || errno != ENOENT)
            die_errno(STATUS_SYSTEM, "%s", path);
        free(path);
        return false;
    }
    size_t count = csv_next(csv, fields, COLUMNS);
    for (size_t i = 0, used = 0; i < count && i < COLUMNS && used < sizeof found; i++)
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%s", i ? "," : "",
                                 fields[i].text);
    /* An empty file is a campaign of which nothing has been measured yet. */
    if (count && strcmp(found, header) != 0)
        csv_die(csv, "the header is not %s", header);
    return true;
}

static void close_table(struct csv *csv)
{
    csv_close(csv);
    free((char *)csv->path);
}

/* The next row of exactly `columns` fields; a torn one at the end is noted and left out. */
static bool next_row(struct csv *csv, struct model *model, struct field *fields, size_t columns)
{
    size_t count = csv_next(csv, fields, columns);
    if (count == 0)
        return false;
    if (csv->torn) {
        model_note(model, "%s:%zu: the last line is torn and was left out", csv->path, csv->line);
        return false;
    }
    if (count != columns)
        csv_die(csv, "%zu fields instead of %zu", count, columns);
    return true;
}

/* ---- samples.csv ---- */

/* The trial that the last row belonged to: the next row's mostly the same. */
struct current {
    char bytes[512];
    size_t length;
    int cell;
    uint32_t round;
};

enum { TIME, HOST, PLATFORM, ROUND, BENCHMARK, METRIC, UNIT, BETTER, REP, VALUE };

static void find_cell(const struct folder *folder, const struct csv *csv,
                      const struct field *fields, struct current *current)
{
    struct model *model = folder->model;
    for (int i = HOST; i <= UNIT; i++) {
        if (fields[i].length == 0 && i != UNIT)
            csv_die(csv, "field %d is empty", i + 1);
    }
    int group = model_group(model, folder->source, fields[HOST].text);
    int platform = names_add(&model->platforms, fields[PLATFORM].text, fields[PLATFORM].length);
    int metric = model_metric(model, fields[BENCHMARK].text, fields[METRIC].text, fields[UNIT].text,
                              read_better(csv, &fields[BETTER]));
    if (metric < 0)
        csv_die(csv, "%s %s has another unit or direction in an earlier row",
                fields[BENCHMARK].text, fields[METRIC].text);
    current->cell = model_cell(model, group, platform, metric);
    current->round = read_count(csv, &fields[ROUND], "round", 1);
}

static void load_samples(const struct folder *folder)
{
    struct field fields[COLUMNS];
    struct csv csv;
    struct current current = {.length = 0};

    open_table(&csv, folder, "samples.csv",
               "time,host,platform,round,benchmark,metric,unit,better,rep,value", true);
    while (next_row(&csv, folder->model, fields, COLUMNS)) {
        const char *key = fields[HOST].text;
        size_t length = (size_t)(fields[REP].text - key);
        if (length != current.length || memcmp(key, current.bytes, length) != 0) {
            find_cell(folder, &csv, fields, &current);
            current.length = length <= sizeof current.bytes ? length : 0;
            memcpy(current.bytes, key, current.length);
        }
        double value;
        if (!csv_number(&fields[VALUE], '.', &value))
            csv_die(&csv, "value '%.40s' is no number", fields[VALUE].text);
        uint32_t rep = read_count(&csv, &fields[REP], "rep", 0);
        model_add(folder->model, current.cell, current.round, read_time(&csv, &fields[TIME]), rep,
                  value);
    }
    close_table(&csv);
}

/* ---- what went wrong ---- */

static char *text_of(const struct field *field)
{
    return alloc_text(field->text, field->length);
}

static void add_event(struct model *model, struct event event)
{
    model->events =
        alloc_grow(model->events, model->event_count, &model->event_room, sizeof *model->events);
    model->events[model->event_count++] = event;
}

static void load_guards(const struct folder *folder)
{
    struct field fields[9];
    struct csv csv;
    if (!open_table(&csv, folder, "guards.csv",
                    "time,host,platform,round,benchmark,guard,outcome,evidence,advice", false))
        return;
    while (next_row(&csv, folder->model, fields, 9)) {
        bool is_void = strcmp(fields[6].text, "void") == 0;
        if (!is_void && strcmp(fields[6].text, "mark") != 0)
            csv_die(&csv, "outcome '%.40s' is neither mark nor void", fields[6].text);
        int group = model_group(folder->model, folder->source, fields[1].text);
        add_event(folder->model, (struct event){
                                     .group = group,
                                     .platform = text_of(&fields[2]),
                                     .round = read_count(&csv, &fields[3], "round", 0) +
                                              folder->model->groups[group].offset,
                                     .benchmark = text_of(&fields[4]),
                                     .guard = text_of(&fields[5]),
                                     .is_void = is_void,
                                     .evidence = text_of(&fields[7]),
                                     .advice = text_of(&fields[8]),
                                 });
    }
    close_table(&csv);
}

static void load_failures(const struct folder *folder)
{
    struct field fields[6];
    struct csv csv;
    if (!open_table(&csv, folder, "failures.csv", "time,host,platform,round,benchmark,reason",
                    false))
        return;
    while (next_row(&csv, folder->model, fields, 6)) {
        int group = model_group(folder->model, folder->source, fields[1].text);
        add_event(folder->model, (struct event){
                                     .group = group,
                                     .platform = text_of(&fields[2]),
                                     .round = read_count(&csv, &fields[3], "round", 0) +
                                              folder->model->groups[group].offset,
                                     .benchmark = text_of(&fields[4]),
                                     .evidence = text_of(&fields[5]),
                                 });
    }
    close_table(&csv);
}

static void load_platforms(const struct folder *folder)
{
    struct model *model = folder->model;
    struct field fields[3];
    struct csv csv;
    if (!open_table(&csv, folder, "platforms.csv", "platform,usable,reason", false))
        return;
    while (next_row(&csv, model, fields, 3)) {
        if (strcmp(fields[1].text, "yes") == 0)
            continue;
        if (strcmp(fields[1].text, "no") != 0)
            csv_die(&csv, "usable '%.40s' is neither yes nor no", fields[1].text);
        model->unusables = alloc_grow(model->unusables, model->unusable_count,
                                      &model->unusable_room, sizeof *model->unusables);
        model->unusables[model->unusable_count++] =
            (struct unusable){.platform = text_of(&fields[0]), .reason = text_of(&fields[2])};
    }
    close_table(&csv);
}

void load_results(struct model *model, const char *path, bool pool)
{
    struct folder folder = {.model = model, .path = path, .source = pool ? NULL : path};
    for (size_t i = 0; i < model->group_count; i++)
        model->groups[i].offset = model->groups[i].last_round;
    load_samples(&folder);
    load_guards(&folder);
    load_failures(&folder);
    load_platforms(&folder);
}
