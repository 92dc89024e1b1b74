/* Reads the folders of a fleet, one host after the other. */
#include "alloc.h"
#include "conditions.h"
#include "course.h"
#include "err.h"
#include "fleet.h"
#include "load.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool holds(const char *folder, const char *name)
{
    char *path = alloc_format("%s/%s", folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* The host that a results folder's environment.txt names, or its first row; NULL: none. */
static char *host_of(const char *path)
{
    struct model model = {0};
    struct folder folder = {.model = &model, .path = path, .source = path};
    struct field fields[10];
    struct csv csv;
    char *name = NULL;
    environment_load(&folder);
    for (size_t i = 0; i < model.environment_count; i++) {
        if (!name && strcmp(model.environment[i].key, "host") == 0)
            name = alloc_format("%s", model.environment[i].value);
    }
    model_free(&model);
    if (name || !holds(path, "samples.csv"))
        return name;
    char *samples = alloc_format("%s/samples.csv", path);
    if (csv_open(&csv, samples)) {
        if (csv_next(&csv, fields, 10) && csv_next(&csv, fields, 10) > 1)
            name = alloc_text(fields[1].text, fields[1].length);
        csv_close(&csv);
    }
    free(samples);
    return name;
}

bool fleet_is(char *const *folders, size_t count)
{
    bool several = false;
    char *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (holds(folders[i], "fleet.csv")) {
            free(first);
            return true;
        }
    }
    for (size_t i = 0; count > 1 && i < count && !several; i++) {
        char *name = course_is(folders[i]) ? NULL : host_of(folders[i]);
        if (!name)
            break; /* no results folder: whoever reads it says so */
        several = first && strcmp(first, name) != 0;
        if (first)
            free(name);
        else
            first = name;
    }
    free(first);
    return several;
}

bool fleet_is_model(const struct model *model)
{
    for (size_t i = 1; i < model->group_count; i++) {
        if (strcmp(model->groups[i].host, model->groups[0].host) != 0)
            return true;
    }
    return false;
}

/* ---- one name ---- */

/* Whether two hosts' times have a moment in common. */
static bool overlap(const struct host *a, const struct host *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/*
 * What tells two hosts of one name apart, or NULL: then it is one machine. One that was up twice at
 * the same time is two.
 */
static const char *differ_in(const struct fleet *fleet, int host, int other)
{
    static const char *const keys[] = {"kernel",        "cpu.model", "cpu.count",
                                       "cpu.microcode", "memory",    "boot.id"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *a = fleet_fact(fleet, host, keys[i]), *b = fleet_fact(fleet, other, keys[i]);
        bool counts =
            strcmp(keys[i], "boot.id") != 0 || overlap(&fleet->hosts[host], &fleet->hosts[other]);
        if (a && b && strcmp(a, b) != 0 && counts)
            return keys[i];
    }
    return NULL;
}

/* Says what becomes of a host whose name another one has; false if it is the same one. */
static bool is_another(struct fleet *fleet, int host, int other)
{
    struct host *there = &fleet->hosts[host];
    const char *what = differ_in(fleet, host, other);
    if (what) {
        fleet_say(
            fleet, ABOUT_HOST, -1,
            "%s names two machines, which differ in %s (%s and %s): each is a host of its own",
            fleet->hosts[other].name, what, fleet->hosts[other].folder, there->folder);
        return true;
    }
    there->status = HOST_LEFT_OUT;
    fleet_say(fleet, ABOUT_HOST, -1, "%s was measured twice: %s counts, %s is left out",
              fleet->hosts[other].name, fleet->hosts[other].folder, there->folder);
    return false;
}

/* ---- one host ---- */

static void add_group(struct fleet *fleet, const struct model *model,
                      const struct analysis *analysis, int group, const char *name,
                      const char *folder)
{
    int other = names_find(&fleet->host_names, name);
    int host = fleet_host(fleet, name, folder, HOST_DONE);
    fleet_facts(fleet, host, model, group);
    if (other != NAMES_NONE && fleet->hosts[other].status == HOST_DONE &&
        !is_another(fleet, host, other))
        return;
    fleet_add(fleet, host, analysis, group);
    fleet_events(fleet, host, model, group);
}

static void add_model(struct fleet *fleet, struct model *model, const char *name)
{
    struct settings settings = fleet->settings;
    if (!settings.baseline)
        settings.baseline = analysis_baseline(model);
    struct analysis analysis = analyse(model, &settings);
    for (size_t i = 0; i < model->group_count; i++) {
        const struct group *group = &model->groups[i];
        bool named = name && model->group_count == 1;
        add_group(fleet, model, &analysis, (int)i, named ? name : group->host, group->source);
    }
    analysis_free(&analysis);
}

static void add_folder(struct fleet *fleet, const char *name, const char *folder)
{
    struct model model = {0};
    if (!holds(folder, "samples.csv")) {
        int host = fleet_host(fleet, name, folder, HOST_FAILED);
        fleet_say(fleet, ABOUT_HOST, host, "failed: there is no samples.csv of it");
        return;
    }
    load_results(&model, folder, false);
    model_finish(&model);
    conditions_note(&model, folder, false);
    if (model.group_count)
        add_model(fleet, &model, name);
    else
        fleet_say(fleet, ABOUT_HOST, fleet_host(fleet, name, folder, HOST_FAILED),
                  "failed: nothing has been measured there");
    model_free(&model);
}

/* ---- all of them ---- */

enum { HOST, STATUS, REASON, FOLDER, COLUMNS };

static void add_listed(struct fleet *fleet, const char *path, const struct csv *csv,
                       const struct field *fields)
{
    const char *name = fields[HOST].text;
    enum host_status status = HOST_DONE;
    table_check_name(csv, &fields[HOST], "host");
    while (status <= HOST_MISSING && strcmp(fields[STATUS].text, host_statuses[status]) != 0)
        status++;
    if (status > HOST_MISSING)
        csv_die(csv, "status '%.40s' is neither done, failed nor missing", fields[STATUS].text);
    if (status == HOST_DONE) {
        char *folder =
            alloc_format("%s/%s", path, *fields[FOLDER].text ? fields[FOLDER].text : name);
        add_folder(fleet, name, folder);
        free(folder);
        return;
    }
    int host = fleet_host(fleet, name, "", status);
    fleet_say(fleet, ABOUT_HOST, host, "%s%s%s", host_statuses[status],
              *fields[REASON].text ? ": " : "", fields[REASON].text);
}

static void load_list(struct fleet *fleet, const char *path)
{
    struct model model = {0};
    struct folder folder = {.model = &model, .path = path, .source = path};
    struct field fields[COLUMNS];
    struct csv csv;
    table_open(&csv, &folder, "fleet.csv", true);
    while (table_next(&csv, &model, fields, COLUMNS))
        add_listed(fleet, path, &csv, fields);
    table_close(&csv);
    for (size_t i = 0; i < model.note_count; i++)
        fleet_say(fleet, ABOUT_CAMPAIGN, -1, "%s", model.notes[i]);
    model_free(&model);
}

struct fleet fleet_load(char *const *folders, size_t count, const struct settings *settings)
{
    struct fleet fleet = {.name = folders[0], .settings = *settings};
    fleet.one_folder = count == 1;
    for (size_t i = 0; i < count; i++) {
        char *name = NULL;
        if (holds(folders[i], "fleet.csv"))
            load_list(&fleet, folders[i]);
        else if (course_is(folders[i]) || !(name = host_of(folders[i])))
            die(STATUS_USAGE, "%s: no results folder of a host", folders[i]);
        else
            add_folder(&fleet, name, folders[i]);
        free(name);
    }
    if (!fleet.settings.baseline)
        fleet.settings.baseline = "native";
    fleet_merge(&fleet);
    return fleet;
}

struct fleet fleet_of(struct model *model, const char *name, const struct settings *settings)
{
    struct fleet fleet = {.name = name, .settings = *settings};
    add_model(&fleet, model, NULL);
    if (!fleet.settings.baseline)
        fleet.settings.baseline = "native";
    fleet_merge(&fleet);
    return fleet;
}
