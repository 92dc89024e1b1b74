/* What is to be said of hosts together, and in which words hosts are named. */
#ifndef GM_COMPARE_SAYINGS_H
#define GM_COMPARE_SAYINGS_H

#include "fleet.h"

/*
 * Says which architectures there are, whose clock is off, and which hosts are one machine; then
 * puts all sayings into the order of reports.
 */
void sayings_of_all(struct fleet *fleet);

/* `n1, n2 and 12 more hosts`, `all 20 hosts`; a new text. */
char *sayings_hosts(const struct fleet *fleet, const int *hosts, size_t count);

/* A fact in which hosts of the fleet differ. */
struct difference {
    const char *key;
    struct held {
        const char *value;
        int *hosts;
        size_t count;
    } * values; /* the most frequent first */
    size_t count;
};

struct differences {
    struct difference *at;
    size_t count;
};

struct differences differences_of(const struct fleet *fleet);
void differences_free(struct differences *differences);

/* A host that stands out in a table: further than 3.5 deviations, and by test. */
struct standout {
    const struct table *table;
    const struct point *point;
};

struct standouts {
    struct standout *at; /* by host, as many as stand out; then by p-value */
    size_t count;
};

struct standouts standouts_of(const struct fleet *fleet);
void standouts_free(struct standouts *standouts);

/* Whether a point stands out. */
bool standouts_has(const struct fleet *fleet, const struct point *point);

#endif
