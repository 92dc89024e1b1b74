/* The CSV files of a results folder: a known header, a known number of fields, known kinds of
 * fields. */
#ifndef GM_COMPARE_TABLES_H
#define GM_COMPARE_TABLES_H

#include "csv.h"
#include "model.h"

struct folder {
    struct model *model;
    const char *path, *source; /* source: NULL when hosts are pooled */
    bool turns;                /* platforms took turns, but for those that */
    struct names serial;       /* were run in blocks */
};

/* The header of a file of the folder, as the driver writes it and as it must be; NULL for others.
 */
const char *table_header(const char *name);

/*
 * Opens FOLDER/NAME and checks its header. False if there is no such file and it is not needed;
 * anything else that is wrong ends the process with status 1 and `file:line: what`.
 */
bool table_open(struct csv *csv, const struct folder *folder, const char *name, bool needed);
void table_close(struct csv *csv);

/* The next row of exactly `columns` fields; a torn one at the end is noted and left out. */
bool table_next(struct csv *csv, struct model *model, struct field *fields, size_t columns);

/* A field of the given kind, or the end of the process. `name` is the column's. */
double table_read_time(const struct csv *csv, const struct field *field);
uint32_t table_read_count(const struct csv *csv, const struct field *field, const char *name,
                          uint32_t least);

/* Seconds since 1970 of `2026-11-21T14:03:04Z` (fractions allowed) or of a plain number. */
bool table_time(const char *text, double *seconds);

/* Ends the process unless the field can be a name; `what` is the column's. */
void table_check_name(const struct csv *csv, const struct field *field, const char *what);

/* A copy of the field: a name that was checked. */
char *table_name(const struct csv *csv, const struct field *field, const char *what);

/* A copy of the field: a sentence, made printable. */
char *table_text(const struct field *field);

/* platforms.csv: before the samples, so that platforms are in the order they were asked for in. */
void platforms_load(const struct folder *folder);

/* guards.csv and failures.csv. */
void events_load(const struct folder *folder);

/* environment.txt, before the samples: it says how they were made. */
void environment_load(const struct folder *folder);

/* facts.csv, with the distributions in it. */
void facts_load(const struct folder *folder);

#endif
