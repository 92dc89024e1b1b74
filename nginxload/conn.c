#include "conn.h"

#include "clock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const outcome_names[OUTCOME_COUNT] = {"pending", "good",    "connect",  "reset",
                                                  "timeout", "status",  "short",    "long",
                                                  "digest",  "garbage", "oversized"};

void conn_close(struct conn *conn)
{
    if (conn->state != CONN_CLOSED)
        close(conn->fd);
    conn->state = CONN_CLOSED;
}

unsigned conn_retransmits(struct conn *conn)
{
    struct tcp_info info;
    socklen_t bytes = sizeof info;
    if (conn->state == CONN_CLOSED ||
        getsockopt(conn->fd, IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0 ||
        bytes < offsetof(struct tcp_info, tcpi_total_retrans) + sizeof info.tcpi_total_retrans)
        return 0;
    unsigned fresh = info.tcpi_total_retrans - conn->retransmits;
    conn->retransmits = info.tcpi_total_retrans;
    return fresh;
}

static enum outcome refuse(struct conn *conn)
{
    conn->error = errno;
    conn_close(conn);
    return OUTCOME_CONNECT;
}

/* Asks for EPOLLOUT or no longer. */
static bool want_out(struct conn *conn, const struct conn_pool *pool, bool out)
{
    if (conn->wants_out == out)
        return true;
    struct epoll_event event = {.events = EPOLLIN | (out ? (uint32_t)EPOLLOUT : 0),
                                .data.ptr = conn};
    conn->wants_out = out;
    return epoll_ctl(pool->epoll, EPOLL_CTL_MOD, conn->fd, &event) == 0;
}

enum outcome conn_open(struct conn *conn, struct conn_pool *pool)
{
    const struct address *address = pool->address;
    int family = address->any.sa_family;
    conn->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (conn->fd < 0) {
        conn->error = errno;
        return OUTCOME_CONNECT;
    }
    conn->state = CONN_CONNECTING;
    conn->retransmits = 0;
    if (family != AF_UNIX) {
        int on = 1;
        setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    conn->wants_out = true;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = conn};
    if (connect(conn->fd, &address->any, address->bytes) == 0) {
        conn->state = CONN_IDLE;
        conn->wants_out = false;
        event.events = EPOLLIN;
    } else if (errno != EINPROGRESS) {
        return refuse(conn);
    }
    if (epoll_ctl(pool->epoll, EPOLL_CTL_ADD, conn->fd, &event) != 0)
        return refuse(conn);
    conn->progress_ns = clock_ns();
    return OUTCOME_PENDING;
}

/* ---- sending ---- */

/* The first body seen is what all others must be. */
static bool digest_agrees(struct conn *conn)
{
    struct exchange *exchange = conn->exchange;
    uint8_t digest[SHA256_BYTES];
    sha256_end(&conn->sha, digest);
    if (!exchange->digest_known)
        memcpy(exchange->digest, digest, sizeof digest);
    exchange->digest_known = true;
    return memcmp(exchange->digest, digest, sizeof digest) == 0;
}

/* The response is whole: is it the one that was expected? */
static enum outcome judge(struct conn *conn)
{
    const struct exchange *exchange = conn->exchange;
    const struct http *http = &conn->http;
    if (http->state == HTTP_GARBAGE)
        return OUTCOME_GARBAGE;
    if (http->state == HTTP_OVERSIZED)
        return OUTCOME_OVERSIZED;
    if (exchange->status ? http->status != exchange->status : http->status / 100 != 2)
        return OUTCOME_STATUS;
    if (exchange->length != HTTP_UNKNOWN && http->body != exchange->length)
        return http->body < exchange->length ? OUTCOME_SHORT : OUTCOME_LONG;
    if (exchange->verify && !digest_agrees(conn))
        return OUTCOME_DIGEST;
    return OUTCOME_GOOD;
}

/* Sends the head and what fits of the upload behind it. */
static enum outcome conn_send(struct conn *conn, struct conn_pool *pool)
{
    const struct exchange *exchange = conn->exchange;
    uint64_t total = exchange->head_bytes + exchange->upload_bytes;
    while (conn->sent < total) {
        const char *from = exchange->head + conn->sent;
        uint64_t bytes = exchange->head_bytes - conn->sent;
        if (conn->sent >= exchange->head_bytes) {
            from = pool->upload;
            bytes = total - conn->sent;
            if (bytes > pool->upload_block)
                bytes = pool->upload_block;
        }
        ssize_t sent = send(conn->fd, from, (size_t)bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EINTR)
                continue;
            if (errno == EAGAIN && want_out(conn, pool, true))
                return OUTCOME_PENDING;
            /* A server that refuses an upload has perhaps said why before it hung up. */
            conn->state = CONN_READING;
            return http_finished(&conn->http) || !want_out(conn, pool, false) ? OUTCOME_RESET
                                                                              : OUTCOME_PENDING;
        }
        conn->sent += (uint64_t)sent;
    }
    conn->state = CONN_READING;
    if (!want_out(conn, pool, false))
        return OUTCOME_RESET;
    return http_finished(&conn->http) ? judge(conn) : OUTCOME_PENDING;
}

