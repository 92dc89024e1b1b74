#include "loop.h"

#include "clock.h"
#include "schedule.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    BUFFER_BYTES = 64 << 10,
    SCAN_NS = 100000000 /* how often timeouts are looked for */
};

bool loop_init(struct loop *loop, int conn_count, enum discard_way way)
{
    *loop = (struct loop){.conn_count = conn_count, .timer = -1};
    loop->pool = (struct conn_pool){.epoll = epoll_create1(EPOLL_CLOEXEC),
                                    .buffer = malloc(BUFFER_BYTES),
                                    .buffer_bytes = BUFFER_BYTES};
    discard_init(&loop->pool.discard, way, loop->pool.buffer, BUFFER_BYTES);
    loop->conns = calloc((size_t)conn_count, sizeof *loop->conns);
    loop->idle = calloc((size_t)conn_count, sizeof *loop->idle);
    loop->seen = calloc(1, sizeof *loop->seen);
    loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    tick_init(&loop->tick);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    if (loop->pool.epoll < 0 || !loop->pool.buffer || !loop->conns || !loop->idle || !loop->seen ||
        loop->timer < 0 || epoll_ctl(loop->pool.epoll, EPOLL_CTL_ADD, loop->timer, &event) != 0)
        return false;
    loop_forget(loop);
    return true;
}

void loop_free(struct loop *loop)
{
    for (int i = 0; i < loop->conn_count && loop->conns; i++)
        conn_close(&loop->conns[i]);
    discard_close(&loop->pool.discard);
    tick_free(&loop->tick);
    if (loop->timer >= 0)
        close(loop->timer);
    if (loop->pool.epoll >= 0)
        close(loop->pool.epoll);
    free(loop->pool.buffer);
    free(loop->conns);
    free(loop->idle);
    free(loop->seen);
}

void loop_forget(struct loop *loop)
{
    struct distributions *seen = loop->seen;
    memset(seen, 0, sizeof *seen);
    hist_clear(&seen->latency);
    hist_clear(&seen->service);
    hist_clear(&seen->connect);
    hist_clear(&seen->first_byte);
    hist_clear(&seen->transfer);
    loop->series_ns = 0;
}

static void hang_up(struct loop *loop, struct conn *conn)
{
    loop->tally.retransmits += conn_retransmits(conn);
    conn_close(conn);
}

/* ---- the end of a request ---- */

static void record(struct loop *loop, const struct conn *conn, uint64_t now)
{
    struct counts *tally = &loop->tally;
    struct distributions *seen = loop->seen;
    hist_add(&seen->latency, now - conn->due_ns);
    if (loop->load->rate > 0)
        hist_add(&seen->service, now - conn->begun_ns);
    if (loop->load->close) {
        hist_add(&seen->connect, conn->connected_ns - conn->begun_ns);
        hist_add(&seen->first_byte, conn->first_ns - conn->connected_ns);
        hist_add(&seen->transfer, now - conn->first_ns);
    }
    tally->last_ns = now;
    if (now >= loop->until_ns) {
        tally->drained++;
        return;
    }
    tally->good++;
    tally->bytes += conn->http.body + conn->exchange->upload_bytes;
    uint64_t second = (loop->series_ns + now - loop->load->start_ns) / 1000000000u;
    if (second < SERIES_MAX)
        seen->series[second]++;
}

static void finish(struct loop *loop, struct conn *conn, enum outcome outcome, uint64_t now)
{
    conn->busy = false;
    loop->busy--;
    if (outcome == OUTCOME_GOOD) {
        record(loop, conn, now);
    } else {
        loop->tally.errors[outcome]++;
        if (loop->load->transfer)
            atomic_store(&loop->load->failed, true);
    }
    if (outcome != OUTCOME_GOOD || loop->load->close || !conn->http.keep_alive)
        hang_up(loop, conn);
    else
        conn->state = CONN_IDLE;
    if (outcome == OUTCOME_CONNECT)
        loop->connect_error = conn->error; /* rests until the next scan, or it would storm */
    else
        loop->idle[loop->idle_count++] = conn;
}

/* ---- the beginning of a request ---- */

static void begin(struct loop *loop, struct conn *conn, uint64_t due_ns, uint64_t now)
{
    enum outcome outcome = OUTCOME_PENDING;
    loop->busy++;
    loop->budget--;
    loop->dues++;
    conn->busy = true;
    conn->files++;
    conn->due_ns = due_ns;
    conn->begun_ns = conn->progress_ns = loop->load->rate > 0 ? clock_ns() : now;
    if (conn->state == CONN_CLOSED) {
        loop->tally.reconnects += !loop->load->close;
        outcome = conn_open(conn, &loop->pool);
        conn->connected_ns = conn->progress_ns;
    }
    if (conn->state == CONN_IDLE)
        outcome = conn_begin(conn, &loop->pool);
    if (outcome != OUTCOME_PENDING)
        finish(loop, conn, outcome, clock_ns());
}

