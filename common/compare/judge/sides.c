#include "sides.h"

#include "alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What precedes the names of a part's facts, where a benchmark has several (the driver's parts). */
static const char *const prefixes[] = {"big.",   "copy.",  "size.",  "best.",
                                       "vfork.", "spawn.", "clone.", "thread."};
enum { PREFIXES = sizeof prefixes / sizeof prefixes[0] };

static const char *prefix_of(const struct measured *metric)
{
    const char *bracket = strchr(metric->name, '[');
    if (strcmp(metric->benchmark, "nginxload") == 0 && strcmp(metric->name, "download") == 0)
        return "big.";
    if (strcmp(metric->benchmark, "memsweep") == 0 && strcmp(metric->name, "copy") == 0)
        return "copy.";
    for (size_t i = 0; bracket && i < PREFIXES; i++) {
        size_t length = strlen(prefixes[i]) - 1;
        const char *word = strncmp(bracket, "[isa=", 5) == 0 ? bracket + 5 : bracket + 1;
        if (strncmp(word, prefixes[i], length) == 0 && word[length] == ']')
            return prefixes[i];
    }
    return "";
}

static const struct known_fact *find(const struct side *side, const char *prefix, const char *key)
{
    char *name = alloc_format("%s%s", prefix, key);
    const struct known_fact *fact =
        model_fact(side->model, side->group, side->platform, side->benchmark, name);
    free(name);
    return fact;
}

static struct side side_of(const struct model *model, const struct row *row,
                           const struct result *result)
{
    struct side side = {
        .model = model,
        .group = row->group,
        .platform = result->platform,
        .benchmark = row->metric->benchmark,
        .prefix = prefix_of(row->metric),
        .mean = result->stats.mean,
        .rounds = result->cell->count,
    };
    if (!find(&side, side.prefix, "timed.wall"))
        side.prefix = ""; /* a campaign from when that was no part of its own */
    return side;
}

static bool is_mixed(const struct analysis *analysis, const struct row *row)
{
    struct side side = side_of(analysis->model, row, &row->results[0]);
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *other = &analysis->rows[i];
        if (other->group != row->group || other->metric == row->metric || !other->metric->primary ||
            strcmp(other->metric->benchmark, row->metric->benchmark) != 0)
            continue;
        struct side others = side_of(analysis->model, other, &other->results[0]);
        if (strcmp(others.prefix, side.prefix) == 0)
            return true;
    }
    return false;
}

struct sides sides_of(const struct analysis *analysis, const struct row *row,
                      const struct result *result)
{
    return (struct sides){
        .here = side_of(analysis->model, row, result),
        .base = side_of(analysis->model, row, row->baseline),
        .base_name = analysis->settings.baseline,
        .metric = row->metric,
        .ratio = exp(result->ratio.log_mean),
        .mixed = is_mixed(analysis, row),
    };
}

struct sides sides_of_versus(const struct analysis *analysis, const struct versus *versus)
{
    struct sides sides = {
        .here = side_of(analysis->model, versus->row, versus->fresh),
        .base = side_of(analysis->model, versus->row, versus->old),
        .base_name = "the first one",
        .metric = versus->row->metric,
        .ratio = exp(versus->result.ratio.log_mean),
        .mixed = is_mixed(analysis, versus->row),
    };
    sides.base.group = 0;
    return sides;
}

const char *side_text(const struct side *side, const char *key)
{
    const struct known_fact *fact = find(side, side->prefix, key);
    return fact ? fact->value : NULL;
}

const char *side_platform_text(const struct side *side, const char *key)
{
    const struct known_fact *fact =
        model_fact(side->model, side->group, side->platform, "platform", key);
    return fact ? fact->value : NULL;
}

double side_number(const struct side *side, const char *key, int which)
{
    const struct known_fact *fact = find(side, side->prefix, key);
    return fact ? fact->sums[which] : NAN;
}

double side_bill(const struct side *side, const char *key)
{
    const char *steps = side_text(side, "option.steps");
    /* A command's program has no options of that name, but it knows its turns. */
    const struct known_fact *all = find(side, "", key), *turns = find(side, "", "turns");
    if (!all || !turns || (steps && strcmp(steps, "yes") != 0))
        return NAN;
    if (side->prefix[0])
        return side_number(side, key, 0);
    double own = all->sums[0];
    for (size_t i = 0; i < PREFIXES; i++) {
        const struct known_fact *part = find(side, prefixes[i], key);
        if (part)
            own -= part->sums[0];
        else if (find(side, prefixes[i], "timed.wall"))
            return NAN;
    }
    return own;
}

double side_work(const struct side *side)
{
    const struct model *model = side->model;
    double sum = 0;
    for (size_t i = 0; i < model->fact_count; i++) {
        const struct known_fact *fact = &model->facts[i];
        if (fact->group == side->group && strcmp(fact->platform, side->platform) == 0 &&
            strcmp(fact->key, "bill.wall") == 0)
            sum += fact->sums[0];
    }
    return sum > 0 ? sum : NAN;
}
