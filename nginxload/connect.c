/* Connecting before a run, outside the timed region. */
#include "clock.h"
#include "loop.h"

#include <errno.h>
#include <sys/epoll.h>

enum {
    EVENTS = 256,
    CONNECTING_MAX = 128, /* at once: below every usual listen backlog */
    LOOK_MS = 100         /* how often the deadline is looked at */
};

/* Waits for connections to be made until fewer than `limit` are still in the making. */
static int wait_connecting(struct loop *loop, int connecting, int limit)
{
    struct epoll_event events[EVENTS];
    uint64_t deadline = clock_ns() + loop->load->timeout_ns;
    while (connecting >= limit && clock_ns() < deadline) {
        int count = epoll_wait(loop->pool.epoll, events, EVENTS, LOOK_MS);
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

/* A connection that is alone in a closed loop has nothing to do but wait for its small answer. */
static bool is_lone(const struct loop *loop)
{
    const struct load *load = loop->load;
    return loop->conn_count == 1 && load->rate == 0 && !load->close && !load->transfer &&
           loop->conns[0].exchange->length <= loop->pool.buffer_bytes;
}

int loop_connect(struct loop *loop)
{
    loop->pool.wait_ns = is_lone(loop) ? loop->load->timeout_ns : 0;
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
