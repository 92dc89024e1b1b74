/* The files of a course's folder, and what their columns are taken to mean. */
#ifndef GM_COMPARE_COURSE_FILES_H
#define GM_COMPARE_COURSE_FILES_H

#include "catalog.h"

#include <stdbool.h>
#include <stddef.h>

enum { COURSE_MOST_COLUMNS = 64 };

struct course_file {
    char *path, *platform;
    bool wide; /* a column per benchmark, named by the header; else one, named by the file */
    size_t count;
    const struct known_metric *columns[COURSE_MOST_COLUMNS]; /* NULL: times, or nothing to read */
    char
        *benchmarks[COURSE_MOST_COLUMNS]; /* with options (linpack:size=1000); NULL: the column's */
};

struct course_files {
    struct course_file *at;
    size_t count, room;
    char *copies; /* names of files that repeat another one, separated by ", "; or NULL */
};

/* Whether the folder holds such files and no samples.csv. */
bool course_files_are(const char *path);

/*
 * Lists them, by name. Unknown benchmarks, all of them, and two different files of one platform and
 * benchmark end the process with status 1 and a line that says what to do.
 */
struct course_files course_files_of(const char *path);
void course_files_free(struct course_files *files);

#endif
