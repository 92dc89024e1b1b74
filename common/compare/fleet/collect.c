/* From one host's analysis to its points. */
#include "alloc.h"
#include "catalog.h"
#include "fleet.h"
#include "words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const host_statuses[] = {"done", "failed", "missing", "left out"};

int fleet_host(struct fleet *fleet, const char *name, const char *folder, enum host_status status)
{
    bool taken = names_find(&fleet->host_names, name) != NAMES_NONE;
    char *full = taken ? alloc_format("%s (%s)", name, folder) : alloc_format("%s", name);
    for (int i = 2; names_find(&fleet->host_names, full) != NAMES_NONE; i++) {
        free(full);
        full = alloc_format("%s (%d)", name, i);
    }
    names_add(&fleet->host_names, full, strlen(full));
    fleet->hosts =
        alloc_grow(fleet->hosts, fleet->host_count, &fleet->host_room, sizeof *fleet->hosts);
    fleet->hosts[fleet->host_count] = (struct host){
        .name = full,
        .folder = alloc_text(folder, strlen(folder)),
        .status = status,
        .architecture = NAMES_NONE,
        .first = NAN,
        .last = NAN,
    };
    return (int)fleet->host_count++;
}

void fleet_say(struct fleet *fleet, enum about about, int host, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = words_format(format, arguments);
    va_end(arguments);
    size_t number = (size_t)names_add(&fleet->said, text, strlen(text));
    if (number == fleet->saying_count) {
        fleet->sayings = alloc_grow(fleet->sayings, fleet->saying_count, &fleet->saying_room,
                                    sizeof *fleet->sayings);
        fleet->sayings[fleet->saying_count++] =
            (struct saying){.about = about, .order = number, .text = text};
    } else {
        free(text);
    }
    struct saying *saying = &fleet->sayings[number];
    if (host < 0 || (saying->count && saying->hosts[saying->count - 1] == host))
        return;
    saying->hosts = alloc_grow(saying->hosts, saying->count, &saying->room, sizeof *saying->hosts);
    saying->hosts[saying->count++] = host;
}

/* ---- facts ---- */

/* What every campaign has of its own, or what says nothing about the host. */
static bool tells_nothing(const char *key)
{
    static const char *const keys[] = {"command",      "reproduce",   "time",
                                       "host",         "host.starts", "host.pace",
                                       "results.disk", "design",      "serial"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return strncmp(key, "setting.", 8) == 0 && strcmp(key, "setting.isa") != 0;
}

static void add_fact(struct fleet *fleet, int number, const char *key, const char *value)
{
    struct host *host = &fleet->hosts[number];
    struct host_fact fact = {names_add(&fleet->keys, key, strlen(key)),
                             names_add(&fleet->values, value, strlen(value))};
    host->facts = alloc_grow(host->facts, host->fact_count, &host->fact_room, sizeof *host->facts);
    host->facts[host->fact_count++] = fact;
}

const char *fleet_fact(const struct fleet *fleet, int host, const char *key)
{
    int number = names_find(&fleet->keys, key);
    for (size_t i = fleet->hosts[host].fact_count; number >= 0 && i-- > 0;) {
        if (fleet->hosts[host].facts[i].key == number)
            return fleet->values.at[fleet->hosts[host].facts[i].value];
    }
    return NULL;
}

/* Whether a folder's lines are about this group; where folders are pooled, its name tells. */
static bool is_about(const struct model *model, const struct group *group, const char *folder)
{
    if (*group->source)
        return strcmp(group->source, folder) == 0;
    for (size_t i = 0; i < model->environment_count; i++) {
        const struct environment_line *line = &model->environment[i];
        if (strcmp(line->source, folder) == 0 && strcmp(line->key, "host") == 0)
            return strcmp(line->value, group->host) == 0;
    }
    return false;
}

static void set_times(struct host *host, const struct model *model, int group)
{
    host->rounds = model->groups[group].last_round;
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct cell *cell = &model->cells[i];
        if (cell->group != group || cell->count == 0)
            continue;
        host->first = fmin(cell->trials[0].time, isnan(host->first) ? INFINITY : host->first);
        host->last = fmax(cell->trials[cell->count - 1].time, isnan(host->last) ? 0 : host->last);
    }
}

void fleet_facts(struct fleet *fleet, int host, const struct model *model, int group)
{
    const char *machine = "";
    set_times(&fleet->hosts[host], model, group);
    for (size_t i = 0; i < model->environment_count; i++) {
        const struct environment_line *line = &model->environment[i];
        char gib[32];
        const char *value = line->value;
        if (tells_nothing(line->key) || !*value ||
            !is_about(model, &model->groups[group], line->source))
            continue;
        /* Equal machines' figures differ by what their firmware keeps for itself. */
        if (strcmp(line->key, "memory") == 0) {
            snprintf(gib, sizeof gib, "%.0f GiB", strtod(value, NULL) / 0x1p20);
            value = gib;
        }
        const char *last = strrchr(value, ' '); /* of uname -srvm: x86_64, aarch64, s390x */
        if (strcmp(line->key, "kernel") == 0 && last && last[1] >= 'a' && last[1] <= 'z')
            machine = last + 1;
        add_fact(fleet, host, line->key, value);
    }
    fleet->hosts[host].architecture = names_add(&fleet->architectures, machine, strlen(machine));
}

/* ---- figures ---- */

