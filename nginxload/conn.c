#include "conn.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * So much of a big body is waited for before the next look: the sender pays for every wake-up, and
 * on loopback in a guest that may cost it more than sending (a bare client, in one run: 1.1 GB/s
 * when woken for anything, 3.5 GB/s so).
 */
enum { AWAIT_BYTES = 256 << 10 };

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

/*
 * Events come once per change (EPOLLET), which spares epoll a second look at every connection;
 * whoever leaves something unread asks again by watching anew.
 */
static bool watch(struct conn *conn, const struct conn_pool *pool, int operation, bool out)
{
    struct epoll_event event = {
        .events = EPOLLIN | (out ? (uint32_t)EPOLLOUT : 0) | (uint32_t)EPOLLET, .data.ptr = conn};
    conn->wants_out = out;
    return epoll_ctl(pool->epoll, operation, conn->fd, &event) == 0;
}

/* Asks for EPOLLOUT or no longer. */
static bool want_out(struct conn *conn, const struct conn_pool *pool, bool out)
{
    return conn->wants_out == out || watch(conn, pool, EPOLL_CTL_MOD, out);
}

/* The connection is made. */
static enum outcome settle(struct conn *conn, const struct conn_pool *pool)
{
    struct timeval wait = {.tv_sec = (time_t)(pool->wait_ns / 1000000000u),
                           .tv_usec = (suseconds_t)(pool->wait_ns % 1000000000u / 1000)};
    if (pool->wait_ns && (fcntl(conn->fd, F_SETFL, 0) != 0 ||
                          setsockopt(conn->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0))
        return refuse(conn);
    conn->state = CONN_IDLE;
    return OUTCOME_GOOD;
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
    conn->awaited = 1;
    if (family != AF_UNIX) {
        int on = 1;
        setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    bool made = connect(conn->fd, &address->any, address->bytes) == 0;
    if ((!made && errno != EINPROGRESS) || !watch(conn, pool, EPOLL_CTL_ADD, !made))
        return refuse(conn);
    conn->progress_ns = clock_ns();
    return made && settle(conn, pool) != OUTCOME_GOOD ? OUTCOME_CONNECT : OUTCOME_PENDING;
}

/* Wakes for no less than `bytes`, the end or an error. Where that is not to be had, for any. */
static void await(struct conn *conn, uint64_t bytes)
{
    int least = bytes < AWAIT_BYTES ? (int)bytes : AWAIT_BYTES;
    if (conn->awaited != least)
        (void)setsockopt(conn->fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least);
    conn->awaited = least;
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
    if (conn->fenced) /* the answer that matters came before */
        return OUTCOME_GOOD;
    if (exchange->status ? http->status != exchange->status : http->status / 100 != 2)
        return OUTCOME_STATUS;
    if (exchange->length != HTTP_UNKNOWN && http->body != exchange->length)
        return http->body < exchange->length ? OUTCOME_SHORT : OUTCOME_LONG;
    if (exchange->verify && !digest_agrees(conn))
        return OUTCOME_DIGEST;
    return OUTCOME_GOOD;
}

/* The next piece of what is to be sent, and its length; 0 when all of it has been. */
static size_t next_piece(const struct conn *conn, const struct conn_pool *pool, const char **piece)
{
    const struct exchange *exchange = conn->exchange;
    const char *head = conn->fenced ? exchange->fence : exchange->head;
    size_t head_bytes = conn->fenced ? exchange->fence_bytes : exchange->head_bytes;
    uint64_t total = head_bytes + (conn->fenced ? 0 : exchange->upload_bytes);
    if (conn->sent < head_bytes) {
        *piece = head + conn->sent;
        return head_bytes - (size_t)conn->sent;
    }
    *piece = pool->upload;
    uint64_t left = total - conn->sent;
    return left < pool->upload_block ? (size_t)left : pool->upload_block;
}

static enum outcome conn_send(struct conn *conn, struct conn_pool *pool);

/*
 * The answer is whole, and good. That to an upload may come before the upload is there, as from
 * nginx's `return`, and what was sent may still be in buffers on either side. But a server answers
 * in order: once it has answered another request behind the upload, it has taken all of that.
 */
static enum outcome conclude(struct conn *conn, struct conn_pool *pool)
{
    if (!conn->exchange->fence || conn->fenced)
        return OUTCOME_GOOD;
    if (!conn->http.keep_alive) /* of the rest behind an early answer, nobody knows */
        return conn->state == CONN_SENDING ? OUTCOME_RESET : OUTCOME_GOOD;
    conn->fenced = true;
    conn->sent = 0;
    conn->state = CONN_SENDING;
    http_start(&conn->http, true);
    return conn_send(conn, pool);
}

/* Sends what fits. */
static enum outcome conn_send(struct conn *conn, struct conn_pool *pool)
{
    const char *piece;
    for (size_t bytes; (bytes = next_piece(conn, pool, &piece)) > 0;) {
        ssize_t sent = send(conn->fd, piece, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
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
    if (http_finished(&conn->http))
        return conclude(conn, pool);
    conn->state = CONN_READING;
    return want_out(conn, pool, false) ? OUTCOME_PENDING : OUTCOME_RESET;
}

enum outcome conn_begin(struct conn *conn, struct conn_pool *pool)
{
    conn->state = CONN_SENDING;
    conn->sent = 0;
    conn->fenced = false;
    await(conn, 1);
    conn->first_ns = 0;
    http_start(&conn->http, conn->exchange->is_head);
    if (conn->exchange->verify)
        sha256_start(&conn->sha);
    return conn_send(conn, pool);
}

/* ---- reading ---- */

static enum outcome read_buffer(struct conn *conn, struct conn_pool *pool, size_t bytes)
{
    const char *data = pool->buffer;
    size_t body;
    while (bytes && !http_finished(&conn->http)) {
        size_t taken = http_read(&conn->http, &pool->known, data, bytes, &body);
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
    enum outcome outcome = OUTCOME_PENDING;
    uint64_t skippable = http_skippable(&conn->http);
    bool wait = conn_waits(conn, pool);
    bool skip = skippable > pool->buffer_bytes && !conn->exchange->verify && !wait;
    ssize_t got = skip ? discard_recv(&pool->discard, conn->fd, skippable)
                       : recv(conn->fd, pool->buffer, pool->buffer_bytes, wait ? 0 : MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN && wait)
        return OUTCOME_TIMEOUT;
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? OUTCOME_PENDING : OUTCOME_RESET;
    if (got == 0)
        return read_end(conn);
    if (pool->stamp_first && conn->first_ns == 0)
        conn->first_ns = clock_ns();
    if (!skip) {
        outcome = read_buffer(conn, pool, (size_t)got);
    } else {
        http_skipped(&conn->http, (uint64_t)got);
        if (http_finished(&conn->http))
            outcome = judge(conn);
    }
    if (outcome != OUTCOME_PENDING || wait)
        return outcome;
    uint64_t left = http_skippable(&conn->http);
    await(conn, skip && left ? left : 1);
    return watch(conn, pool, EPOLL_CTL_MOD, conn->wants_out) ? OUTCOME_PENDING : OUTCOME_RESET;
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
    return settle(conn, pool);
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
        else if (outcome == OUTCOME_GOOD)
            outcome = conclude(conn, pool);
    }
    if (outcome == OUTCOME_PENDING && (events & EPOLLOUT) && conn->state == CONN_SENDING)
        outcome = conn_send(conn, pool);
    return outcome;
}
