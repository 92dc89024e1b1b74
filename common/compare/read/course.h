/*
 * The folders that courses use: a file PLATFORM-BENCHMARK.csv per platform and benchmark, with rows
 * of time and value.
 */
#ifndef COMPARE_COURSE_H
#define COMPARE_COURSE_H

#include "model.h"

/* Whether the folder holds such files and no samples.csv. */
bool course_is(const char *path);

/*
 * Reads all of a folder's files. The first line may be a header; LF or CRLF; the separator is a
 * comma or a semicolon, and behind a semicolon the decimal mark may be a comma. The platform is
 * what stands before the last dash of the file's name. Unit and direction come from the catalog:
 * BENCHMARK may be a benchmark's name or BENCHMARK.METRIC; an unknown one is an error that says how
 * to add it. Every row is a trial of its own, and trials of different platforms are not paired.
 */
void course_load(struct model *model, const char *path);

/* Writes the primary metrics' trials as such files into the folder, which must exist. */
void course_write(const struct model *model, const char *path);

#endif