enum outcome conn_begin(struct conn *conn, struct conn_pool *pool)
{
    conn->state = CONN_SENDING;
    conn->sent = 0;
    conn->first_ns = 0;
    http_start(&conn->http, conn->exchange->is_head);
    if (conn->exchange->verify)
        sha256_start(&conn->sha);
    return conn_send(conn, pool);
}

/* ---- reading ---- */

static enum outcome read_buffer(struct conn *conn, const char *data, size_t bytes)
{
    size_t body;
    while (bytes && !http_finished(&conn->http)) {
        size_t taken = http_read(&conn->http, data, bytes, &body);
        data += taken;
        bytes -= taken;
        if (conn->exchange->verify)
            sha256_add(&conn->sha, data - body, body);
    }
    if (!http_finished(&conn->http))
        return OUTCOME_PENDING;
    enum outcome outcome = judge(conn);
    bool judged = conn->http.state == HTTP_DONE && outcome != OUTCOME_STATUS;
    return judged && bytes ? OUTCOME_LONG : outcome;
}

/* The server has closed. */
static enum outcome read_end(struct conn *conn)
{
    bool nothing = conn->http.head == 0;
    conn->http.keep_alive = false;
    if (http_end(&conn->http))
        return judge(conn);
    return nothing ? OUTCOME_RESET : OUTCOME_SHORT;
}

static enum outcome conn_read(struct conn *conn, struct conn_pool *pool)
{
    uint64_t skippable = http_skippable(&conn->http);
    bool skip = skippable > pool->buffer_bytes && !conn->exchange->verify;
    ssize_t got = skip ? discard_recv(&pool->discard, conn->fd, skippable)
                       : recv(conn->fd, pool->buffer, pool->buffer_bytes, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? OUTCOME_PENDING : OUTCOME_RESET;
    if (got == 0)
        return read_end(conn);
    if (pool->stamp_first && conn->first_ns == 0)
        conn->first_ns = clock_ns();
    if (skip) {
        http_skipped(&conn->http, (uint64_t)got);
        return http_finished(&conn->http) ? judge(conn) : OUTCOME_PENDING;
    }
    return read_buffer(conn, pool->buffer, (size_t)got);
}

static enum outcome connected(struct conn *conn, struct conn_pool *pool)
{
    socklen_t bytes = sizeof errno;
    int error = 0;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) != 0)
        error = errno;
    errno = error;
    if (error || !want_out(conn, pool, false))
        return refuse(conn);
    conn->state = CONN_IDLE;
    return OUTCOME_GOOD;
}

enum outcome conn_event(struct conn *conn, struct conn_pool *pool, uint32_t events)
{
    enum outcome outcome = OUTCOME_PENDING;
    if (conn->state == CONN_CONNECTING)
        return connected(conn, pool);
    if (conn->state == CONN_IDLE) /* the server closes, or talks out of turn */
        return OUTCOME_RESET;
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
        if (http_finished(&conn->http)) /* answered early, and now gone */
            return OUTCOME_RESET;
        outcome = conn_read(conn, pool);
        if (outcome == OUTCOME_GOOD && conn->state == CONN_SENDING)
            outcome = OUTCOME_PENDING; /* answered early: it takes the rest all the same */
    }
    if (outcome == OUTCOME_PENDING && (events & EPOLLOUT) && conn->state == CONN_SENDING)
        outcome = conn_send(conn, pool);
    return outcome;
}
