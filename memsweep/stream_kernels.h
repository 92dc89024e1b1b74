/*
 * STREAM's four operations (McCalpin 1995) on a part of the arrays, per instruction set.
 */
#ifndef GM_MEMSWEEP_STREAM_KERNELS_H
#define GM_MEMSWEEP_STREAM_KERNELS_H

#include "cpu.h"

#include <stdbool.h>
#include <stddef.h>

enum stream_op { STREAM_COPY, STREAM_SCALE, STREAM_ADD, STREAM_TRIAD, STREAM_OPS };

enum {
    STREAM_SCALAR = 3,    /* STREAM's factor of scale and triad */
    STREAM_LINE = 8,      /* doubles in a cache line */
    STREAM_MULTIPLE = 512 /* doubles in a page: lengths are multiples of it */
};

/*
 * How the arrays are gone through. Which is fastest differs by machine, operation, number of
 * threads and what else uses the memory: on a Xeon of the Sapphire Rapids family one thread
 * copies 18.1 GB/s through the caches and 26.0 past them with four pages in turn; on an EPYC of the
 * Zen 3 family, beside much other work, 13.0 through, 20.3 past in order, 22.2 with four pages; its
 * triad has 16.1, 22.2 and 18.7. Without other work Zen 3 has been seen to do 37 past in order.
 *
 * rep movsb and Arm's dc zva are missing: neither gcc nor clang has an intrinsic for them.
 */
enum stream_way {
    STREAM_THROUGH,       /* the caches, in order */
    STREAM_THROUGH_FETCH, /* the same; the page after this one is asked for meanwhile */
    STREAM_PAST,          /* the caches, in order */
    STREAM_PAST_FETCH,    /* the same; the page after this one is asked for meanwhile */
    STREAM_PAST_PAGES,    /* the caches, four pages in turn */
    STREAM_WAYS
};

/*
 * to = x (copy), 3 x (scale), x + y (add), x + 3 y (triad) on n doubles, a multiple of
 * STREAM_MULTIPLE; all aligned to a cache line. Non-temporal stores are globally visible when it
 * returns.
 */
typedef void stream_kernel(enum stream_op op, enum stream_way way, double *to, const double *x,
                           const double *y, size_t n);

struct stream_isa {
    const char *name;
    enum isa isa;
    bool nontemporal; /* whether it has stores past the caches */
    stream_kernel *kernel;
};

/* Whether this instruction set has that way. */
bool stream_has(const struct stream_isa *isa, enum stream_way way);

/* "auto", and 1 + way the name of each way; ends with NULL, to be an option's choices. */
extern const char *const stream_stores_names[];

/* The best one that this CPU has and that is at most `limit`. */
const struct stream_isa *stream_isa_choose(enum isa limit);

#endif
