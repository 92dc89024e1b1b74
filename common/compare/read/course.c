#include "course.h"

#include "alloc.h"
#include "catalog.h"
#include "course_files.h"
#include "course_rows.h"
#include "err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool course_is(const char *path)
{
    return course_files_are(path);
}

static bool counts_seconds(const struct known_metric *known)
{
    return known->unit[0] == 's' && (known->unit[1] == '\0' || known->unit[1] == '/');
}

struct reading {
    struct model *model;
    const struct course_file *file;
    int cells[COURSE_MOST_COLUMNS];
    size_t failed, first_failed; /* the line */
    uint32_t row;
};

static void add_record(struct reading *reading, const struct course_rows *rows,
                       const struct field *fields)
{
    const struct course_file *file = reading->file;
    bool timed = !file->columns[0];
    double value;
    reading->row++;
    double time = timed ? course_rows_time(rows, &fields[0], reading->row) : reading->row;
    for (size_t i = 0; i < file->count; i++) {
        const struct known_metric *known = file->columns[i];
        if (!known)
            continue;
        switch (course_rows_value(rows, &fields[i], counts_seconds(known), &value)) {
        case COURSE_NUMBER:
            model_add(reading->model, reading->cells[i], reading->row, time, 1,
                      value * known->factor);
            break;
        case COURSE_FAILED:
            if (reading->failed++ == 0)
                reading->first_failed = rows->csv.line;
            break;
        case COURSE_TEXT:
            csv_die(&rows->csv, "value '%.40s' is no number", fields[i].text);
        }
    }
}

/* Makes `count` fields as many as the file has columns: empty ones at the end may be missing, or
 * too many. */
static void fit(const struct course_file *file, const struct course_rows *rows,
                struct field *fields, size_t count)
{
    size_t wanted = file->count;
    while (count > wanted && count <= COURSE_MOST_COLUMNS && fields[count - 1].length == 0)
        count--;
    if (count != wanted && !(file->wide && count < wanted && count > 1)) {
        if (file->wide)
            csv_die(&rows->csv, "%zu fields instead of %zu", count, wanted);
        csv_die(&rows->csv, "%zu fields instead of time and value", count);
    }
    static char nothing[1];
    for (; count < wanted; count++)
        fields[count] = (struct field){.text = nothing};
}

static void load_file(struct model *model, const struct course_file *file, int group)
{
    struct field fields[COURSE_MOST_COLUMNS];
    struct course_rows rows;
    struct reading reading = {.model = model, .file = file};
    int platform = names_add(&model->platforms, file->platform, strlen(file->platform));
    for (size_t i = 0; i < file->count; i++) {
        const struct known_metric *known = file->columns[i];
        if (!known)
            continue;
        const char *spelled = file->benchmarks[i];
        int metric = model_metric(model, spelled ? spelled : known->benchmark, known->metric,
                                  known->unit, known->better);
        reading.cells[i] = model_cell(model, group, platform, metric);
    }
    bool is_header;
    course_rows_open(&rows, file->path);
    for (size_t count;
         (count = course_rows_next(&rows, fields, COURSE_MOST_COLUMNS, &is_header));) {
        if (is_header)
            continue;
        fit(file, &rows, fields, count);
        add_record(&reading, &rows, fields);
    }
    course_rows_close(&rows);
    if (reading.failed)
        model_note(model, "%s:%zu: %zu value%s empty, -1 or a word for a run that failed: left out",
                   file->path, reading.first_failed, reading.failed,
                   reading.failed > 1 ? "s from there on are" : " is");
}

/* Says once per folder what each benchmark was taken to mean. */
static void note_meanings(struct model *model, const char *path, const struct course_files *files)
{
    const struct known_metric *said[256];
    size_t count = 0;
    char *text = alloc_text("", 0);
    for (size_t i = 0; i < files->count; i++) {
        for (size_t k = 0; k < files->at[i].count; k++) {
            const struct known_metric *known = files->at[i].columns[k];
            bool repeated = !known || count == sizeof said / sizeof said[0];
            for (size_t j = 0; !repeated && j < count; j++)
                repeated = said[j] == known;
            if (repeated)
                continue;
            said[count++] = known;
            char *longer =
                alloc_format("%s%s%s in %s (%s is better)", text, count > 1 ? ", " : "",
                             known->benchmark, known->counted ? known->counted : known->unit,
                             known->better == BETTER_HIGHER ? "more" : "less");
            free(text);
            text = longer;
        }
    }
    model_note(model, "%s: taken to mean: %s; --metrics says otherwise", path, text);
    free(text);
}

void course_load(struct model *model, const char *path)
{
    struct course_files files = course_files_of(path);
    int group = model_group(model, path, "course");
    model->groups[group].paired = false;
    for (size_t i = 0; i < files.count; i++)
        load_file(model, &files.at[i], group);
    note_meanings(model, path, &files);
    if (files.copies)
        model_note(model, "%s: left out, since they repeat another file: %s", path, files.copies);
    model_note(model,
               "%s: rounds are not known there, so platforms are compared as independent "
               "samples, without a noise floor",
               path);
    course_files_free(&files);
}
