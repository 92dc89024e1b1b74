/*
 * map: making and undoing an address range: mmap, one write, munmap.
 *
 * Under shadow paging or emulation this costs far more than the same faults on a mapping that
 * stays; natively it is two system calls, one fault and the flush of a few translations. Every
 * mapping must come with its second word zero and hold what was written to the first; the sum over
 * all has a closed form. Each takes exactly one minor fault.
 */
#include "kernels.h"

#include "err.h"
#include "faults.h"
#include "space.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct map {
    struct work work;
    struct session *session;
    const struct point *point;
    uint64_t times;       /* of the last run */
    uint64_t sum;         /* of what the mappings held */
    struct mem sum_place; /* `sum`, for --inject */
    int error;
    struct faults faults;
};

struct work *map_setup(struct session *session, const struct kernel *kernel,
                       const struct point *point)
{
    struct map *map = state_new(sizeof *map, point->what);
    struct mem mem;
    (void)kernel;
    map->work = (struct work){.per_unit = 1, .buffer = &map->sum_place};
    map->sum_place = (struct mem){.data = &map->sum, .bytes = sizeof map->sum};
    map->session = session;
    map->point = point;
    /* Once with all checks, so that the timed loop needs none. */
    space_map(&mem, point->bytes, (enum mem_pages)session->config.pages, point->what);
    memset(mem.data, 0, mem.bytes);
    space_check(&mem, (enum mem_pages)session->config.pages, point->what, session->report);
    mem_unmap(&mem);
    return &map->work;
}

__attribute__((no_sanitize("address"))) static void map_and_unmap(void *context, int rank)
{
    struct map *map = context;
    (void)rank;
    for (uint64_t i = 1; i <= map->times && !map->error; i++) {
        struct mem mem;
        map->error =
            mem_map(&mem, (size_t)map->point->bytes, (enum mem_pages)map->session->config.pages);
        if (map->error)
            return;
        volatile uint64_t *words = mem.data;
        words[0] = i;
        map->sum += words[0] + words[1];
        mem_unmap(&mem);
    }
}

double map_run(void *work, uint64_t times)
{
    struct map *map = work;
    map->times = times;
    map->sum = 0;
    map->faults = faults_none();
    long before = map->session->usage.minor_faults;
    double seconds = session_time(map->session, NULL, map_and_unmap, map);
    map->faults.expected = times;
    map->faults.counted = (uint64_t)(map->session->usage.minor_faults - before);
    return seconds;
}

bool map_verify(void *work, char why[WHY_BYTES])
{
    struct map *map = work;
    uint64_t wanted =
        map->times % 2 ? (map->times + 1) / 2 * map->times : map->times / 2 * (map->times + 1);
    if (map->error) {
        snprintf(why, WHY_BYTES, "mmap: %s", strerror(map->error));
        return false;
    }
    if (map->sum != wanted) {
        snprintf(why, WHY_BYTES, "%" PRIu64 " mappings held %" PRIu64 ", must be %" PRIu64,
                 map->times, map->sum, wanted);
        return false;
    }
    return faults_verify(&map->faults, why, WHY_BYTES);
}

void map_finish(void *work)
{
    struct map *map = work;
    faults_fact(&map->faults, map->point->what, map->session->report);
    free(map);
}
