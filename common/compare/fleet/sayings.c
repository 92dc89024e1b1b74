#include "sayings.h"

#include "alloc.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Iglewicz and Hoaglin 1993. */
#define FAR 3.5

enum { MOST_NAMED = 6 };

/* Starts within it are together, whatever the others' spread: a launcher needs its time. */
#define CLOCK_LEAST 600.0

/* ---- words ---- */

char *sayings_hosts(const struct fleet *fleet, const int *hosts, size_t count)
{
    size_t all = fleet_count(fleet, HOST_DONE, -1);
    if (count == all && count > 2)
        return alloc_format("all %zu hosts", count);
    size_t named = count > MOST_NAMED + 1 ? MOST_NAMED : count;
    char *text = alloc_text("", 0);
    for (size_t i = 0; i < named; i++) {
        bool last = i > 0 && i + 1 == count;
        char *longer = alloc_format("%s%s%s", text,
                                    i == 0 ? ""
                                    : last ? " and "
                                           : ", ",
                                    fleet->hosts[hosts[i]].name);
        free(text);
        text = longer;
    }
    if (named == count)
        return text;
    char *longer = alloc_format("%s and %zu more hosts", text, count - named);
    free(text);
    return longer;
}

/* ---- of the fleet ---- */

static void say_architectures(struct fleet *fleet)
{
    char *text = alloc_text("", 0);
    size_t known = 0;
    for (size_t i = 0; i < fleet->architectures.count; i++) {
        size_t count = fleet_count(fleet, HOST_DONE, (int)i);
        const char *name = fleet->architectures.at[i];
        char *longer =
            alloc_format("%s%s%s (%zu)", text, known ? ", " : "", *name ? name : "unknown", count);
        free(text);
        text = longer;
        known += count > 0;
    }
    if (known > 1)
        fleet_say(fleet, ABOUT_HOST, -1,
                  "architectures: %s: hosts of different ones are never merged", text);
    free(text);
}

static double median_of(double *values, size_t count)
{
    stats_sort(values, count);
    return stats_quantile(values, count, 0.5);
}

/* Hosts that began at quite another time than the others: their clock is off, or they did. */
static void say_clocks(struct fleet *fleet)
{
    double *starts = alloc_zero(fleet->host_count, sizeof *starts);
    size_t count = 0;
    for (size_t i = 0; i < fleet->host_count; i++) {
        if (isfinite(fleet->hosts[i].first))
            starts[count++] = fleet->hosts[i].first;
    }
    if (count < 3) {
        free(starts);
        return;
    }
    double middle = median_of(starts, count);
    for (size_t i = 0; i < count; i++)
        starts[i] = fabs(starts[i] - middle);
    double most = fmax(CLOCK_LEAST, 10 * median_of(starts, count));
    free(starts);
    for (size_t i = 0; i < fleet->host_count; i++) {
        double apart = fleet->hosts[i].first - middle;
        if (!(fabs(apart) > most))
            continue;
        long minutes = lround(fabs(apart) / 60);
        fleet_say(fleet, ABOUT_HOST, (int)i,
                  "began %ld h %02ld min %s the fleet's middle by its clock, which is off, or it "
                  "was measured at another time",
                  minutes / 60, minutes % 60, apart < 0 ? "before" : "after");
    }
}

/* Hosts of different names that were booted as one. */
static void say_shared(struct fleet *fleet)
{
    struct names boots = {0};
    int *firsts = alloc_zero(fleet->host_count, sizeof *firsts);
    for (size_t i = 0; i < fleet->host_count; i++) {
        const char *boot = fleet_fact(fleet, (int)i, "boot.id");
        if (!boot || fleet->hosts[i].status != HOST_DONE)
            continue;
        size_t known = boots.count;
        int number = names_add(&boots, boot, strlen(boot));
        if ((size_t)number == known) {
            firsts[number] = (int)i;
            continue;
        }
        fleet_say(fleet, ABOUT_HOST, (int)i,
                  "is one machine with %s: they share its CPUs, and are no independent hosts",
                  fleet->hosts[firsts[number]].name);
    }
    names_free(&boots);
    free(firsts);
}

static int compare_sayings(const void *left, const void *right)
{
    const struct saying *a = left, *b = right;
    if (a->about != b->about)
        return (int)a->about - (int)b->about;
    return a->order < b->order ? -1 : a->order > b->order;
}

void sayings_of_all(struct fleet *fleet)
{
    say_architectures(fleet);
    say_clocks(fleet);
    say_shared(fleet);
    if (fleet->saying_count)
        qsort(fleet->sayings, fleet->saying_count, sizeof *fleet->sayings, compare_sayings);
}

/* ---- those that stand out ---- */

bool standouts_has(const struct fleet *fleet, const struct point *point)
{
    return fabs(point->deviations) > FAR && point->p_holm <= fleet->settings.alpha;
}

static size_t *times; /* how often each host stands out, for the comparison */

static int compare_standouts(const void *left, const void *right)
{
    const struct standout *a = left, *b = right;
    size_t x = times[a->point->host], y = times[b->point->host];
    if (x != y)
        return x > y ? -1 : 1;
    if (a->point->host != b->point->host)
        return a->point->host - b->point->host;
    if (a->point->p_holm != b->point->p_holm)
        return a->point->p_holm < b->point->p_holm ? -1 : 1;
    return a->table < b->table ? -1 : a->table > b->table;
}

struct standouts standouts_of(const struct fleet *fleet)
{
    struct standouts list = {0};
    size_t room = 0;
    times = alloc_zero(fleet->host_count, sizeof *times);
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        for (size_t k = 0; k < table->count; k++) {
            if (!standouts_has(fleet, &table->points[k]))
                continue;
            list.at = alloc_grow(list.at, list.count, &room, sizeof *list.at);
            list.at[list.count++] = (struct standout){table, &table->points[k]};
            times[table->points[k].host]++;
        }
    }
    if (list.count)
        qsort(list.at, list.count, sizeof *list.at, compare_standouts);
    free(times);
    return list;
}

void standouts_free(struct standouts *standouts)
{
    free(standouts->at);
}
