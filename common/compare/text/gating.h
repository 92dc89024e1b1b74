/* What a gate found, above the report that it is about. */
#ifndef GM_COMPARE_GATING_H
#define GM_COMPARE_GATING_H

#include "gate.h"

#include <stdio.h>

/* One line, and one for each comparison that is not good. */
void gating_text(const struct gate *gate, FILE *out);

/* The same with a table, for a comment in a review. */
void gating_markdown(const struct gate *gate, FILE *out);

#endif
