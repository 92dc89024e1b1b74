#include "gate.h"

#include "alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const gate_outcomes[] = {"good", "cannot tell yet", "worse"};

static enum gate_outcome outcome_of(const struct result *result, double percent)
{
    const struct ratio *ratio = &result->ratio;
    double limit = log1p(percent / 100);
    if (!result->has_ratio || !ratio_has_interval(ratio))
        return GATE_OPEN;
    if (result->verdict == VERDICT_DIFFERENT && ratio->log_mean > limit)
        return GATE_WORSE;
    if (ratio->high <= limit ||
        (result->verdict != VERDICT_INCONCLUSIVE && ratio->log_mean <= limit))
        return GATE_GOOD;
    return GATE_OPEN;
}

static void add(struct gate *gate, size_t *room, struct gated gated)
{
    gate->at = alloc_grow(gate->at, gate->count, room, sizeof *gate->at);
    gated.outcome = gated.result ? outcome_of(gated.result, gate->percent) : GATE_OPEN;
    gate->at[gate->count++] = gated;
    gate->counts[gated.outcome]++;
    if (gated.outcome > gate->outcome)
        gate->outcome = gated.outcome;
}

static bool was_compared(const struct gate *gate, const struct row *row, const char *platform,
                         int group)
{
    for (size_t i = 0; i < gate->versus.count; i++) {
        const struct versus *versus = &gate->versus.at[i];
        if (versus->row->group == group && versus->row->metric == row->metric &&
            strcmp(versus->result.platform, platform) == 0)
            return true;
    }
    return false;
}

/* What the first campaign has and a later one has not is no success. */
static void add_lost(const struct analysis *analysis, struct gate *gate, size_t *room)
{
    for (size_t i = 0; i < analysis->count && analysis->rows[i].group == 0; i++) {
        const struct row *row = &analysis->rows[i];
        for (size_t k = 0; k < row->count && row->metric->primary; k++) {
            const char *platform = row->results[k].platform;
            for (int group = 1; group < (int)analysis->model->group_count; group++) {
                if (&row->results[k] != row->twin && !was_compared(gate, row, platform, group))
                    add(gate, room, (struct gated){.row = row, .platform = platform});
            }
        }
    }
}

static void add_platforms(const struct analysis *analysis, struct gate *gate, size_t *room)
{
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        for (size_t k = 0; k < row->count && row->metric->primary; k++) {
            const struct result *result = &row->results[k];
            if (result != row->baseline && result != row->twin)
                add(gate, room,
                    (struct gated){.row = row, .platform = result->platform, .result = result});
        }
    }
}

struct gate gate_of(const struct analysis *analysis, double percent)
{
    struct gate gate = {.percent = percent};
    size_t room = 0;
    if (analysis->model->group_count > 1) {
        gate.versus = versus_of(analysis);
        for (size_t i = 0; i < gate.versus.count; i++) {
            const struct versus *versus = &gate.versus.at[i];
            add(&gate, &room,
                (struct gated){.row = versus->row,
                               .platform = versus->result.platform,
                               .result = &versus->result});
        }
        add_lost(analysis, &gate, &room);
    } else {
        add_platforms(analysis, &gate, &room);
    }
    if (gate.count == 0)
        gate.outcome = GATE_OPEN;
    return gate;
}

void gate_free(struct gate *gate)
{
    versus_free(&gate->versus);
    free(gate->at);
}
