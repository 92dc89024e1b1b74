/*
 * What the kernels of memsweep share: the session (options, report, usage) and the row that each
 * kernel has in the registry.
 */
#ifndef GM_MEMSWEEP_H
#define GM_MEMSWEEP_H

#include "bench.h"
#include "mem.h"
#include "team.h"

#include <stdbool.h>

enum inject { INJECT_NONE, INJECT_BIT };
enum { STORES_AUTO };                    /* --stores; 1 + enum stream_way is that way */
extern const char *const stores_names[]; /* ends with NULL, to be an option's choices */

struct config {
    struct size_list sizes, arrays, loads; /* empty: each kernel's default */
    uint64_t stride, locality;             /* of pointer chases, bytes */
    int threads;
    int pages;  /* enum mem_pages */
    int stores; /* STORES_AUTO or 1 + enum stream_way */
    int isa;    /* enum isa: the best that may be used */
    int inject; /* enum inject */
};

struct session {
    struct bench bench;
    struct config config;
    struct report *report;
    struct usage usage;
    int rep;                   /* the repetition that runs; 0 or less is none that counts */
    struct team *team, *alone; /* of config.threads; of one, for what one thread does */
    int kept;                  /* kernels that have their memory at the same time */
};

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

/* A zeroed state for `what`, to be given to free(). Ends the process if there is no memory. */
void *state_new(size_t bytes, const char *what);

/* Runs work(context, rank) on the team, or on one thread if `team` is NULL, as the timed region. */
double session_time(struct session *session, struct team *team,
                    void (*work)(void *context, int rank), void *context);

/* Flips one bit, chosen by the seed, of what a kernel's verification reads. */
void inject_bit(const struct mem *buffer, uint64_t seed);

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

/* STREAM's four keep their arrays for the next of them; this gives all of them back. */
void stream_release(void);

/* x^k over GF(2) modulo x^63 + x^2 + x + 1: the k-th value of RandomAccess's sequence. */
uint64_t gups_power(uint64_t k);

#endif
