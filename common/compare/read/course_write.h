/* Writes a campaign as the files that courses hand in. */
#ifndef GM_COMPARE_COURSE_WRITE_H
#define GM_COMPARE_COURSE_WRITE_H

#include "model.h"

/*
 * Writes the primary metrics into the folder, which must exist, in both forms: a file
 * PLATFORM-BENCHMARK.csv (or PLATFORM-BENCHMARK.METRIC.csv for other metrics than a benchmark's
 * first) with rows of time and value, and in its folder `wide` a file PLATFORM-results.csv with a
 * column for each.
 *
 * `runs` rows of each: rounds, or single turns from all over the campaign where there are fewer
 * rounds; of what is not measured so often all there is, with a line on stderr. 0: one row per
 * round. No file may be there already.
 */
void course_write(const struct model *model, const char *path, size_t runs);

#endif
