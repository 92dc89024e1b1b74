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
 * to = x (copy), 3 x (scale), x + y (add), x + 3 y (triad) on n doubles, a multiple of
 * STREAM_MULTIPLE; all aligned to a cache line. Non-temporal stores are globally visible when it
 * returns.
 */
typedef void stream_kernel(enum stream_op op, bool nontemporal, double *to, const double *x,
                           const double *y, size_t n);

struct stream_isa {
    const char *name;
    enum isa isa;
    bool nontemporal; /* whether it has such stores */
    stream_kernel *kernel;
};

/* The best one that this CPU has and that is at most `limit`. */
const struct stream_isa *stream_isa_choose(enum isa limit);

#endif
