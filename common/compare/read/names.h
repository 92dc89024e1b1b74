/* Numbers names from 0 in the order in which they first come, so that tables can be arrays. */
#ifndef GM_COMPARE_NAMES_H
#define GM_COMPARE_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names {
    size_t count, room;
    char **at;       /* NUL-terminated copies */
    uint32_t *slots; /* hash table of index + 1; 0 is free; its size is a power of two */
    size_t slot_count;
};

enum { NAMES_NONE = -1 };

/* The number of `text`, which is added if it is new. Ends the process without memory. */
int names_add(struct names *names, const char *text, size_t length);

/* The number of `text`, or NAMES_NONE. */
int names_find(const struct names *names, const char *text);

void names_free(struct names *names);

#endif
