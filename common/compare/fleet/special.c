#include "special.h"

#include <math.h>

enum { MOST_TERMS = 100000 };

/* Regularised incomplete gamma functions: the lower one's series (DLMF 8.11.4). */
static double lower_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int n = 1; n < MOST_TERMS && term > sum * 1e-17; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * exp(a * log(x) - x - lgamma(a));
}

/* The upper one's continued fraction (DLMF 8.9.2) by Lentz's method. */
static double upper_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1e300, d = 1 / b, result = d;
    for (int n = 1; n < MOST_TERMS; n++) {
        double top = n * (a - n), step;
        b += 2;
        d = 1 / (b + top * d);
        c = b + top / c;
        step = c * d;
        result *= step;
        if (fabs(step - 1) < 1e-16)
            break;
    }
    return result * exp(a * log(x) - x - lgamma(a));
}

double chi_square_tail(double x, double freedom)
{
    double a = freedom / 2, half = x / 2;
    if (half <= 0)
        return 1;
    return half < a + 1 ? 1 - lower_series(a, half) : upper_fraction(a, half);
}

/* Both derivatives: recurrence up to 10, then the asymptotic series (DLMF 5.11.2). */
double digamma(double x)
{
    double below = 0;
    for (; x < 10; x++)
        below -= 1 / x;
    double s = 1 / (x * x);
    return below + log(x) - 0.5 / x -
           s * (1. / 12 - s * (1. / 120 - s * (1. / 252 - s * (1. / 240 - s / 132))));
}

double trigamma(double x)
{
    double below = 0;
    for (; x < 10; x++)
        below += 1 / (x * x);
    double s = 1 / (x * x);
    return below + 1 / x + s / 2 +
           s / x * (1. / 6 - s * (1. / 30 - s * (1. / 42 - s * (1. / 30 - s * 5 / 66))));
}

/* Bisection by ratio: trigamma falls from infinity to 0. */
double trigamma_inverse(double y)
{
    double low = 1e-8, high = 1e16;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        if (middle <= low || middle >= high)
            break;
        if (trigamma(middle) > y)
            low = middle;
        else
            high = middle;
    }
    return sqrt(low * high);
}
