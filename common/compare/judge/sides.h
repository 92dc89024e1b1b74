/* The two sides of a comparison, and what was recorded while either was measured. */
#ifndef GM_COMPARE_SIDES_H
#define GM_COMPARE_SIDES_H

#include "versus.h"

struct side {
    const struct model *model;
    int group;
    const char *platform, *benchmark;
    const char *prefix; /* of the facts of the benchmark's part that the metric is of */
    double mean;        /* of the metric, in base units */
    size_t rounds;
};

struct sides {
    struct side here, base;
    const char *base_name; /* `native`, or `the first one` */
    const struct measured *metric;
    double ratio; /* cost here as a multiple of the base's */
    /* Other metrics come of the same steps, so that what these used is not this one's alone. */
    bool mixed;
};

struct sides sides_of(const struct analysis *analysis, const struct row *row,
                      const struct result *result);
struct sides sides_of_versus(const struct analysis *analysis, const struct versus *versus);

/* A fact of the part, or of the platform's whole round; NULL where there is none. */
const char *side_text(const struct side *side, const char *key);
const char *side_platform_text(const struct side *side, const char *key);

/* The first or second number of a fact of the part, summed over rounds; NAN where there is none. */
double side_number(const struct side *side, const char *key, int which);

/*
 * An entry of the bill (bill.*, host.*) for the part's steps alone, summed over rounds; NAN where
 * it was not kept apart, and for what did not take turns: there a bill holds more than what was
 * timed.
 */
double side_bill(const struct side *side, const char *key);

/* Of the platform's whole rounds: what all benchmarks' steps took together; NAN: not known. */
double side_work(const struct side *side);

#endif
