#include "numbers.h"

#include <math.h>
#include <stdio.h>

const char *number(char text[NUMBER], double value)
{
    double size = fabs(value);
    if (size >= 1e6 || (size < 1e-3 && size > 0))
        snprintf(text, NUMBER, "%.3g", value);
    else
        snprintf(text, NUMBER, "%.*f",
                 size >= 1000  ? 0
                 : size >= 100 ? 1
                 : size >= 10  ? 2
                               : 3,
                 value);
    return text;
}

const char *percent(char text[NUMBER], double share)
{
    double size = fabs(100 * share);
    snprintf(text, NUMBER, "%.*f %%",
             size >= 10                   ? 0
             : size >= 0.095 || size == 0 ? 1
                                          : 2,
             100 * share);
    return text;
}
