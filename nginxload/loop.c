#include "loop.h"

#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    BUFFER_BYTES = 64 << 10,
    CONNECTING_MAX = 128, /* at once while connecting: below every usual listen backlog */
    SCAN_MS = 100         /* how often timeouts are looked for */
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

/* ---- connecting before a run ---- */

/* Waits for connections to be made until fewer than `limit` are still in the making. */
static int wait_connecting(struct loop *loop, int connecting, int limit)
{
    struct epoll_event events[EVENTS];
    uint64_t deadline = clock_ns() + loop->load->timeout_ns;
    while (connecting >= limit && clock_ns() < deadline) {
        int count = epoll_wait(loop->pool.epoll, events, EVENTS, SCAN_MS);
        for (int i = 0; i < count; i++) {
            struct conn *conn = events[i].data.ptr;
            if (!conn)
                continue;
            connecting -= conn->state == CONN_CONNECTING;
            if (conn_event(conn, &loop->pool, events[i].events) != OUTCOME_GOOD) {
                loop->connect_error = conn->error;
                conn_close(conn);
            }
        }
    }
    return connecting;
}

int loop_connect(struct loop *loop)
{
    struct epoll_event event;
    int connecting = 0, open = 0;
    /* The server may have closed some since the last run. */
    while (epoll_wait(loop->pool.epoll, &event, 1, 0) > 0) {
        if (event.data.ptr)
            conn_close(event.data.ptr);
    }
    for (int i = 0; i < loop->conn_count; i++) {
        struct conn *conn = &loop->conns[i];
        if (conn->state != CONN_CLOSED)
            continue;
        if (conn_open(conn, &loop->pool) != OUTCOME_PENDING)
            loop->connect_error = conn->error;
        connecting += conn->state == CONN_CONNECTING;
        connecting = wait_connecting(loop, connecting, CONNECTING_MAX);
    }
    wait_connecting(loop, connecting, 1);
    for (int i = 0; i < loop->conn_count; i++) {
        if (loop->conns[i].state == CONN_CONNECTING) {
            loop->connect_error = ETIMEDOUT;
            conn_close(&loop->conns[i]);
        }
        open += loop->conns[i].state == CONN_IDLE;
    }
    return open;
}

/* ---- the end of a request ---- */

static void record(struct loop *loop, const struct conn *conn, uint64_t now)
{
    struct tally *tally = &loop->tally;
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

/* Whether `conn` may begin a request now, and when that was due. */
static bool may_begin(struct loop *loop, const struct conn *conn, uint64_t now, uint64_t *due_ns)
{
    struct load *load = loop->load;
    *due_ns = now;
    if (load->transfer)
        return grant_file(load, conn, now);
    if (loop->budget == 0 || now >= loop->until_ns)
        return false;
    if (load->rate > 0) {
        *due_ns = next_due(loop);
        return *due_ns <= now;
    }
    return true;
}

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
        if (!may_begin(loop, conn, now, &due_ns))
            return;
        loop->idle_count--;
        begin(loop, conn, due_ns, now);
    }
}

/* ---- the run ---- */

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
        if (conn->busy && now >= conn->progress_ns + loop->load->timeout_ns)
            finish(loop, conn, OUTCOME_TIMEOUT, now);
    }
    loop->idle_count = 0;
    for (int i = 0; i < loop->conn_count; i++) {
        if (!loop->conns[i].busy)
            loop->idle[loop->idle_count++] = &loop->conns[i];
    }
}

/* Whether requests are still to begin. */
static bool more(struct loop *loop, uint64_t now)
{
    return !loop->load->transfer && loop->budget > 0 && now < loop->until_ns;
}

/* How long to sleep at most; the open loop sets its timer for the next request that is due. */
static int sleep_ms(struct loop *loop, uint64_t now)
{
    if (!more(loop, now))
        return SCAN_MS;
    if (loop->load->rate > 0 && loop->idle_count) {
        uint64_t due_ns = next_due(loop), left = due_ns > now ? due_ns - now : 1;
        struct itimerspec when = {.it_value = {.tv_sec = (time_t)(left / 1000000000u),
                                               .tv_nsec = (long)(left % 1000000000u)}};
        timerfd_settime(loop->timer, 0, &when, NULL);
    }
    uint64_t left_ms = (loop->until_ns - now) / 1000000u + 1;
    return left_ms < SCAN_MS ? (int)left_ms : SCAN_MS;
}

static double thread_cpu(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void prepare(struct loop *loop)
{
    const struct load *load = loop->load;
    uint64_t threads = (uint64_t)load->threads, rank = (uint64_t)loop->rank;
    memset(&loop->tally, 0, sizeof loop->tally);
    loop->pool.stamp_first = load->close;
    loop->dues = 0;
    loop->budget =
        load->requests ? load->requests / threads + (rank < load->requests % threads) : UINT64_MAX;
    loop->until_ns = load->time_s > 0 && !load->transfer
                         ? load->start_ns + (uint64_t)(load->time_s * 1e9)
                         : UINT64_MAX;
    for (int i = 0; i < loop->conn_count; i++)
        loop->conns[i].files = 0;
    scan(loop, load->start_ns);
}

/* What was due and never sent has waited at least until now. */
static void count_unsent(struct loop *loop, uint64_t now)
{
    for (uint64_t due_ns; loop->load->rate > 0 && loop->budget > 0; loop->budget--) {
        due_ns = next_due(loop);
        if (due_ns >= loop->until_ns || due_ns > now)
            return;
        hist_add(&loop->seen->latency, now - due_ns);
        loop->tally.unsent++;
        loop->dues++;
    }
}

void loop_run(struct loop *loop)
{
    struct epoll_event events[EVENTS];
    prepare(loop);
    double cpu_s = thread_cpu();
    uint64_t now = clock_ns();
    dispatch(loop, now);
    while (loop->busy || more(loop, now)) {
        int count = epoll_wait(loop->pool.epoll, events, EVENTS, sleep_ms(loop, now));
        now = clock_ns();
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                handle(loop, events[i].data.ptr, events[i].events, now);
        }
        if (now - loop->scanned_ns >= SCAN_MS * 1000000u)
            scan(loop, now);
        /* All answers first, then all requests: the server too is woken once for many. */
        now = clock_ns();
        dispatch(loop, now);
    }
    loop->ended_ns = now = clock_ns();
    loop->tally.cpu_s = thread_cpu() - cpu_s;
    count_unsent(loop, now);
    loop->series_ns += now - loop->load->start_ns;
    for (int i = 0; i < loop->conn_count; i++)
        loop->tally.retransmits += conn_retransmits(&loop->conns[i]);
}
