#include "remarks.h"

#include "alloc.h"
#include "evidence.h"
#include "numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const remark_kinds[] = {"marked", "void", "failed", "check"};

static struct remark *add(struct remarks *remarks, struct remark remark)
{
    remarks->at = alloc_grow(remarks->at, remarks->count, &remarks->room, sizeof *remarks->at);
    remarks->at[remarks->count] = remark;
    return &remarks->at[remarks->count++];
}

/* ---- what the driver recorded ---- */

/* Whether `list` ("a, b") holds `name`, which may hold a comma but no space. */
static bool holds(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length) {
        bool begins = at == list || at[-1] == ' ';
        if (begins && (at[length] == '\0' || strncmp(at + length, ", ", 2) == 0))
            return true;
    }
    return false;
}

/* Adds a name to a list that does not hold it yet. */
static void include(char **list, const char *name)
{
    if (holds(*list, name))
        return;
    char *longer = alloc_format("%s, %s", *list, name);
    free(*list);
    *list = longer;
}

/*
 * The remark that says what this event says, of this platform or another, or NULL. *evidence: what
 * both show, a new text.
 */
static struct remark *find_remark(const struct remarks *remarks, const struct event *event,
                                  char **evidence)
{
    for (size_t i = 0; i < remarks->count; i++) {
        struct remark *remark = &remarks->at[i];
        if (remark->group != event->group)
            continue;
        if (!event->guard && remark->kind == REMARK_FAILED &&
            strcmp(remark->platform, event->platform) == 0 &&
            (*evidence = evidence_join(remark->evidence, event->evidence)))
            return remark;
        if (event->guard && remark->kind == (event->is_void ? REMARK_VOID : REMARK_MARK) &&
            strcmp(remark->benchmark, event->benchmark) == 0 &&
            strcmp(remark->guard, event->guard) == 0 &&
            strcmp(remark->advice, event->advice) == 0 &&
            (*evidence = evidence_join(remark->evidence, event->evidence)))
            return remark;
    }
    return NULL;
}

static void add_event(struct remarks *remarks, const struct event *event)
{
    char *evidence;
    struct remark *there = find_remark(remarks, event, &evidence);
    if (there) {
        free(there->evidence);
        there->evidence = evidence;
        there->rounds++;
        include(&there->benchmark, event->benchmark);
        include(&there->platform, event->platform);
        return;
    }
    const char *advice = event->advice ? event->advice : "see the campaign's log folder";
    add(remarks, (struct remark){
                     .group = event->group,
                     .kind = !event->guard    ? REMARK_FAILED
                             : event->is_void ? REMARK_VOID
                                              : REMARK_MARK,
                     .platform = alloc_format("%s", event->platform),
                     .benchmark = alloc_format("%s", event->benchmark),
                     .guard = event->guard ? event->guard : "trial",
                     .evidence = alloc_format("%s", event->evidence),
                     .advice = alloc_format("%s", advice),
                     .rounds = 1,
                 });
}

/* ---- what the values show ---- */

static struct remark check(const struct row *row, const struct result *result, const char *guard)
{
    return (struct remark){
        .group = row->group,
        .kind = REMARK_CHECK,
        .platform = alloc_format("%s", result->platform),
        .benchmark = alloc_format("%s", row->metric->benchmark),
        .metric = row->metric->name,
        .guard = guard,
    };
}

static void check_result(struct remarks *remarks, const struct row *row,
                         const struct result *result, bool paired)
{
    char text[NUMBER];
    const struct checks *checks = &result->checks;
    if (checks->drifts) {
        struct remark *remark = add(remarks, check(row, result, "drift"));
        remark->evidence = alloc_format("%s changes by %s from the first round to the last",
                                        row->metric->name, percent(text, checks->drift));
        remark->advice = alloc_format(
            paired ? "trust the ratios, which are paired by round, more than the absolute figure; "
                     "let the machine settle first"
                   : "the ratios may drift as well, since platforms were measured at other times; "
                     "measure them in turn, in rounds");
    }
    if (checks->depends) {
        struct remark *remark = add(remarks, check(row, result, "dependence"));
        remark->evidence =
            alloc_format("neighbouring rounds of %s are alike (autocorrelation %.2f)",
                         row->metric->name, checks->lag1);
        remark->advice = alloc_format("take the intervals as too narrow; spread the rounds over "
                                      "more time");
    }
    if (checks->outliers) {
        struct remark *remark = add(remarks, check(row, result, "outliers"));
        remark->evidence = alloc_format("%zu of %zu rounds of %s lie more than 14.8 median "
                                        "deviations from the median; they are counted",
                                        checks->outliers, result->stats.n, row->metric->name);
        remark->advice = alloc_format("compare the median; look at the log of those rounds");
    }
}

