#include "versus.h"

#include "alloc.h"
#include "verdict.h"
#include "wilcoxon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first group's row of the same metric, or NULL. */
static const struct row *first_row(const struct analysis *analysis, const struct row *row)
{
    for (size_t i = 0; i < analysis->count && analysis->rows[i].group == 0; i++) {
        if (analysis->rows[i].metric == row->metric)
            return &analysis->rows[i];
    }
    return NULL;
}

static double *logs_of(const struct cell *cell, enum better better)
{
    double *logs = alloc_zero(cell->count, sizeof *logs);
    for (size_t i = 0; i < cell->count; i++)
        logs[i] = cell->trials[i].mean;
    if (verdict_logs(logs, cell->count, better))
        return logs;
    free(logs);
    return NULL;
}

static bool compare_cells(struct versus *versus)
{
    enum better better = versus->row->metric->better;
    const struct cell *old = versus->old->cell, *fresh = versus->fresh->cell;
    double *a = logs_of(fresh, better), *b = logs_of(old, better);
    versus->result.cell = fresh;
    versus->result.platform = versus->fresh->platform;
    versus->result.p_rank = NAN;
    versus->result.has_ratio = a && b;
    if (a && b)
        versus->result.ratio = ratio_unpaired(a, fresh->count, b, old->count);
    free(a);
    free(b);
    return versus->result.has_ratio;
}

static void decide_all(const struct analysis *analysis, struct versus_list *list)
{
    double *p = alloc_zero(list->count, sizeof *p);
    struct analysis family = {.settings = analysis->settings, .family = list->count};
    for (size_t i = 0; i < list->count; i++)
        p[i] = list->at[i].result.ratio.p;
    holm_adjust(p, list->count);
    for (size_t i = 0; i < list->count; i++) {
        struct versus *versus = &list->at[i];
        struct row row = *versus->row;
        const struct row *old = first_row(analysis, versus->row);
        row.floor = fmax(row.floor, old->floor);
        versus->result.p_holm = p[i];
        verdict_decide(&family, &row, &versus->result);
    }
    free(p);
}

struct versus_list versus_of(const struct analysis *analysis)
{
    struct versus_list list = {0};
    size_t room = 0;
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i], *old = first_row(analysis, row);
        if (row->group == 0 || !old || !row->metric->primary)
            continue;
        for (size_t k = 0; k < row->count; k++) {
            for (size_t j = 0; j < old->count; j++) {
                if (strcmp(row->results[k].platform, old->results[j].platform) != 0 ||
                    &row->results[k] == row->twin)
                    continue;
                list.at = alloc_grow(list.at, list.count, &room, sizeof *list.at);
                list.at[list.count] =
                    (struct versus){.row = row, .old = &old->results[j], .fresh = &row->results[k]};
                list.count += compare_cells(&list.at[list.count]);
            }
        }
    }
    decide_all(analysis, &list);
    return list;
}

void versus_free(struct versus_list *list)
{
    free(list->at);
}
