/*
 * The row that a program prints for each repetition of each metric, and what its columns mean. The
 * rows of samples.csv are these, with their place in front (common/compare/read/tables.c).
 */
#ifndef GM_COLUMNS_H
#define GM_COLUMNS_H

#include <stdbool.h>

#define COLUMNS_ROW "benchmark,metric,unit,better,rep,value"

enum column {
    COLUMN_BENCHMARK,
    COLUMN_METRIC,
    COLUMN_UNIT,
    COLUMN_BETTER,
    COLUMN_REP,
    COLUMN_VALUE,
    COLUMNS
};

/* Whether a repetition counts: repetition 0 is the warm-up, which is shown and no more. */
static inline bool column_rep_counts(long rep)
{
    return rep > 0;
}

#endif
