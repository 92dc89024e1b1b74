/* Functions that libm has not. */
#ifndef GM_COMPARE_SPECIAL_H
#define GM_COMPARE_SPECIAL_H

/* P(X >= x) of the chi-square distribution, x >= 0, freedom > 0. */
double chi_square_tail(double x, double freedom);

/* The first and second derivative of log gamma(x), x > 0, and the second one's inverse, y > 0. */
double digamma(double x);
double trigamma(double x);
double trigamma_inverse(double y);

#endif
