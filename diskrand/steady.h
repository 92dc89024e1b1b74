/*
 * Whether a disk has reached its steady state: a fresh or rested one is faster at first. After the
 * SNIA Solid State Storage Performance Test Specification 2.0.1, section 2.1.24: over five windows
 * in a row, the values' range is at most 20 % of their mean, and the best straight line through
 * them rises or falls by at most 10 % of it from the first to the last.
 */
#ifndef GM_DISKRAND_STEADY_H
#define GM_DISKRAND_STEADY_H

#include <stdbool.h>

enum { STEADY_WINDOWS = 5 };

struct steady {
    bool steady;
    double range, slope; /* as shares of the mean */
};
struct steady steady_test(const double windows[STEADY_WINDOWS]);

#endif
