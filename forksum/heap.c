#include "heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SSP__) || defined(__SSP_STRONG__) || defined(__SSP_ALL__) ||                         \
    defined(__SANITIZE_ADDRESS__)
#define NEEDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NEEDED 1
#endif
#endif
#ifndef NEEDED
#define NEEDED 0
#endif

static char *heap; /* where it begins, or NULL */

/* All of it at once, lest a mapping becomes two. */
static bool advise(int advice)
{
    return heap && madvise(heap, (size_t)((char *)sbrk(0) - heap), advice) == 0;
}

bool heap_find(void)
{
    char line[256];
    uintptr_t start = 0;
    FILE *maps = NEEDED ? NULL : fopen("/proc/self/maps", "r");
    while (maps && start == 0 && fgets(line, sizeof line, maps)) {
        if (strstr(line, "[heap]"))
            (void)!sscanf(line, "%" SCNxPTR "-", &start);
    }
    if (maps)
        fclose(maps);
    heap = (char *)start;
    if (!advise(MADV_DONTFORK) || !advise(MADV_DOFORK))
        heap = NULL;
    return heap;
}

void heap_withhold(void)
{
    advise(MADV_DONTFORK);
}

void heap_restore(void)
{
    advise(MADV_DOFORK);
}
