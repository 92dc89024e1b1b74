/*
 * Keeps the kernel's tick going while a thread waits for one short thing after another.
 *
 * A CPU that falls idle stops its tick and starts it again when it is woken, and sets its timer for
 * both: in a guest an exit each. Around every wait of 60 us that is a fifth of the CPU time of a
 * 4 KiB read, and it varies more than all the rest. The kernel leaves the tick alone where a timer
 * is due before the next one. So one is kept pending here, and put off before it rings: for one
 * call in a millisecond. (fio has the same from its main thread, which wakes every 10 ms.)
 */
#ifndef GM_TICK_H
#define GM_TICK_H

#include <stdint.h>

struct tick {
    int timer; /* -1: there is none, and nothing is kept */
    uint64_t set_ns;
};

/* By the thread that waits, or before it starts. Without a timer the others do nothing. */
void tick_init(struct tick *tick);
void tick_free(struct tick *tick);

enum { TICK_AGAIN_NS = 1000000, TICK_AHEAD_NS = 2000000 };

/* Sets the timer, or stops it (0): what the two below are made of. */
void tick_set(struct tick *tick, uint64_t now, long ahead_ns);

/* Before each wait; `now` is clock_ns(), as of late. */
static inline void tick_keep(struct tick *tick, uint64_t now)
{
    if (now - tick->set_ns >= TICK_AGAIN_NS)
        tick_set(tick, now, TICK_AHEAD_NS);
}

/* When no wait follows: nothing rings afterwards. */
static inline void tick_end(struct tick *tick)
{
    tick_set(tick, 0, 0);
}

#endif
