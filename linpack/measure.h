/*
 * The runs: a metric for each size, and one for the peak. Each solution is checked before its
 * figure counts.
 */
#ifndef GM_LINPACK_MEASURE_H
#define GM_LINPACK_MEASURE_H

#include "config.h"
#include "kernel.h"
#include "matrix.h"

/* What goes into the facts, over all runs. */
struct findings {
    struct residuals worst;
    uint64_t fingerprint;
    size_t huge_bytes;
    double best, peak; /* flop/s, of the counted repetitions */
    struct usage usage;
};

/* What all runs share. */
struct session {
    struct config *config;
    const struct isa_kernel *kernel;
    struct team *team;
    struct report *report;
    struct findings findings;
};

/* The generator of the matrix of that order; one that cannot be had ends the process. */
enum matrix_kind measure_matrix(const struct config *config, size_t n);

/* Refuses what does not fit before anything is allocated. */
void measure_require_memory(const struct session *session);

/* One run after the other; a servant has all of them ready at once. Sets the findings. */
void measure(struct session *session);

#endif
