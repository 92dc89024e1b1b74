#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void stats_sort(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
}

double stats_quantile(const double *sorted, size_t n, double q)
{
    double position = q * (double)(n - 1);
    size_t below = (size_t)position;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

struct stats stats_of(const double *samples, size_t n)
{
    struct stats result = {.n = n, .min = samples[0], .max = samples[0]};
    double sum = 0, rest = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        sum += samples[i];
        result.min = fmin(result.min, samples[i]);
        result.max = fmax(result.max, samples[i]);
    }
    /* Two passes: the second removes what rounding left of the mean (Chan, Golub, LeVeque 1983). */
    double guess = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        rest += samples[i] - guess;
        squares += (samples[i] - guess) * (samples[i] - guess);
    }
    result.mean = guess + rest / (double)n;
    if (n >= 2) {
        double freedom = (double)(n - 1);
        result.stddev = sqrt(fmax(0, squares - rest * rest / (double)n) / freedom);
        result.ci95 = stats_t_quantile(0.975, freedom) * result.stddev / sqrt((double)n);
    }
    double *sorted = malloc(n * sizeof *sorted);
    if (sorted) {
        memcpy(sorted, samples, n * sizeof *sorted);
        stats_sort(sorted, n);
        result.median = stats_quantile(sorted, n, 0.5);
        free(sorted);
    } else {
        result.median = NAN;
    }
    return result;
}

/* Regularised incomplete beta function by Lentz's continued fraction (DLMF 8.17.22). */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double result = d;
    for (int m = 1; m < 500; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double last = 1;
        for (int half = 0; half < 2; half++) {
            double term = half ? odd : even;
            d = 1 + term * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + term / c;
            c = fabs(c) < tiny ? tiny : c;
            last = c * d;
            result *= last;
        }
        if (fabs(last - 1) < 1e-15)
            break;
    }
    return result;
}

static double incomplete_beta(double x, double a, double b)
{
    if (x <= 0 || x >= 1)
        return x >= 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double stats_t_cdf(double t, double df)
{
    double tail = 0.5 * incomplete_beta(df / (df + t * t), 0.5 * df, 0.5);
    return t > 0 ? 1 - tail : tail;
}

/* Bisection: slow and certain. */
static double find_t_quantile(double p, double df)
{
    double low = -1, high = 1;
    while (stats_t_cdf(low, df) > p)
        low *= 2;
    while (stats_t_cdf(high, df) < p)
        high *= 2;
    for (int i = 0; i < 200 && low < high; i++) {
        double middle = low + (high - low) / 2;
        if (middle == low || middle == high)
            break;
        if (stats_t_cdf(middle, df) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

/* The same few are asked for over and over. */
double stats_t_quantile(double p, double df)
{
    static _Thread_local struct {
        double p, df, t;
    } known[64];
    size_t slot = ((size_t)(df * 8) + (size_t)(p * 1000)) % 64;
    if (known[slot].p != p || known[slot].df != df) {
        known[slot].t = find_t_quantile(p, df);
        known[slot].p = p;
        known[slot].df = df;
    }
    return known[slot].t;
}

struct line stats_line(const double *x, const double *y, size_t n)
{
    struct line line = {0};
    double mean_x = stats_of(x, n).mean, mean_y = stats_of(y, n).mean;
    double xx = 0, xy = 0, residuals = 0;

    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    line.slope = xy / xx;
    line.intercept = mean_y - line.slope * mean_x;
    for (size_t i = 0; i < n; i++) {
        double residual = y[i] - line.intercept - line.slope * x[i];
        residuals += residual * residual;
    }
    if (n > 2) {
        double variance = residuals / (double)(n - 2);
        line.slope_error = sqrt(variance / xx);
        line.intercept_error = sqrt(variance * (1 / (double)n + mean_x * mean_x / xx));
    }
    return line;
}
