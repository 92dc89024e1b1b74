#include "tick.h"

#include <sys/timerfd.h>
#include <unistd.h>

void tick_init(struct tick *tick)
{
    *tick = (struct tick){.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
}

void tick_free(struct tick *tick)
{
    if (tick->timer >= 0)
        close(tick->timer);
    tick->timer = -1;
}

void tick_set(struct tick *tick, uint64_t now, long ahead_ns)
{
    struct itimerspec when = {.it_value.tv_nsec = ahead_ns};
    tick->set_ns = now;
    if (tick->timer >= 0)
        timerfd_settime(tick->timer, 0, &when, NULL);
}
