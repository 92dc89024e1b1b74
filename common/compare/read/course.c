#include "course.h"

#include "alloc.h"
#include "catalog.h"
#include "csv.h"
#include "err.h"
#include "tables.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char suffix[] = ".csv";

/* Whether a file's name is PLATFORM-BENCHMARK.csv. */
static int is_named_so(const struct dirent *entry)
{
    const char *dash = strrchr(entry->d_name, '-');
    size_t length = strlen(entry->d_name), end = sizeof suffix - 1;
    return length > end && strcmp(entry->d_name + length - end, suffix) == 0 && dash &&
           dash != entry->d_name && dash + 1 < entry->d_name + length - end;
}

bool course_is(const char *path)
{
    struct dirent **entries;
    char *samples = alloc_format("%s/samples.csv", path);
    int found = access(samples, F_OK) == 0 ? 0 : scandir(path, &entries, is_named_so, alphasort);
    free(samples);
    for (int i = 0; i < found; i++)
        free(entries[i]);
    if (found > 0)
        free(entries);
    return found > 0;
}

/* A semicolon anywhere in the first record makes it the separator, and the comma a decimal mark. */
static bool uses_semicolons(const char *path)
{
    char line[512] = "";
    FILE *file = fopen(path, "re");
    bool found = file && fgets(line, sizeof line, file) && strchr(line, ';');
    if (file)
        fclose(file);
    return found;
}

static bool read_value(const struct csv *csv, const struct field *field, double *value)
{
    if (csv->separator == ';' && csv_number(field, ',', value))
        return true;
    return csv_number(field, '.', value);
}

/* A time as a date or in seconds; a course may have written anything there, so it may be unknown.
 */
static double read_time(const struct csv *csv, const struct field *field, size_t row)
{
    double seconds;
    if (table_time(field->text, &seconds) || read_value(csv, field, &seconds))
        return seconds;
    return (double)row;
}

static void load_file(struct model *model, const char *path, int group, int platform, int metric)
{
    struct field fields[2];
    struct csv csv;
    double value;
    if (!csv_open(&csv, path))
        die_errno(STATUS_SYSTEM, "%s", path);
    csv.separator = uses_semicolons(path) ? ';' : ',';
    int cell = model_cell(model, group, platform, metric);
    uint32_t row = 0;
    for (size_t count; (count = csv_next(&csv, fields, 2)) != 0;) {
        if (fields[0].text[0] == '#')
            continue;
        if (count != 2)
            csv_die(&csv, "%zu fields instead of time and value", count);
        if (!read_value(&csv, &fields[1], &value)) {
            if (row == 0 && csv.line == 1 && isalpha((unsigned char)fields[1].text[0]))
                continue; /* the header */
            csv_die(&csv, "value '%.40s' is no number", fields[1].text);
        }
        row++;
        model_add(model, cell, row, read_time(&csv, &fields[0], row), 1, value);
    }
    csv_close(&csv);
}

static const struct known_metric *find_metric(const char *path, char *benchmark)
{
    char *dot = strchr(benchmark, '.');
    const struct known_metric *known = catalog_find(benchmark, NULL);
    if (!known && dot) {
        *dot = '\0';
        known = catalog_find(benchmark, dot + 1);
        *dot = '.';
    }
    if (!known)
        die(STATUS_SYSTEM,
            "%s: unknown benchmark '%s'; say what it measures: --metrics "
            "%s.METRIC=UNIT:lower (or :higher)",
            path, benchmark, benchmark);
    return known;
}

void course_load(struct model *model, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_named_so, alphasort);
    int group = model_group(model, path, "course");
    if (count < 0)
        die_errno(STATUS_SYSTEM, "%s", path);
    model->groups[group].paired = false;
    for (int i = 0; i < count; i++) {
        char *file = alloc_format("%s/%s", path, entries[i]->d_name);
        char *name = entries[i]->d_name, *dash = strrchr(name, '-');
        name[strlen(name) - (sizeof suffix - 1)] = '\0';
        const struct known_metric *known = find_metric(file, dash + 1);
        int platform = names_add(&model->platforms, name, (size_t)(dash - name));
        int metric =
            model_metric(model, known->benchmark, known->metric, known->unit, known->better);
        load_file(model, file, group, platform, metric);
        free(file);
        free(entries[i]);
    }
    free(entries);
    model_note(model,
               "%s: rounds are not known there, so platforms are compared as independent "
               "samples, without a noise floor",
               path);
}

/* PLATFORM-BENCHMARK.csv for a benchmark's first metric, PLATFORM-BENCHMARK.METRIC.csv for others.
 */
static FILE *create_file(const struct model *model, const struct cell *cell, const char *path)
{
    const struct measured *metric = &model->metrics[cell->metric];
    const struct known_metric *first = catalog_find(metric->benchmark, NULL);
    bool short_name = first && strcmp(first->metric, metric->name) == 0;
    char *name =
        alloc_format("%s/%s-%s%s%s%s", path, model->platforms.at[cell->platform], metric->benchmark,
                     short_name ? "" : ".", short_name ? "" : metric->name, suffix);
    for (char *c = name + strlen(path) + 1; *c; c++)
        *c = *c == '/' ? '_' : *c;
    FILE *file = fopen(name, "wex");
    if (!file)
        die_errno(STATUS_SYSTEM, "%s", name);
    free(name);
    return file;
}

void course_write(const struct model *model, const char *path)
{
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct cell *cell = &model->cells[i];
        if (!model->metrics[cell->metric].primary || cell->count == 0)
            continue;
        FILE *file = create_file(model, cell, path);
        fprintf(file, "time,value\n");
        for (size_t k = 0; k < cell->count; k++)
            fprintf(file, "%.3f,%.10g\n", cell->trials[k].time, cell->trials[k].mean);
        if (ferror(file) | fclose(file))
            die_errno(STATUS_SYSTEM, "%s", path);
    }
}
