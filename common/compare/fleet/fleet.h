/*
 * Many hosts: each is read, judged and reduced to a few figures of each platform and metric, and
 * then forgotten, so that memory grows with hosts and not with turns. What is merged are ratios to
 * native on the same host; hosts of different architectures are never merged.
 */
#ifndef GM_COMPARE_FLEET_H
#define GM_COMPARE_FLEET_H

#include "analysis.h"
#include "meta.h"

#include <stdbool.h>

/* As in fleet.csv; left out: a machine that is there already. */
enum host_status { HOST_DONE, HOST_FAILED, HOST_MISSING, HOST_LEFT_OUT };
extern const char *const host_statuses[]; /* "done", "failed", "missing", "left out" */

struct host_fact {
    int key, value; /* of fleet.keys, fleet.values */
};

struct host {
    char *name, *folder; /* name: none has it twice; folder "": it has none */
    enum host_status status;
    int architecture;   /* of fleet.architectures */
    double first, last; /* when its samples were made; NAN: unknown */
    uint32_t rounds;
    struct host_fact *facts; /* of its environment.txt, what can tell hosts apart */
    size_t fact_count, fact_room;
};

/* One host's figure of one platform and metric. */
struct point {
    int host;
    double log;               /* of the ratio to native; of native, of its cost */
    double variance, freedom; /* of one round about it, from so many degrees of freedom */
    uint32_t rounds;
    double error;                 /* of `log`, from the moderated variance */
    double deviations, p, p_holm; /* how far from the other hosts: outliers.h */
};

/* A platform and metric over the hosts of one architecture. */
struct table {
    int architecture, metric, platform;
    bool is_native, is_twin; /* native: figures, not ratios */
    struct point *points;    /* by host */
    size_t count, room;
    struct meta meta;
    double alike;         /* p-value of all hosts having one value; NAN: unknown */
    double median;        /* of the points' logs */
    size_t furthest;      /* the point furthest from it */
    struct result result; /* ratio, p_holm and verdict of the mean; n is hosts */
};

/* In the order of reports. */
enum about { ABOUT_HOST, ABOUT_PLATFORM, ABOUT_TRIAL, ABOUT_GUARD, ABOUT_CAMPAIGN };

/* What there is to say of some of the hosts; of none: of the fleet. */
struct saying {
    enum about about;
    size_t order; /* in which it was said first */
    char *text;
    int *hosts;
    size_t count, room;
};

struct fleet {
    const char *name; /* the folder, or the first of several */
    bool one_folder;  /* a fleet's results folder, which has its hosts' as folders in it */
    struct settings settings;
    struct host *hosts;
    size_t host_count, host_room;
    struct names host_names, architectures, platforms, metric_names, keys, values;
    struct measured *metrics;
    size_t metric_count, metric_room;
    struct names table_names;
    struct table *tables; /* in the order of reports */
    size_t table_count, table_room;
    struct names said;
    struct saying *sayings;
    size_t saying_count, saying_room;
    size_t comparisons, tested; /* means that share alpha; hosts' figures that do */
};

/* Whether these folders are to be compared as a fleet: one with fleet.csv, or several hosts'. */
bool fleet_is(char *const *folders, size_t count);

/* Whether a model holds several hosts. */
bool fleet_is_model(const struct model *model);

/*
 * Reads them all. A host that failed, is missing or has no samples is a saying; a malformed file
 * ends the process with status 1. settings.baseline may be NULL.
 */
struct fleet fleet_load(char *const *folders, size_t count, const struct settings *settings);

/* The same of a model whose groups are hosts. */
struct fleet fleet_of(struct model *model, const char *name, const struct settings *settings);

void fleet_free(struct fleet *fleet);

/* Whether the table's mean has a verdict: it is a primary metric's, and not of native. */
bool fleet_compared(const struct fleet *fleet, const struct table *table);

/* The native table of the same metric and architecture, or NULL. */
const struct table *fleet_native(const struct fleet *fleet, const struct table *table);

/* How many hosts have this status; of this architecture, or of any if it is -1. */
size_t fleet_count(const struct fleet *fleet, enum host_status status, int architecture);

/*
 * By how much a point's figure is above (0.02) or below (-0.02) the median of the hosts': of a
 * ratio in cost, of native in the metric's own unit, where more may be better.
 */
double fleet_apart(const struct fleet *fleet, const struct table *table, const struct point *point);

/* ---- for the files of this room ---- */

/* A new host with this name, or with its folder behind it if the name is taken. */
int fleet_host(struct fleet *fleet, const char *name, const char *folder, enum host_status status);
void fleet_say(struct fleet *fleet, enum about about, int host, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes over what one group of a model shows: what the host is and when it was measured, which
 * comes first; its figures. */
void fleet_facts(struct fleet *fleet, int host, const struct model *model, int group);
void fleet_add(struct fleet *fleet, int host, const struct analysis *analysis, int group);

/* What has gone wrong there, what was not usable, and what the reader must know of the campaign. */
void fleet_events(struct fleet *fleet, int host, const struct model *model, int group);

/* The value of a host's fact, or NULL. */
const char *fleet_fact(const struct fleet *fleet, int host, const char *key);

/* When all hosts are there: means, outliers, verdicts, and what is to be said of them together. */
void fleet_merge(struct fleet *fleet);

#endif
