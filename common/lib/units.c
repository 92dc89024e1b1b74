#include "units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Per base unit the largest scale first. */
static const struct scale {
    const char *base, *shown;
    double factor;
} scales[] = {
    {"flop/s", "GFLOP/s", 1e9},
    {"flop/s", "MFLOP/s", 1e6},
    {"flop/s", "flop/s", 1},
    {"B/s", "GiB/s", 0x1p30},
    {"B/s", "MiB/s", 0x1p20},
    {"B/s", "KiB/s", 0x1p10},
    {"B/s", "B/s", 1},
    {"bit/s", "Gbit/s", 1e9},
    {"bit/s", "Mbit/s", 1e6},
    {"bit/s", "kbit/s", 1e3},
    {"bit/s", "bit/s", 1},
    {"1/s", "M/s", 1e6},
    {"1/s", "k/s", 1e3},
    {"1/s", "/s", 1},
    {"s", "s", 1},
    {"s", "ms", 1e-3},
    {"s", "us", 1e-6},
    {"s", "ns", 1e-9},
    {"1", "", 1},
};

struct unit unit_for(const char *base, double value)
{
    const char *per = strncmp(base, "s/", 2) == 0 ? base + 1 : "";
    struct unit best = {.factor = 1};
    snprintf(best.shown, sizeof best.shown, "%s", base);
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        if (strcmp(scales[i].base, *per ? "s" : base) != 0)
            continue;
        best.factor = scales[i].factor;
        snprintf(best.shown, sizeof best.shown, "%s%s", scales[i].shown, per);
        if (fabs(value) >= best.factor)
            break;
    }
    return best;
}
