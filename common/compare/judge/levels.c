#include "levels.h"

#include <math.h>

struct levels levels_of(const struct trial *trials, size_t n)
{
    struct levels levels = {0};
    double squares = 0, freedom = 0, mean = 0, spread = 0, inverse = 0;
    for (size_t i = 0; i < n; i++) {
        squares += trials[i].squares;
        freedom += trials[i].n - 1;
        inverse += 1.0 / trials[i].n;
        mean += trials[i].mean / (double)n;
    }
    if (n < 2 || freedom == 0)
        return levels;
    for (size_t i = 0; i < n; i++)
        spread += (trials[i].mean - mean) * (trials[i].mean - mean);
    double within = squares / freedom, means = spread / (double)(n - 1);
    levels.known = true;
    levels.within = sqrt(within);
    levels.reps = (double)n / inverse;
    /* The means' variance holds the repetitions' share; what is left is the invocations' own. */
    levels.between = sqrt(fmax(0, means - within / levels.reps));
    return levels;
}