static int metric_number(struct fleet *fleet, const struct measured *metric)
{
    char *key = alloc_format("%s\x1f%s\x1f%s\x1f%d", metric->benchmark, metric->name, metric->unit,
                             metric->better);
    size_t number = (size_t)names_add(&fleet->metric_names, key, strlen(key));
    free(key);
    if (number == fleet->metric_count) {
        fleet->metrics = alloc_grow(fleet->metrics, fleet->metric_count, &fleet->metric_room,
                                    sizeof *fleet->metrics);
        fleet->metrics[fleet->metric_count++] = (struct measured){
            .benchmark = alloc_text(metric->benchmark, strlen(metric->benchmark)),
            .name = alloc_text(metric->name, strlen(metric->name)),
            .unit = alloc_text(metric->unit, strlen(metric->unit)),
            .resource = alloc_text(metric->resource, strlen(metric->resource)),
            .better = metric->better,
            .primary = metric->primary,
        };
    }
    return (int)number;
}

static struct table *table_at(struct fleet *fleet, int architecture, int metric, int platform)
{
    char key[64];
    int length = snprintf(key, sizeof key, "%d %d %d", architecture, metric, platform);
    size_t number = (size_t)names_add(&fleet->table_names, key, (size_t)length);
    if (number == fleet->table_count) {
        fleet->tables = alloc_grow(fleet->tables, fleet->table_count, &fleet->table_room,
                                   sizeof *fleet->tables);
        fleet->tables[fleet->table_count++] =
            (struct table){.architecture = architecture, .metric = metric, .platform = platform};
    }
    return &fleet->tables[number];
}

/* The baseline's own cost: the mean of the logarithms of its rounds. */
static bool native_point(struct point *point, const struct row *row)
{
    const struct cell *cell = row->baseline->cell;
    double *logs = alloc_zero(cell->count, sizeof *logs);
    bool known = true;
    for (size_t i = 0; i < cell->count; i++) {
        double log_value = log(cell->trials[i].mean);
        known = known && isfinite(log_value);
        logs[i] = row->metric->better == BETTER_HIGHER ? -log_value : log_value;
    }
    if (known) {
        struct stats stats = stats_of(logs, cell->count);
        point->log = stats.mean;
        point->variance = stats.stddev * stats.stddev;
        point->freedom = (double)cell->count - 1;
        point->rounds = (uint32_t)cell->count;
    }
    free(logs);
    return known;
}

static bool ratio_point(struct point *point, const struct result *result)
{
    const struct ratio *ratio = &result->ratio;
    if (!result->has_ratio)
        return false;
    point->log = ratio->log_mean;
    point->rounds = (uint32_t)ratio->n;
    point->freedom = ratio->n > 1 ? ratio->freedom : 0;
    point->variance = ratio->error * ratio->error * (double)ratio->n;
    return true;
}

static void add_row(struct fleet *fleet, int host, const struct row *row)
{
    int architecture = fleet->hosts[host].architecture;
    int metric = metric_number(fleet, row->metric);
    for (size_t i = 0; row->baseline && i < row->count; i++) {
        const struct result *result = &row->results[i];
        struct point point = {.host = host};
        bool native = result == row->baseline;
        if (!(native ? native_point(&point, row) : ratio_point(&point, result)))
            continue;
        struct table *table =
            table_at(fleet, architecture, metric,
                     names_add(&fleet->platforms, result->platform, strlen(result->platform)));
        table->is_native = native;
        table->is_twin = result == row->twin;
        table->points =
            alloc_grow(table->points, table->count, &table->room, sizeof *table->points);
        table->points[table->count++] = point;
    }
}

void fleet_add(struct fleet *fleet, int host, const struct analysis *analysis, int group)
{
    for (size_t i = 0; i < analysis->count; i++) {
        if (analysis->rows[i].group == group)
            add_row(fleet, host, &analysis->rows[i]);
    }
}

void fleet_events(struct fleet *fleet, int host, const struct model *model, int group)
{
    for (size_t i = 0; i < model->unusable_count; i++)
        fleet_say(fleet, ABOUT_PLATFORM, host, "no %s: %s", model->unusables[i].platform,
                  model->unusables[i].reason);
    for (size_t i = 0; i < model->event_count; i++) {
        const struct event *event = &model->events[i];
        if (event->group != group)
            continue;
        if (event->guard)
            fleet_say(fleet, ABOUT_GUARD, host, "guard %s %s trials of %s", event->guard,
                      event->is_void ? "made void" : "marked", event->platform);
        else
            fleet_say(fleet, ABOUT_TRIAL, host, "trials of %s failed: %s", event->platform,
                      event->evidence);
    }
    for (size_t i = 0; i < model->note_count; i++)
        fleet_say(fleet, ABOUT_CAMPAIGN, host, "%s", model->notes[i]);
}

void fleet_free(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->host_count; i++) {
        free(fleet->hosts[i].name);
        free(fleet->hosts[i].folder);
        free(fleet->hosts[i].facts);
    }
    for (size_t i = 0; i < fleet->metric_count; i++)
        measured_free(&fleet->metrics[i]);
    for (size_t i = 0; i < fleet->table_count; i++)
        free(fleet->tables[i].points);
    for (size_t i = 0; i < fleet->saying_count; i++) {
        free(fleet->sayings[i].text);
        free(fleet->sayings[i].hosts);
    }
    struct names *names[] = {&fleet->host_names,   &fleet->architectures, &fleet->platforms,
                             &fleet->metric_names, &fleet->keys,          &fleet->values,
                             &fleet->table_names,  &fleet->said};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        names_free(names[i]);
    free(fleet->hosts);
    free(fleet->metrics);
    free(fleet->tables);
    free(fleet->sayings);
    *fleet = (struct fleet){0};
}
