/*
 * From trials to verdicts: every platform against the baseline, metric by metric, paired by round.
 */
#ifndef GM_COMPARE_ANALYSIS_H
#define GM_COMPARE_ANALYSIS_H

#include "bootstrap.h"
#include "checks.h"
#include "levels.h"
#include "model.h"
#include "pairs.h"
#include "ratio.h"
#include "stats.h"

struct settings {
    const char *baseline; /* the platform that all others are set against */
    double margin;        /* differences up to this (0.02: 2 %) do not matter: equivalence */
    double precision;     /* half-width of a ratio's interval to be reached, same scale */
    double alpha;         /* chance that the table holds a difference that is none */
    uint64_t seed;        /* of the bootstrap */
    bool bootstrap;       /* whether to do it: it takes a moment */
};

enum verdict { VERDICT_NONE, VERDICT_DIFFERENT, VERDICT_EQUIVALENT, VERDICT_INCONCLUSIVE };
extern const char *const verdict_names[];

/* One platform in one metric. */
struct result {
    const struct cell *cell;
    const char *platform;
    struct stats stats; /* of the trials' means */
    bool has_median_interval;
    struct interval median; /* 95 % */
    struct levels levels;
    struct checks checks;
    bool has_ratio;      /* there are pairs, and all values are above 0 */
    const char *why_not; /* without a ratio: the reason */
    struct ratio ratio;
    struct pair *pairs;         /* by round; NULL where rounds are not paired */
    size_t pair_count, turns;   /* turns: of all pairs together; 0: none took turns */
    struct levels ratio_levels; /* of the turns' log ratios; not known without turns */
    double p_rank, p_holm;      /* Wilcoxon's p; the family's adjusted one */
    bool has_bca;
    struct interval bca;  /* BCa bootstrap interval of log_mean, 95 % */
    enum verdict verdict; /* VERDICT_NONE for the baseline, its twin and metrics not primary */
    size_t more_rounds;   /* inconclusive: about so many more are needed */
    /* Of need_looks(): the round after which it was settled (0: it is open), whether it held at
     * the last look that was one for it, and its rounds then. */
    uint32_t settled;
    bool held;
    size_t looked;
};

/* One metric of one group: the baseline and everything set against it. */
struct row {
    int group;
    const struct measured *metric;
    const struct result *baseline, *twin; /* NULL: not there */
    double floor;           /* |log| of the twin's ratio: the noise floor; 0: unknown */
    struct result *results; /* the baseline and its twin first */
    size_t count;
};

struct analysis {
    const struct model *model;
    struct settings settings;
    struct row *rows; /* by group, then in the order of the catalog */
    size_t count;
    size_t family; /* how many comparisons share alpha */
    bool is_look;  /* of analysis_at(): without a guess at how many more rounds are needed */
};

/* What is set against where nobody chose: native if it was measured, or else the first one. */
const char *analysis_baseline(const struct model *model);

struct analysis analyse(const struct model *model, const struct settings *settings);
void analysis_free(struct analysis *analysis);

/*
 * Ratios and verdicts as they were after so many rounds; what describes single platforms stays that
 * of all rounds. Groups without paired rounds stay as they are. The result shares the pairs of
 * `analysis`, and is freed before it by analysis_at_free().
 */
struct analysis analysis_at(const struct analysis *analysis, uint32_t rounds);
void analysis_at_free(struct analysis *at);

/* exp(log) - 1 as a half-width in parts of the ratio: how precise the interval is. */
double result_precision(const struct result *result);

#endif
