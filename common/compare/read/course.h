/*
 * The folders that courses use: a file PLATFORM-BENCHMARK.csv per platform and benchmark with rows
 * of time and value, or a file results-PLATFORM.csv or PLATFORM-results.csv per platform with a
 * column per benchmark.
 */
#ifndef GM_COMPARE_COURSE_H
#define GM_COMPARE_COURSE_H

#include "model.h"

/* Whether the folder holds such files, and no samples.csv. */
bool course_is(const char *path);

/*
 * Reads all of a folder's files (see course_rows.h and course_files.h). Units and directions come
 * from the catalog, and a note says what was taken to mean what; BENCHMARK may be a benchmark's
 * name or BENCHMARK.METRIC. Every row is a trial of its own, and trials of different platforms are
 * not paired. Runs that failed are left out with a note.
 */
void course_load(struct model *model, const char *path);

#endif
