/*
 * The kernels: the row that each of them has in the registry (memsweep.c), and what it calls.
 */
#ifndef GM_MEMSWEEP_KERNELS_H
#define GM_MEMSWEEP_KERNELS_H

#include "session.h"

/* The part of a kernel's state that is the same for all; the first member of each state. */
struct work {
    double per_unit;          /* accesses, bytes, pages ... that one unit of work is */
    const struct mem *buffer; /* where --inject flips a bit */
};

enum { WHY_BYTES = 160 };

/* One size, or load, at which a kernel runs. */
struct point {
    uint64_t bytes;  /* bytes/s for AXIS_LOAD; 0: setup decides */
    char suffix[40]; /* of metrics' names: "", or "[size=65536]" when there are several sizes */
    char what[40];   /* in facts and messages: "sweep", or "sweep.64k" */
};

/* Which of the lists in struct config gives a kernel's points. */
enum axis { AXIS_SIZE, AXIS_ARRAY, AXIS_LOAD, AXES };

/* What a point of AXIS_LOAD is when no load is given. */
#define LOADED_FLAT_OUT UINT64_MAX

/* One metric. The value is unit/s or s/unit as `better` says: units * per_unit over seconds. */
struct kernel {
    const char *name, *unit;
    enum better better;
    bool by_default;
    enum axis axis;
    uint64_t bytes; /* the default point's; 0: setup decides */
    int held;       /* so many times its bytes are in use */
    const char *summary;
    /* Maps and fills. The point outlives the state. Ends the process if it cannot. */
    struct work *(*setup)(struct session *session, const struct kernel *kernel,
                          const struct point *point);
    /* Does `units` of work and returns the seconds of its timed region. */
    double (*run)(void *work, uint64_t units);
    /* Whether the last run's result is right; if not, `why` says what is not. */
    bool (*verify)(void *work, char why[WHY_BYTES]);
    /* Called after each verified repetition, for what is reported beside the metric; or NULL. */
    void (*sample)(void *work, int rep);
    /* Sets the kernel's facts and frees its state. */
    void (*finish)(void *work);
};

/*
 * The kernels, each documented in its file. Those that share a setup tell themselves apart by
 * kernel->name.
 */
#define KERNEL(name)                                                                               \
    struct work *name##_setup(struct session *session, const struct kernel *kernel,                \
                              const struct point *point);                                          \
    double name##_run(void *work, uint64_t units);                                                 \
    bool name##_verify(void *work, char why[WHY_BYTES]);                                           \
    void name##_finish(void *work)
KERNEL(sweep);
KERNEL(stream);
KERNEL(latency);
KERNEL(fault);
KERNEL(map);
KERNEL(gups);
KERNEL(loaded);
void sweep_sample(void *work, int rep);
void loaded_sample(void *work, int rep);

/* x^k over GF(2) modulo x^63 + x^2 + x + 1: the k-th value of RandomAccess's sequence. */
uint64_t gups_power(uint64_t k);

#endif