/* Begins what may begin; each idle connection has at most one try. */
static void dispatch(struct loop *loop, uint64_t now)
{
    uint64_t due_ns;
    for (int tries = loop->idle_count; tries && loop->idle_count; tries--) {
        struct conn *conn = loop->idle[loop->idle_count - 1];
        if (!schedule_may_begin(loop, conn, now, &due_ns))
            return;
        loop->idle_count--;
        begin(loop, conn, due_ns, now);
    }
}

/* ---- the run ---- */

/*
 * Waits for events, but not for a lone connection's: that waits in conn_event(). The timer's events
 * end the sleep; a timeout of epoll's own would be set up and taken down for every answer. Who
 * waits for one answer keeps the tick; with more, waking sooner finds fewer answers at a time (of
 * 16 connections to nginx, a quarter fewer requests per second).
 */
static int wait_events(struct loop *loop, struct epoll_event events[EVENTS], uint64_t now)
{
    if (!conn_waits(&loop->conns[0], &loop->pool))
        return epoll_wait(loop->pool.epoll, events, EVENTS, -1);
    tick_keep(&loop->tick, now);
    events[0] = (struct epoll_event){.events = EPOLLIN, .data.ptr = &loop->conns[0]};
    return 1;
}

static void handle(struct loop *loop, struct conn *conn, uint32_t events, uint64_t now)
{
    bool connecting = conn->state == CONN_CONNECTING;
    enum outcome outcome = conn_event(conn, &loop->pool, events);
    conn->progress_ns = now;
    if (!conn->busy) {
        hang_up(loop, conn); /* stays on the stack, and connects again when it is needed */
        return;
    }
    if (connecting && outcome == OUTCOME_GOOD) {
        conn->connected_ns = now;
        outcome = conn_begin(conn, &loop->pool);
    }
    if (outcome == OUTCOME_PENDING)
        return;
    finish(loop, conn, outcome, clock_ns());
}

/* Ends what has shown no life for too long, and lets those try again that could not connect. */
static void scan(struct loop *loop, uint64_t now)
{
    loop->scanned_ns = now;
    for (int i = 0; i < loop->conn_count; i++) {
        struct conn *conn = &loop->conns[i];
        if (!conn->busy || now < conn->progress_ns + loop->load->timeout_ns)
            continue;
        /* Something may have come, only less than it is woken for. */
        uint64_t body = conn->http.body;
        if (conn->awaited > 1)
            handle(loop, conn, EPOLLIN, now);
        if (conn->busy && conn->http.body == body)
            finish(loop, conn, OUTCOME_TIMEOUT, now);
    }
    loop->idle_count = 0;
    for (int i = 0; i < loop->conn_count; i++) {
        if (!loop->conns[i].busy)
            loop->idle[loop->idle_count++] = &loop->conns[i];
    }
}

static double thread_cpu(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Rings at `wake_ns`, but in SCAN_NS at the latest. */
static void set_timer(struct loop *loop, uint64_t wake_ns, uint64_t now)
{
    uint64_t left = wake_ns > now ? wake_ns - now : 1;
    struct itimerspec when = {.it_value.tv_nsec = left < SCAN_NS ? (long)left : SCAN_NS};
    timerfd_settime(loop->timer, 0, &when, NULL);
}

static void prepare(struct loop *loop)
{
    memset(&loop->tally, 0, sizeof loop->tally);
    loop->pool.stamp_first = loop->load->close;
    schedule_start(loop);
    scan(loop, loop->load->start_ns);
}

void loop_run(struct loop *loop)
{
    const struct load *load = loop->load;
    struct epoll_event events[EVENTS];
    prepare(loop);
    double cpu_s = thread_cpu();
    uint64_t now = clock_ns();
    bool rang = true;
    /* Who was off its CPU for all of the time asks once all the same. */
    bool late = load->time_s > 0 && clock_seconds(load->start_ns, now) >= load->time_s;
    dispatch(loop, late ? load->start_ns : now);
    while (loop->busy || schedule_more(loop, now)) {
        uint64_t wake_ns = schedule_wake(loop, now);
        if (rang || wake_ns != UINT64_MAX)
            set_timer(loop, wake_ns, now);
        rang = false;
        int count = wait_events(loop, events, now);
        now = clock_ns();
        for (int i = 0; i < count; i++) {
            rang = rang || !events[i].data.ptr;
            if (events[i].data.ptr)
                handle(loop, events[i].data.ptr, events[i].events, now);
        }
        if (now - loop->scanned_ns >= SCAN_NS)
            scan(loop, now);
        /* All answers first, then all requests: the server too is woken once for many. */
        now = clock_ns();
        dispatch(loop, now);
    }
    tick_end(&loop->tick);
    loop->ended_ns = now = clock_ns();
    loop->tally.cpu_s = thread_cpu() - cpu_s;
    schedule_count_unsent(loop, now);
    loop->series_ns += now - loop->load->start_ns;
    for (int i = 0; i < loop->conn_count; i++)
        loop->tally.retransmits += conn_retransmits(&loop->conns[i]);
}
