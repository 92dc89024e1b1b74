/*
 * One or many campaigns in memory: for every platform and metric the trials, each reduced to the
 * mean and variance of its repetitions, so that memory grows with trials and not with rows. Only
 * turns are kept one by one, in eight bytes each: they are compared one by one.
 *
 * A group is what is compared within itself: one results folder's host (or, pooled, one host).
 */
#ifndef GM_COMPARE_MODEL_H
#define GM_COMPARE_MODEL_H

#include "hist.h"
#include "names.h"
#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One invocation's repetitions (warm-up left out). Its mean is the unit of analysis. */
struct trial {
    double mean, squares; /* squares: sum of squared deviations from the mean */
    double time;          /* seconds since 1970 */
    uint32_t round, n;
    uint32_t first_rep, last_rep;
    uint32_t first_turn; /* its n turns begin here in the cell's; NO_TURNS: it was run as a block */
};

#define NO_TURNS UINT32_MAX

/*
 * One repetition of a campaign of turns: repetitions of one round and benchmark with equal numbers
 * were made back to back, one on every platform.
 */
struct turn {
    float log; /* of the value; NAN if it is not above 0 */
    uint32_t rep;
};

/* One repetition, for drawing. */
struct plotted {
    double value;
    uint32_t trial, part; /* index in trials; rep within it */
};

enum { MOST_SAMPLES = 4096 }; /* per cell; of more, every second is dropped, again and again */

struct cell {
    int group, platform, metric;
    struct trial *trials; /* after model_finish(): by round, one per round */
    size_t count, room;
    struct turn *turns;
    size_t turn_count, turn_room;
    bool by_turns; /* rows that are added now are turns */
    struct plotted *samples;
    size_t sample_count, sample_room, sample_stride, sample_seen;
    size_t voided, replaced, invalid; /* trials left out by a guard, measured twice; bad values */
};

struct group {
    char *source; /* the folder it came from, as given */
    char *host;
    char *label;
    bool paired;     /* rounds are blocks: trials of one round belong together */
    uint32_t offset; /* added to rounds, so that pooled folders keep theirs apart */
    uint32_t last_round;
};

struct measured {
    char *benchmark, *name, *unit, *resource;
    enum better better;
    bool primary;
};

/* Frees its words, not itself. */
void measured_free(struct measured *metric);

/* A guard that did not pass, or a trial that failed (then guard is NULL and evidence the reason).
 */
struct event {
    int group;
    char *platform, *benchmark, *guard, *evidence, *advice;
    uint32_t round;
    bool is_void;
};

struct unusable {
    int group; /* -1: of the whole campaign */
    char *platform, *reason;
};

enum { FACT_NUMBERS = 2 };

struct known_fact {
    int group;
    char *platform, *benchmark, *key, *value;
    bool varies; /* other trials say otherwise; value is the last one's */
    /* Of all trials, the numbers that begin its parts: of `7 read, 9 written` two. NAN: none. */
    double sums[FACT_NUMBERS];
};

/* The latencies of one metric over all rounds. */
struct distribution {
    int group;
    char *platform, *benchmark, *metric;
    struct hist *hist;
};

/* A line of a campaign's environment.txt. */
struct environment_line {
    char *source, *key, *value;
};

struct model {
    struct group *groups;
    size_t group_count, group_room;
    struct names platforms, cell_names, metric_names, fact_names;
    struct measured *metrics;
    size_t metric_count, metric_room;
    struct cell *cells;
    size_t cell_count, cell_room;
    struct event *events;
    size_t event_count, event_room;
    struct unusable *unusables;
    size_t unusable_count, unusable_room;
    struct known_fact *facts;
    size_t fact_count, fact_room;
    struct distribution *distributions;
    size_t distribution_count, distribution_room;
    struct environment_line *environment;
    size_t environment_count, environment_room;
    char **notes; /* sentences about what was left out and why */
    size_t note_count, note_room;
    bool keep_samples; /* for a report with drawings: samples, facts, distributions */
    bool keep_facts;   /* facts, for whatever is said in words */
};

/* The group's number; a new one if source (NULL: any) and host are new. */
int model_group(struct model *model, const char *source, const char *host);

/* The metric's number, or -1 if it is there already with another unit or direction. */
int model_metric(struct model *model, const char *benchmark, const char *name, const char *unit,
                 enum better better);

/* The cell's number; a new one if there is none yet. */
int model_cell(struct model *model, int group, int platform, int metric);

/* The cell, or NULL. */
const struct cell *model_find(const struct model *model, int group, int platform, int metric);

/* Adds one repetition; rows may come in any order. `round` is the group's own number. */
void model_add(struct model *model, int cell, uint32_t round, double time, uint32_t rep,
               double value);

/* What is known under that key, or NULL; facts of the whole round there have the benchmark
 * `platform`. */
const struct known_fact *model_fact(const struct model *model, int group, const char *platform,
                                    const char *benchmark, const char *key);

void model_note(struct model *model, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sorts and joins trials, leaves out what guards made void, and orders metrics and platforms. */
void model_finish(struct model *model);

void model_free(struct model *model);

#endif
