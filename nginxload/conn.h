/*
 * One connection: connects, sends a request (and a body, if it is an upload), reads the response,
 * and says what came of it. Never blocks, unless its pool says that it is alone (wait_ns).
 */
#ifndef GM_NGINXLOAD_CONN_H
#define GM_NGINXLOAD_CONN_H

#include "discard.h"
#include "http.h"
#include "resolve.h"
#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>

/* What came of a request. */
enum outcome {
    OUTCOME_PENDING, /* go on at the next event */
    OUTCOME_GOOD,
    OUTCOME_CONNECT, /* could not connect */
    OUTCOME_RESET,   /* reset, or closed before the first byte */
    OUTCOME_TIMEOUT, /* not a byte within --timeout */
    OUTCOME_STATUS,  /* another status than expected */
    OUTCOME_SHORT,   /* the connection ended in the middle, or the body is shorter than expected */
    OUTCOME_LONG,    /* bytes behind the end, or the body is longer than expected */
    OUTCOME_DIGEST,  /* the body is not the one that was seen first, or was given */
    OUTCOME_GARBAGE, /* not HTTP/1.x */
    OUTCOME_OVERSIZED, /* a head beyond the reader's limits */
    OUTCOME_COUNT
};
extern const char *const outcome_names[OUTCOME_COUNT];

/*
 * What is asked for, and what the answer must be. Outlives the connections that use it. Connections
 * of several threads may share one unless it verifies without knowing the digest yet.
 */
struct exchange {
    char *head; /* request line and headers */
    size_t head_bytes;
    uint64_t upload_bytes;
    char *fence; /* upload: a request that is sent behind it, see conn.c; else NULL */
    size_t fence_bytes;
    bool is_head;    /* a HEAD request */
    unsigned status; /* 0: any 2xx */
    uint64_t length; /* of the body; HTTP_UNKNOWN: any */
    bool verify, digest_known;
    uint8_t digest[SHA256_BYTES]; /* first seen, or given */
};

/* What a thread's connections share. */
struct conn_pool {
    int epoll;
    const struct address *address;
    struct discard discard;
    char *buffer;
    size_t buffer_bytes;
    const char *upload; /* upload_block bytes that are sent again and again */
    size_t upload_block;
    struct http_known known;
    bool stamp_first; /* note when the first byte came: one clock read more per response */
    /*
     * 0, or the only connection waits so long for an answer in recv() itself: one system call and
     * one wake-up less than by way of epoll. To be set before it is connected.
     */
    uint64_t wait_ns;
};

enum conn_state { CONN_CLOSED, CONN_CONNECTING, CONN_IDLE, CONN_SENDING, CONN_READING };

struct conn {
    int fd;
    enum conn_state state;
    bool wants_out; /* EPOLLOUT is asked for */
    bool fenced;    /* the upload is answered, the fence behind it is not */
    struct exchange *exchange;
    uint64_t sent;                             /* of head and upload, or of the fence */
    uint64_t begun_ns, connected_ns, first_ns; /* clock_ns() */
    uint64_t progress_ns;                      /* of the last sign of life */
    unsigned retransmits;                      /* already told by conn_retransmits() */
    int awaited;                               /* SO_RCVLOWAT: wakes for no fewer bytes */
    int error;                                 /* errno of OUTCOME_CONNECT */
    /* The loop's: */
    bool busy;         /* has a request */
    uint64_t due_ns;   /* when that was to begin */
    uint64_t files;    /* parts of a transfer begun */
    struct sha256 sha; /* with exchange->verify */
    struct http http;
};

/* Starts connecting. OUTCOME_PENDING (CONN_CONNECTING or CONN_IDLE) or OUTCOME_CONNECT. */
enum outcome conn_open(struct conn *conn, struct conn_pool *pool);

/* Starts the exchange on a connection that is CONN_IDLE. */
enum outcome conn_begin(struct conn *conn, struct conn_pool *pool);

/* Whether the next conn_event() will wait for its event itself. */
static inline bool conn_waits(const struct conn *conn, const struct conn_pool *pool)
{
    return pool->wait_ns && conn->state == CONN_READING;
}

/* Goes on after an epoll event. OUTCOME_GOOD too when connecting is done (state CONN_IDLE). */
enum outcome conn_event(struct conn *conn, struct conn_pool *pool, uint32_t events);

/* Segments sent again since the last call, from TCP_INFO; 0 where there is none. */
unsigned conn_retransmits(struct conn *conn);

void conn_close(struct conn *conn);

#endif
