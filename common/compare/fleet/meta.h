/*
 * Many hosts' figures to one: the random-effects mean, whose interval is Hartung and Knapp's
 * (2001), with the variance between hosts by restricted maximum likelihood. What R's metafor
 * computes by rma(y, v, test="knha").
 */
#ifndef GM_COMPARE_META_H
#define GM_COMPARE_META_H

#include <stddef.h>

struct meta {
    size_t k;
    double mean, error;         /* error: of the mean; its t has k - 1 degrees of freedom */
    double low, high;           /* 95 % interval; infinite for k < RATIO_LEAST */
    double low90, high90;       /* 90 % interval */
    double p;                   /* of mean = 0, two-sided; 1 where there is no interval */
    double tau2;                /* the variance between hosts beyond what their rounds explain */
    double q, q_p;              /* Cochran's Q, and its p-value under equal hosts */
    double i2;                  /* tau2 as a share of all variance, 0 to 1 */
    double next_low, next_high; /* 95 % prediction interval: the next host */
};

/* y: the hosts' figures; v: their variances, >= 0. k >= 1. */
struct meta meta_of(const double *y, const double *v, size_t k);

/*
 * The p-value of Q where the variances are themselves estimates, of `freedom` degrees of freedom:
 * then Q is larger than under known variances. NAN if there are too few to say.
 */
double meta_alike(const struct meta *meta, double freedom);

#endif
