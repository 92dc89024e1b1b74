#include "course_write.h"

#include "alloc.h"
#include "catalog.h"
#include "csv.h"
#include "err.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is handed in of a platform's metric. */
struct column {
    const struct cell *cell;
    char *name;    /* BENCHMARK or BENCHMARK.METRIC */
    double factor; /* base units in one of what the course counts in */
    size_t count, turns;
    bool by_turns; /* its rows are turns, every so many of all */
};

static char *name_of(const struct measured *metric)
{
    const struct known_metric *first = catalog_find(metric->benchmark, NULL);
    bool is_first = first && strcmp(first->metric, metric->name) == 0;
    return alloc_format("%s%s%s", metric->benchmark, is_first ? "" : ".",
                        is_first ? "" : metric->name);
}

static struct column column_of(const struct model *model, const struct cell *cell, size_t runs)
{
    const struct measured *metric = &model->metrics[cell->metric];
    const struct known_metric *known = catalog_find(metric->benchmark, metric->name);
    struct column column = {cell, name_of(metric), known ? known->factor : 1, cell->count, 0,
                            false};
    for (size_t i = 0; i < cell->count; i++)
        column.turns += cell->trials[i].first_turn == NO_TURNS ? 0 : cell->trials[i].n;
    if (runs && cell->count < runs && column.turns > cell->count) {
        column.by_turns = true;
        column.count = column.turns;
    }
    if (runs && column.count < runs)
        warn("%s %s: %zu runs, not %zu", model->platforms.at[cell->platform], column.name,
             column.count, runs);
    if (runs && column.count > runs)
        column.count = runs;
    return column;
}

/* The column's value in this row, and the time of its round. */
static double value_of(const struct column *column, size_t row, double *time)
{
    const struct cell *cell = column->cell;
    size_t at = column->by_turns ? row * column->turns / column->count : row, trial = 0;
    if (!column->by_turns) {
        *time = cell->trials[at].time;
        return cell->trials[at].mean / column->factor;
    }
    for (;; trial++) {
        const struct trial *here = &cell->trials[trial];
        size_t turns = here->first_turn == NO_TURNS ? 0 : here->n;
        if (at < turns) {
            *time = here->time;
            return exp(cell->turns[here->first_turn + at].log) / column->factor;
        }
        at -= turns;
    }
}

static FILE *create_file(const char *folder, const char *name)
{
    char *plain = alloc_format("%s", name);
    for (char *c = plain; *c; c++)
        *c = *c == '/' ? '_' : *c;
    char *path = alloc_format("%s/%s", folder, plain);
    FILE *file = fopen(path, "wex");
    if (!file)
        die_errno(STATUS_SYSTEM, "%s", path);
    free(plain);
    free(path);
    return file;
}

static void close_file(FILE *file, const char *folder)
{
    if (ferror(file) | fclose(file))
        die_errno(STATUS_SYSTEM, "%s", folder);
}

/* Turns are kept with seven digits. */
static void put_value(const struct column *column, double value, FILE *file)
{
    fprintf(file, column->by_turns ? "%.7g" : "%.10g", value);
}

static void write_long(const struct column *column, const char *platform, const char *folder)
{
    char *name = alloc_format("%s-%s.csv", platform, column->name);
    FILE *file = create_file(folder, name);
    free(name);
    fprintf(file, "time,value\n");
    for (size_t row = 0; row < column->count; row++) {
        double time, value = value_of(column, row, &time);
        fprintf(file, "%.3f,", time);
        put_value(column, value, file);
        fputc('\n', file);
    }
    close_file(file, folder);
}

static void write_wide(const struct column *columns, size_t count, const char *platform,
                       const char *folder)
{
    char *name = alloc_format("%s-results.csv", platform);
    FILE *file = create_file(folder, name);
    size_t rows = 0;
    free(name);
    fprintf(file, "time");
    for (size_t i = 0; i < count; i++) {
        fputc(',', file);
        csv_put(columns[i].name, file);
        rows = columns[i].count > rows ? columns[i].count : rows;
    }
    fputc('\n', file);
    for (size_t row = 0; row < rows; row++) {
        double time = 0;
        for (size_t i = count; i-- > 0;) {
            if (row < columns[i].count)
                value_of(&columns[i], row, &time);
        }
        fprintf(file, "%.3f", time);
        for (size_t i = 0; i < count; i++) {
            fputc(',', file);
            if (row < columns[i].count)
                put_value(&columns[i], value_of(&columns[i], row, &time), file);
        }
        fputc('\n', file);
    }
    close_file(file, folder);
}

static void write_platform(const struct model *model, int platform, const char *path,
                           const char *wide, size_t runs)
{
    const char *name = model->platforms.at[platform];
    struct column *columns = alloc_zero(model->cell_count, sizeof *columns);
    size_t count = 0;
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct cell *cell = &model->cells[i];
        if (cell->platform == platform && cell->count && model->metrics[cell->metric].primary)
            columns[count++] = column_of(model, cell, runs);
    }
    for (size_t i = 0; i < count; i++)
        write_long(&columns[i], name, path);
    if (count)
        write_wide(columns, count, name, wide);
    for (size_t i = 0; i < count; i++)
        free(columns[i].name);
    free(columns);
}

void course_write(const struct model *model, const char *path, size_t runs)
{
    char *wide = alloc_format("%s/wide", path);
    if (mkdir(wide, 0777) != 0 && errno != EEXIST)
        die_errno(STATUS_SYSTEM, "%s", wide);
    for (size_t p = 0; p < model->platforms.count; p++)
        write_platform(model, (int)p, path, wide, runs);
    free(wide);
}
