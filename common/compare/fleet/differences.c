/* In which facts the hosts differ. */
#include "alloc.h"
#include "sayings.h"

#include <stdlib.h>
#include <string.h>

static bool is_counted(const struct host *host)
{
    return host->status == HOST_DONE;
}

/* The value of a host's last fact of this key, or a word for none. */
static const char *value_at(const struct fleet *fleet, const struct host *host, int key)
{
    for (size_t i = host->fact_count; i-- > 0;) {
        if (host->facts[i].key == key)
            return fleet->values.at[host->facts[i].value];
    }
    return "not known";
}

static int compare_held(const void *left, const void *right)
{
    const struct held *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->hosts[0] - b->hosts[0];
}

/* All values of one key, each with its hosts. */
static struct difference difference_in(const struct fleet *fleet, int key)
{
    struct difference difference = {.key = fleet->keys.at[key]};
    struct names values = {0};
    size_t room = 0, *rooms = alloc_zero(fleet->host_count, sizeof *rooms);
    for (size_t i = 0; i < fleet->host_count; i++) {
        if (!is_counted(&fleet->hosts[i]))
            continue;
        const char *value = value_at(fleet, &fleet->hosts[i], key);
        size_t number = (size_t)names_add(&values, value, strlen(value));
        if (number == difference.count) {
            difference.values =
                alloc_grow(difference.values, difference.count, &room, sizeof *difference.values);
            difference.values[difference.count++] = (struct held){.value = value};
        }
        struct held *held = &difference.values[number];
        held->hosts = alloc_grow(held->hosts, held->count, &rooms[number], sizeof *held->hosts);
        held->hosts[held->count++] = (int)i;
    }
    if (difference.count)
        qsort(difference.values, difference.count, sizeof *difference.values, compare_held);
    names_free(&values);
    free(rooms);
    return difference;
}

static void free_values(struct difference *difference)
{
    for (size_t i = 0; i < difference->count; i++)
        free(difference->values[i].hosts);
    free(difference->values);
}

/* What a reader looks for first; then the others as they come. */
static int rank_of(const char *key)
{
    static const char *const first[] = {"cpu.model", "cpu.count", "cpu.microcode",
                                        "memory",    "kernel",    "system"};
    enum { FIRST = sizeof first / sizeof first[0] };
    int rank = 0;
    while (rank < FIRST && strcmp(first[rank], key) != 0)
        rank++;
    return rank;
}

struct differences differences_of(const struct fleet *fleet)
{
    struct differences list = {0};
    size_t room = 0;
    for (int rank = 0; rank <= rank_of(""); rank++) {
        for (size_t key = 0; key < fleet->keys.count; key++) {
            /* Of every boot its own. */
            if (rank_of(fleet->keys.at[key]) != rank || strcmp(fleet->keys.at[key], "boot.id") == 0)
                continue;
            struct difference difference = difference_in(fleet, (int)key);
            if (difference.count < 2) {
                free_values(&difference);
                continue;
            }
            list.at = alloc_grow(list.at, list.count, &room, sizeof *list.at);
            list.at[list.count++] = difference;
        }
    }
    return list;
}

void differences_free(struct differences *differences)
{
    for (size_t i = 0; i < differences->count; i++)
        free_values(&differences->at[i]);
    free(differences->at);
}
