/*
 * The clock of every timed region: CLOCK_MONOTONIC_RAW, which no NTP slews; CLOCK_MONOTONIC where
 * the kernel has no raw clock.
 */
#ifndef GM_CLOCK_H
#define GM_CLOCK_H

#include <stdint.h>

/* Nanoseconds since an arbitrary start. Call clock_init() once before the first timed region. */
uint64_t clock_ns(void);

/* Chooses the clock and measures what reading it costs. */
void clock_init(void);

/* Median cost of one clock_ns(), in seconds, as clock_init() found it. */
double clock_cost(void);

/* "CLOCK_MONOTONIC_RAW" or "CLOCK_MONOTONIC". */
const char *clock_name(void);

/* Sleeps until clock_ns() has reached `deadline_ns`; used outside timed regions and for open loops.
 */
void clock_sleep_until(uint64_t deadline_ns);

static inline double clock_seconds(uint64_t from_ns, uint64_t to_ns)
{
    return (double)(to_ns - from_ns) * 1e-9;
}

#endif
