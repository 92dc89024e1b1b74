/*
 * What was recorded beside the figures that goes with a difference: who used the CPU, who waited,
 * what went through which process. Evidence only, in the difference's own direction; it says what
 * was seen to differ, and a rule that has seen nothing says nothing.
 */
#ifndef GM_COMPARE_EXPLAIN_H
#define GM_COMPARE_EXPLAIN_H

#include "versus.h"

enum { EXPLAIN_MOST = 3 }; /* clauses of a line */

/*
 * Of a result that is *different*: a new text of at most EXPLAIN_MOST clauses, `docker-proxy used
 * 0.90 of the CPU time of what it serves; ...`. NULL for another verdict and without evidence.
 */
char *explain(const struct analysis *analysis, const struct row *row, const struct result *result);

/* The same of a later campaign's result against the first one's. */
char *explain_versus(const struct analysis *analysis, const struct versus *versus);

#endif
