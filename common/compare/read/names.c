#include "names.h"

#include "alloc.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits, folded. */
static size_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return (size_t)(hash ^ (hash >> 32));
}

/* The slot that holds `text`, or the free one where it belongs. */
static size_t find_slot(const struct names *names, const char *text, size_t length)
{
    size_t mask = names->slot_count - 1;
    size_t slot = hash_of(text, length) & mask;
    for (; names->slots[slot]; slot = (slot + 1) & mask) {
        const char *name = names->at[names->slots[slot] - 1];
        if (strncmp(name, text, length) == 0 && name[length] == '\0')
            break;
    }
    return slot;
}

static void grow_slots(struct names *names)
{
    names->slot_count = names->slot_count ? 2 * names->slot_count : 64;
    free(names->slots);
    names->slots = alloc_zero(names->slot_count, sizeof *names->slots);
    for (size_t i = 0; i < names->count; i++)
        names->slots[find_slot(names, names->at[i], strlen(names->at[i]))] = (uint32_t)i + 1;
}

int names_add(struct names *names, const char *text, size_t length)
{
    if (2 * names->count >= names->slot_count)
        grow_slots(names);
    size_t slot = find_slot(names, text, length);
    if (names->slots[slot] == 0) {
        names->at = alloc_grow(names->at, names->count, &names->room, sizeof *names->at);
        names->at[names->count++] = alloc_text(text, length);
        names->slots[slot] = (uint32_t)names->count;
    }
    return (int)names->slots[slot] - 1;
}

int names_find(const struct names *names, const char *text)
{
    if (names->slot_count == 0)
        return NAMES_NONE;
    return (int)names->slots[find_slot(names, text, strlen(text))] - 1;
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->at[i]);
    free(names->at);
    free(names->slots);
    *names = (struct names){0};
}
