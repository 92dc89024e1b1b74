/*
 * Variances of many hosts, each known from a few rounds: drawn towards what all of them show
 * (Smyth 2004). A host's own variance of six rounds can be five times too small by luck alone; as a
 * weight it would then stand for all others, and hosts that are alike would look different.
 */
#ifndef GM_COMPARE_MODERATE_H
#define GM_COMPARE_MODERATE_H

#include <stddef.h>

/* What all hosts' variances show together: they scatter about `variance` as one of `freedom`
 * degrees of freedom would; infinite: they are equal. */
struct prior {
    double variance, freedom;
};

/*
 * From n sample variances and their degrees of freedom, where those without any (one round) do not
 * count. The variance is 0 where none counts.
 */
struct prior prior_of(const double *variances, const double *freedoms, size_t n);

/* The moderated variance. */
double prior_moderate(const struct prior *prior, double variance, double freedom);

#endif
