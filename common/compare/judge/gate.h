/*
 * Whether something has become worse, for whoever decides by it (a CI job): each comparison is
 * worse, good, or cannot be told yet, and so is the whole.
 */
#ifndef GM_COMPARE_GATE_H
#define GM_COMPARE_GATE_H

#include "versus.h"

/* In the order of precedence of the whole: one that is worse is enough. */
enum gate_outcome { GATE_GOOD, GATE_OPEN, GATE_WORSE };
extern const char *const gate_outcomes[]; /* "good", "cannot tell yet", "worse" */

struct gated {
    enum gate_outcome outcome;
    const struct row *row;
    const char *platform;
    const struct result *result; /* NULL: not measured in a later campaign */
};

struct gate {
    double percent;
    enum gate_outcome outcome;
    struct versus_list versus; /* what the results belong to, with several campaigns */
    struct gated *at;
    size_t count;
    size_t counts[GATE_WORSE + 1];
};

/*
 * With several campaigns the later ones against the first, with one its platforms against the
 * baseline. Worse: the verdict is different, and the cost is above 1 + percent/100. Good: the
 * interval ends below that, or the verdict is not inconclusive and the cost is below it. Nothing to
 * compare at all cannot be told.
 */
struct gate gate_of(const struct analysis *analysis, double percent);
void gate_free(struct gate *gate);

#endif
