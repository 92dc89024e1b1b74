#include "cells.h"

#include "err.h"
#include "space.h"
#include "stream_arrays.h"

#include <stdio.h>

enum { KERNELS_MAX = 16 };

/* What is repeated: a kernel at one of its points. */
struct cell {
    const struct kernel *kernel;
    struct point point;
    struct metric *metric;
    struct work *work;
    uint64_t units; /* of work in a repetition */
};
static struct cell cells[KERNELS_MAX * SIZE_LIST_MAX];
static size_t cell_count;

static const char *const axis_names[AXES] = {
    [AXIS_SIZE] = "size", [AXIS_ARRAY] = "array", [AXIS_LOAD] = "load"};

static const struct size_list *list_of(const struct session *session, enum axis axis)
{
    const struct config *config = &session->config;
    return axis == AXIS_SIZE    ? &config->sizes
           : axis == AXIS_ARRAY ? &config->arrays
                                : &config->loads;
}

void cells_add(struct session *session, const struct kernel *kernel)
{
    const struct size_list *list = list_of(session, kernel->axis);
    size_t points = list->count ? list->count : 1;
    char size[32];

    for (size_t i = 0; i < points; i++) {
        struct cell *cell = &cells[cell_count++];
        struct point *point = &cell->point;
        cell->kernel = kernel;
        point->bytes = list->count ? list->at[i] : kernel->bytes;
        snprintf(point->what, sizeof point->what, "%s", kernel->name);
        if (list->count > 1) {
            snprintf(point->suffix, sizeof point->suffix, "[%s=%llu]", axis_names[kernel->axis],
                     (unsigned long long)point->bytes);
            snprintf(point->what, sizeof point->what, "%s.%.24s", kernel->name,
                     format_size(size, point->bytes));
        }
    }
}

/* Whether a cell before this one has the same arrays. */
static bool shares_arrays(const struct cell *cell)
{
    for (const struct cell *before = cells; before < cell; before++) {
        if (before->kernel->axis == AXIS_ARRAY && before->point.bytes == cell->point.bytes)
            return true;
    }
    return false;
}

/* Refuses what does not fit before anything is filled. Sizes that were not asked for adapt. */
static void require_memory(const struct session *session)
{
    uint64_t sum = 0;
    for (const struct cell *cell = cells; cell < cells + cell_count; cell++) {
        enum axis axis = cell->kernel->axis;
        uint64_t bytes = cell->point.bytes, held = (uint64_t)cell->kernel->held;
        if (axis == AXIS_LOAD || list_of(session, axis)->count == 0 ||
            (axis == AXIS_ARRAY && shares_arrays(cell)))
            continue;
        sum = bytes > (UINT64_MAX - sum) / held ? UINT64_MAX : sum + held * bytes;
    }
    mem_require(sum, "--steps with all of these metrics");
}

static void cell_setup(struct cell *cell, struct session *session)
{
    const struct kernel *kernel = cell->kernel;
    struct point *point = &cell->point;
    bool adapts = list_of(session, kernel->axis)->count == 0;
    char text[64];
    snprintf(text, sizeof text, "%s%s", kernel->name, point->suffix);
    cell->metric = report_metric(session->report, text, kernel->unit, kernel->better);
    if (kernel->axis != AXIS_ARRAY && !session->bench.steps)
        stream_arrays_release();
    if (kernel->axis == AXIS_SIZE && adapts)
        point->bytes = space_fitting(kernel->bytes, session->kept);
    cell->work = kernel->setup(session, kernel, point);
    if (kernel->axis == AXIS_SIZE) {
        snprintf(text, sizeof text, "size.%s", point->what);
        bool shrunk = adapts && point->bytes < kernel->bytes;
        report_fact(session->report, text, "%llu B%s", (unsigned long long)point->bytes,
                    shrunk ? ", less than usual: memory is short" : "");
        if (shrunk)
            report_note(session->report, "%s: %s only, because memory is short", point->what,
                        format_size(text, point->bytes));
    }
    session->rep = 0;
    cell->units = bench_calibrate(kernel->run, cell->work, session->bench.time_s);
}

static void cell_repeat(struct cell *cell, struct session *session, int rep)
{
    const struct kernel *kernel = cell->kernel;
    char why[WHY_BYTES];
    session->rep = rep;
    double seconds = kernel->run(cell->work, cell->units);
    if (session->config.inject == INJECT_BIT)
        inject_bit(cell->work->buffer, session->bench.seed);
    if (!kernel->verify(cell->work, why))
        die(STATUS_WRONG, "%s: %s", cell->point.what, why);
    double amount = (double)cell->units * cell->work->per_unit;
    metric_add(cell->metric, rep,
               kernel->better == BETTER_HIGHER ? amount / seconds : seconds / amount);
    if (kernel->sample)
        kernel->sample(cell->work, rep);
}

/*
 * Some pages are 10 % faster than others (how a hypervisor holds them; where they lie in the
 * memory's banks), and whoever keeps its pages is as fast as they are. So a servant gives those of
 * its arrays back after every so many steps, as all do that take turns with it, and then each of
 * them takes what it finds. It holds none when it says that it is ready. After how many: on an EPYC
 * the ratio of two copies differs by 8 % from one set of pages to the next and by 15 % from step to
 * step, and a set costs what six steps do; five of them make the narrowest interval.
 */
enum { STEPS_PER_PAGES = 5 };

static bool takes_pages(int rep)
{
    return rep % STEPS_PER_PAGES == 1;
}

static bool drops_pages(int rep)
{
    return rep >= 0 && rep % STEPS_PER_PAGES == 0;
}

/* Repetitions of all of these cells, in turn. */
static void measure_together(struct session *session, struct cell *first, size_t count)
{
    struct bench *bench = &session->bench;
    int rep;
    for (size_t i = 0; i < count; i++)
        cell_setup(&first[i], session);
    for (rep = bench_first_rep(bench); bench_goes_on(bench, session->report, rep); rep++) {
        if (bench->steps && takes_pages(rep))
            stream_arrays_refill(session->team, false);
        for (size_t i = 0; i < count; i++)
            cell_repeat(&first[i], session, rep);
        if (bench->steps && drops_pages(rep))
            stream_arrays_drop();
    }
    if (bench->steps) /* what is looked at are pages in use */
        stream_arrays_refill(session->team, true);
    for (size_t i = 0; i < count; i++)
        first[i].kernel->finish(first[i].work);
}

void cells_measure(struct session *session)
{
    size_t together = session->bench.steps ? cell_count : 1;
    session->kept = (int)together;
    if (session->bench.steps)
        require_memory(session);
    for (size_t i = 0; i < cell_count; i += together)
        measure_together(session, &cells[i], together);
}
