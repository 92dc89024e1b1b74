#include "schedule.h"

#include "clock.h"

void schedule_start(struct loop *loop)
{
    const struct load *load = loop->load;
    uint64_t threads = (uint64_t)load->threads, rank = (uint64_t)loop->rank;
    loop->dues = 0;
    loop->budget =
        load->requests ? load->requests / threads + (rank < load->requests % threads) : UINT64_MAX;
    loop->until_ns = load->time_s > 0 && !load->transfer
                         ? load->start_ns + (uint64_t)(load->time_s * 1e9)
                         : UINT64_MAX;
    for (int i = 0; i < loop->conn_count; i++)
        loop->conns[i].files = 0;
}

bool schedule_more(const struct loop *loop, uint64_t now)
{
    return !loop->load->transfer && loop->budget > 0 && now < loop->until_ns;
}

static bool grant_file(struct load *load, const struct conn *conn, uint64_t now)
{
    uint_fast64_t granted = atomic_load(&load->files);
    if (atomic_load(&load->failed))
        return false;
    if (conn->files < granted)
        return true;
    if (clock_seconds(load->start_ns, now) >= load->time_s)
        return false;
    /* Whoever comes first decides for all whether there is another file. */
    atomic_compare_exchange_strong(&load->files, &granted, granted + 1);
    return true;
}

/* When the open loop's next request is due: the threads take turns. */
static uint64_t next_due(const struct loop *loop)
{
    const struct load *load = loop->load;
    uint64_t index = loop->dues * (uint64_t)load->threads + (uint64_t)loop->rank;
    return load->start_ns + (uint64_t)((double)index / load->rate * 1e9);
}

bool schedule_may_begin(struct loop *loop, const struct conn *conn, uint64_t now, uint64_t *due_ns)
{
    *due_ns = now;
    if (loop->load->transfer)
        return grant_file(loop->load, conn, now);
    if (!schedule_more(loop, now))
        return false;
    if (loop->load->rate > 0)
        *due_ns = next_due(loop);
    return *due_ns <= now;
}

uint64_t schedule_wake(const struct loop *loop, uint64_t now)
{
    if (loop->load->rate <= 0 || loop->idle_count == 0 || !schedule_more(loop, now))
        return UINT64_MAX;
    uint64_t due_ns = next_due(loop);
    return due_ns < loop->until_ns ? due_ns : loop->until_ns;
}

void schedule_count_unsent(struct loop *loop, uint64_t now)
{
    for (; loop->load->rate > 0 && loop->budget > 0; loop->budget--, loop->dues++) {
        uint64_t due_ns = next_due(loop);
        if (due_ns >= loop->until_ns || due_ns > now)
            return;
        hist_add(&loop->seen->latency, now - due_ns);
        loop->tally.unsent++;
    }
}
