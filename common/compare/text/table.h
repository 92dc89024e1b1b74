/* The terminal's tables: at most 80 columns as long as platforms' names are not very long. */
#ifndef GM_COMPARE_TABLE_H
#define GM_COMPARE_TABLE_H

#include "analysis.h"
#include "remarks.h"

#include <stdio.h>

/* Verdicts of the primary metrics, then what failed or was left out. */
void table_print(const struct analysis *analysis, const struct remarks *remarks, bool colour,
                 FILE *out);

/* Later campaigns against the first; nothing if there is only one. */
void table_versus(const struct analysis *analysis, bool colour, FILE *out);

/* Every metric with n, mean, stddev, median and ratio. */
void table_detail(const struct analysis *analysis, FILE *out);

#endif
