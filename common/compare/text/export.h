/* The analysis for other programs and for pasting. */
#ifndef GM_COMPARE_EXPORT_H
#define GM_COMPARE_EXPORT_H

#include "analysis.h"
#include "remarks.h"

#include <stdio.h>

/* One row per platform and metric; fields that are not known are empty. */
void export_csv(const struct analysis *analysis, FILE *out);

/* One document; what is not known is null. */
void export_json(const struct analysis *analysis, const struct remarks *remarks, FILE *out);

/* Tables of the primary metrics and the remarks, for an issue or a page. */
void export_markdown(const struct analysis *analysis, const struct remarks *remarks, FILE *out);

#endif
