/*
 * Hosts that stand out: by how many median absolute deviations, and by test. The test is Rosner's
 * (1983, generalised extreme Studentised deviate): the furthest is tested against the others, then
 * the next one against what is left, so that several do not hide each other.
 */
#ifndef GM_COMPARE_OUTLIERS_H
#define GM_COMPARE_OUTLIERS_H

#include <stddef.h>

struct outlier {
    double deviations; /* from the median, in median absolute deviations scaled to a normal's
                          standard deviation; infinite where more than half are equal */
    double p;          /* of the test; 1 for what it did not come to */
};

/* At most a third of the n values are tested. out has n elements. Returns the median. n >= 1. */
double outliers_of(const double *values, size_t n, struct outlier *out);

#endif
