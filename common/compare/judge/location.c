#include "location.h"

#include "stats.h"

#include <math.h>

struct location location_of(double *values, size_t n)
{
    const double z = 1.959963984540054;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            return (struct location){NAN, NAN, NAN};
        sum += values[i];
    }
    stats_sort(values, n);
    /* The k-th smallest and largest enclose the median in 95 % of samples. */
    size_t k = (size_t)fmax(1, round(((double)n + 1) / 2 - z * sqrt((double)n / 4)));
    double error = (values[n - k] - values[k - 1]) / (2 * z);
    return (struct location){stats_quantile(values, n, 0.5), sum / (double)n, error * error};
}
