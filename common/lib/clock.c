#include "clock.h"

#include <stdlib.h>
#include <time.h>

static clockid_t source = CLOCK_MONOTONIC;
static double cost;

uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(source, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int compare_u64(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void clock_init(void)
{
    enum { batches = 31, reads = 64 };
    uint64_t elapsed[batches];
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC_RAW, &now) == 0)
        source = CLOCK_MONOTONIC_RAW;
    for (int batch = 0; batch < batches; batch++) {
        uint64_t start = clock_ns();
        for (int i = 1; i < reads; i++)
            (void)clock_ns();
        elapsed[batch] = clock_ns() - start;
    }
    qsort(elapsed, batches, sizeof elapsed[0], compare_u64);
    cost = (double)elapsed[batches / 2] / reads * 1e-9;
}

double clock_cost(void)
{
    return cost;
}

const char *clock_name(void)
{
    return source == CLOCK_MONOTONIC_RAW ? "CLOCK_MONOTONIC_RAW" : "CLOCK_MONOTONIC";
}

void clock_sleep_until(uint64_t deadline_ns)
{
    for (;;) {
        uint64_t now = clock_ns();
        if (now >= deadline_ns)
            return;
        uint64_t left = deadline_ns - now;
        struct timespec wait = {.tv_sec = (time_t)(left / 1000000000u),
                                .tv_nsec = (long)(left % 1000000000u)};
        nanosleep(&wait, NULL);
    }
}