/*
 * The middle of the turns hides what only some of them pay: a quota, a stall. Equal platforms'
 * means agree with it, so that a lasting gap beyond the margin (at 0.1 %) is a warning.
 */
static void check_turns(struct remarks *remarks, const struct analysis *analysis,
                        const struct row *row, const struct result *result)
{
    char text[NUMBER];
    double *gaps = alloc_zero(result->pair_count, sizeof *gaps);
    size_t n = 0;
    for (size_t i = 0; result->has_ratio && i < result->pair_count; i++) {
        if (result->pairs[i].turns)
            gaps[n++] = result->pairs[i].mean - result->pairs[i].log_ratio;
    }
    struct ratio gap = {.p = 1};
    if (n)
        gap = ratio_paired(gaps, n);
    free(gaps);
    if (gap.p > 0.001 || fabs(gap.log_mean) <= log1p(analysis->settings.margin))
        return;
    struct remark *remark = add(remarks, check(row, result, "stalls"));
    remark->evidence = alloc_format("the mean of the turns of %s costs %s%s than their middle, "
                                    "which the ratio is of",
                                    row->metric->name, percent(text, fabs(expm1(gap.log_mean))),
                                    gap.log_mean > 0 ? " more" : " less");
    remark->advice = alloc_format("some turns are much slower on one side: look at them in the "
                                  "report's plots, for a quota, throttling or a busy CPU");
}

/* The two native runs are the same thing: an interval that excludes 1 is a warning. */
static void check_twin(struct remarks *remarks, const struct row *row)
{
    const struct result *twin = row->twin;
    char text[NUMBER];
    if (!twin || !twin->has_ratio || twin->ratio.n < 6 || fabs(twin->ratio.log_mean) < 0.01 ||
        (twin->ratio.low <= 0 && twin->ratio.high >= 0))
        return;
    struct remark *remark = add(remarks, check(row, twin, "noise floor"));
    remark->evidence = alloc_format("two runs of the same native %s differ by %s",
                                    row->metric->name, percent(text, expm1(row->floor)));
    remark->advice = alloc_format("no smaller difference is called one; look for what disturbs the "
                                  "host");
}

/* Without a second run of the baseline nobody knows how far equal things differ here. */
static void check_no_twin(struct remarks *remarks, const struct analysis *analysis, int group)
{
    bool compared = false;
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (row->group != group || !row->metric->primary)
            continue;
        if (row->twin)
            return;
        compared |= row->baseline && row->count > 1;
    }
    if (!compared)
        return;
    add(remarks,
        (struct remark){
            .group = group,
            .kind = REMARK_CHECK,
            .platform = alloc_format("%s", analysis->settings.baseline),
            .benchmark = alloc_format("-"),
            .guard = "noise floor",
            .evidence =
                alloc_format("ran once per round: how far two equal runs differ is not known"),
            .advice = alloc_format("small differences may be the host's own; ./run.sh runs native "
                                   "twice per round where it is among the platforms"),
        });
}

struct remarks remarks_of(const struct analysis *analysis)
{
    struct remarks remarks = {0};
    for (size_t i = 0; i < analysis->model->event_count; i++)
        add_event(&remarks, &analysis->model->events[i]);
    for (size_t group = 0; group < analysis->model->group_count; group++)
        check_no_twin(&remarks, analysis, (int)group);
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        if (!row->metric->primary)
            continue;
        check_twin(&remarks, row);
        for (size_t k = 0; k < row->count; k++) {
            check_result(&remarks, row, &row->results[k],
                         analysis->model->groups[row->group].paired);
            check_turns(&remarks, analysis, row, &row->results[k]);
        }
    }
    return remarks;
}

void remarks_free(struct remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++) {
        free(remarks->at[i].platform);
        free(remarks->at[i].benchmark);
        free(remarks->at[i].evidence);
        free(remarks->at[i].advice);
    }
    free(remarks->at);
}

bool remark_touches(const struct remark *remark, const struct row *row, const char *platform)
{
    return remark->group == row->group && holds(remark->platform, platform) &&
           (strcmp(remark->benchmark, "-") == 0 ||
            holds(remark->benchmark, row->metric->benchmark)) &&
           (!remark->metric || strcmp(remark->metric, row->metric->name) == 0);
}
