#include "steady.h"

#include "stats.h"

#include <math.h>

struct steady steady_test(const double windows[STEADY_WINDOWS])
{
    const double x[STEADY_WINDOWS] = {0, 1, 2, 3, 4};
    struct stats stats = stats_of(windows, STEADY_WINDOWS);
    struct line line = stats_line(x, windows, STEADY_WINDOWS);
    struct steady steady = {
        .range = (stats.max - stats.min) / stats.mean,
        .slope = line.slope * (STEADY_WINDOWS - 1) / stats.mean,
    };
    steady.steady = steady.range <= 0.20 && fabs(steady.slope) <= 0.10;
    return steady;
}
