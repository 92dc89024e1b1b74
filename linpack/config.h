/*
 * What a run of linpack is asked for.
 */
#ifndef GM_LINPACK_CONFIG_H
#define GM_LINPACK_CONFIG_H

#include "bench.h"

enum { KERNEL_BLOCKED, KERNEL_CLASSIC };

/* --inject: what is made wrong. */
enum fault { FAULT_NONE, FAULT_BIT, FAULT_NAN, FAULT_UNSTEADY, FAULT_SINGULAR };

struct config {
    struct bench bench;
    struct size_list sizes;
    int kernel;        /* KERNEL_BLOCKED or KERNEL_CLASSIC */
    int isa;           /* 0: the best, or 1 + enum isa */
    int threads;       /* 0: one per usable CPU */
    int matrix, pages; /* enum matrix_kind, enum mem_pages */
    int fault;
    bool list_isa, peak;
};

#endif
