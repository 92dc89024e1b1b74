/*
 * The HTTP/1.1 response reader (RFC 9112): incremental, pure, without memory of its own. It takes
 * a response in pieces of any size, finds where its head, its body and its end are, and refuses
 * what is none. It looks at nothing but what frames the message: status line, Content-Length,
 * Transfer-Encoding, Connection, Content-Range.
 */
#ifndef GM_NGINXLOAD_HTTP_H
#define GM_NGINXLOAD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_LINE_MAX = 512,   /* of a line, this much is kept; only lines that frame must fit */
    HTTP_HEAD_MAX = 65536, /* bytes of all heads and trailers of a response, 1xx included */
    HTTP_KNOWN_MAX = 1024, /* bytes of a head that is kept to know it again */
};

enum http_state {
    HTTP_STATUS_LINE,
    HTTP_HEADERS,
    HTTP_BODY_LENGTH, /* `left` bytes to come */
    HTTP_BODY_CLOSE,  /* until the connection ends */
    HTTP_CHUNK_SIZE,
    HTTP_CHUNK_DATA, /* `left` bytes to come */
    HTTP_CHUNK_END,  /* the line end behind a chunk */
    HTTP_TRAILERS,
    HTTP_DONE,
    HTTP_GARBAGE,  /* not a response */
    HTTP_OVERSIZED /* a head beyond the limits above */
};

#define HTTP_UNKNOWN UINT64_MAX

struct http {
    enum http_state state;
    bool to_head;    /* the request was HEAD: no body whatever the headers say */
    bool keep_alive; /* valid once the head is read: the connection takes another request */
    bool chunked, coded, framing_line;
    unsigned status;
    uint64_t length; /* Content-Length, or HTTP_UNKNOWN */
    uint64_t total;  /* of Content-Range: bytes in the whole file, or HTTP_UNKNOWN */
    uint64_t left;   /* of the body or chunk */
    uint64_t body;   /* body bytes so far, without chunk framing */
    size_t head;     /* head bytes so far */
    size_t line_bytes;
    char line[HTTP_LINE_MAX];
};

/*
 * The last head that came whole, and what it meant. A server sends the same one, to the byte, for
 * every answer of a second, and it is compared, not read. Starts as zeros; its owner's responses
 * may be of several connections.
 */
struct http_known {
    size_t bytes; /* 0: none yet */
    char head[HTTP_KNOWN_MAX];
    struct http end; /* the reader behind it, but for the line */
};

/* Before every response. `to_head`: it answers a HEAD request. */
void http_start(struct http *http, bool to_head);

/*
 * Reads on in data[0 .. bytes-1] and returns how many bytes it took: all of them, unless it stopped
 * behind a piece of body, at the end of the response, or at an error. *body_bytes is the length of
 * the piece of body that ends where it stopped (0: none). Call again with the rest until nothing
 * is left or http_finished(). `known` may be NULL.
 */
size_t http_read(struct http *http, struct http_known *known, const char *data, size_t bytes,
                 size_t *body_bytes);

/* How many of the next bytes are body for sure and may be thrown away unread; 0 if none. */
uint64_t http_skippable(const struct http *http);

/* `bytes` <= http_skippable() bytes of body have been thrown away. */
void http_skipped(struct http *http, uint64_t bytes);

/* The connection has ended: true if that ends the response as it should. */
bool http_end(struct http *http);

/* Done or in error: http_read() takes no more. */
static inline bool http_finished(const struct http *http)
{
    return http->state >= HTTP_DONE;
}

#endif
