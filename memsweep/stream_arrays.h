/*
 * STREAM's three arrays, kept from one operation to the next, and the proof of what is in them.
 *
 * Unlike STREAM's, the arrays' elements are not all equal: a[i] = A x, b[i] = B x, c[i] = C x with
 * small integers x that depend on i. Every operation then maps the triple (A, B, C) of integers,
 * all products are exact, and verification is exact equality of every element, which also finds
 * what has landed in a wrong place. STREAM's own tolerance would be 1e-13.
 */
#ifndef GM_MEMSWEEP_STREAM_ARRAYS_H
#define GM_MEMSWEEP_STREAM_ARRAYS_H

#include "kernels.h"

enum stream_array { STREAM_A, STREAM_B, STREAM_C, STREAM_ARRAYS };

struct stream_arrays {
    struct stream_arrays *next;   /* of another size: a servant has all of them */
    struct mem mem;               /* all three, with gaps between them */
    size_t bytes, count;          /* of one */
    int threads;                  /* that share them */
    bool used[STREAM_ARRAYS];     /* those that are worked on */
    double factor[STREAM_ARRAYS]; /* A, B and C above */
};

/*
 * Arrays of that many bytes each, rounded up to whole pages, kept or mapped and filled; without
 * --steps, those of other sizes are given back. Ends the process where they cannot be had.
 */
struct stream_arrays *stream_arrays_of(struct session *session, uint64_t bytes, const char *what);

/* Those that were asked for last, or NULL. */
const struct stream_arrays *stream_arrays_kept(void);

double *stream_array(const struct stream_arrays *arrays, enum stream_array array);

/* The part of each array that belongs to `rank`, in whole pages: doubles. */
void stream_arrays_share(const struct stream_arrays *arrays, int rank, size_t *from, size_t *count);

/* STREAM starts from a = 2, b = 2, c = 0; c is 1 here so that triad alone has something to add. */
void stream_arrays_fill(struct stream_arrays *arrays, struct team *team);

/* Whether every element is what its factor says; if not, `why` says which is not. */
bool stream_arrays_right(const struct stream_arrays *arrays, enum stream_array array,
                         char why[WHY_BYTES]);

/*
 * Gives the pages of all that are kept back, and takes pages anew, for all three arrays or for
 * those that are worked on. Between the two nothing may be asked of them.
 */
void stream_arrays_drop(void);
void stream_arrays_refill(struct team *team, bool all);

/* Gives all of them back. */
void stream_arrays_release(void);

#endif
