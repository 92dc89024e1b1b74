/*
 * What is known beforehand about metrics and platforms: which metrics are verdicts' subjects, what
 * resource they stand for, and what order of platforms one would expect.
 */
#ifndef GM_COMPARE_CATALOG_H
#define GM_COMPARE_CATALOG_H

#include "report.h"

#include <stdbool.h>
#include <stddef.h>

struct known_metric {
    const char *benchmark, *metric, *unit;
    enum better better;
    bool primary;         /* belongs to the family of verdicts; otherwise only shown in detail */
    const char *resource; /* "floating point": what a platform is paying for */
    const char *counted;  /* what the files of courses count in; NULL: the unit */
    double factor;        /* so many units are one of those */
};

/*
 * The entry for a metric, or NULL; what catalog_add() added comes first. A benchmark may be spelled
 * with options (linpack:size=1000). `metric` NULL: the benchmark's first entry, for files
 * PLATFORM-BENCHMARK.csv.
 */
const struct known_metric *catalog_find(const char *benchmark, const char *metric);

/*
 * Whether a metric has verdicts: it is the benchmark's classic, or the benchmark's spelling names
 * it (memsweep:metrics=triad+latency, nginxload:upload=64M).
 */
bool catalog_primary(const char *benchmark, const char *metric);

/* What a column of this name means in a file with a column per benchmark, or NULL. */
const struct known_metric *catalog_find_column(const char *name);

/* Place in the catalog, for ordering tables; unknown metrics come last. */
size_t catalog_rank(const char *benchmark, const char *metric);

/*
 * Adds names: `BENCHMARK.METRIC=UNIT:lower|higher,...`, all of them primary. Returns the first item
 * that is not of this form, or NULL when all were added. `list` is changed and must outlive the
 * catalog.
 */
const char *catalog_add(char *list);

/* Kinds of platforms in the order of expected cost. */
enum kind { KIND_NATIVE, KIND_CONTAINER, KIND_KVM, KIND_EMULATED, KIND_OTHER };
enum kind platform_kind(const char *platform);
extern const char *const kind_names[];

/* Whether a platform is the second native run, which is there for the noise floor. */
bool platform_is_twin(const char *platform);

#endif
