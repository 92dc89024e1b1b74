/*
 * Where the variance comes from (Kalibera and Jones 2013, two levels): from repetition to
 * repetition within an invocation, or from invocation to invocation.
 */
#ifndef GM_COMPARE_LEVELS_H
#define GM_COMPARE_LEVELS_H

#include "model.h"

struct levels {
    bool known;     /* at least two trials and one with two repetitions */
    double within;  /* standard deviation of a repetition about its invocation's mean */
    double between; /* standard deviation of invocations beyond what repetitions explain; >= 0 */
    double reps;    /* mean (harmonic) number of repetitions per invocation */
};

struct levels levels_of(const struct trial *trials, size_t n);

#endif
