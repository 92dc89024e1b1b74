/*
 * libFuzzer target for the response reader: `make fuzz`. The first byte chooses the pieces in which
 * the rest arrives; whole, in pieces and with its head known, the reader must come to the same end,
 * stay within the bytes it was given, and never find more body than there were bytes.
 */
#include "http.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>

struct end {
    enum http_state state;
    unsigned status;
    uint64_t body;
    size_t taken;
    bool keep_alive, complete;
};

static void must(bool condition)
{
    if (!condition)
        abort();
}

/* Feeds `data` in pieces of `piece` bytes; what lies behind a piece must not be touched. */
static struct end feed(const uint8_t *data, size_t bytes, size_t piece, bool to_head,
                       struct http_known *known)
{
    struct http http;
    struct end end = {0};
    http_start(&http, to_head);
    while (end.taken < bytes && !http_finished(&http)) {
        size_t part = bytes - end.taken < piece ? bytes - end.taken : piece, body;
        const uint8_t *at = data + end.taken;
        ASAN_POISON_MEMORY_REGION(at + part, bytes - end.taken - part);
        size_t taken = http_read(&http, known, (const char *)at, part, &body);
        ASAN_UNPOISON_MEMORY_REGION(at + part, bytes - end.taken - part);
        must(taken > 0 && taken <= part && body <= taken);
        must(http_skippable(&http) == 0 || !http_finished(&http));
        end.taken += taken;
    }
    end.state = http.state;
    end.status = http.status;
    end.body = http.body;
    end.keep_alive = http.keep_alive;
    must(http.body <= bytes);
    must(http.head <= bytes);
    end.complete = http_end(&http);
    return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must_agree(struct end one, struct end other)
{
    must(one.state == other.state && one.complete == other.complete);
    /* An oversized line is refused as soon as that much of it is there. */
    if (one.state != HTTP_OVERSIZED)
        must(one.status == other.status && one.body == other.body && one.taken == other.taken &&
             one.keep_alive == other.keep_alive);
}

/* What is known is of the input before, and then of this one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct http_known known;
    if (bytes == 0)
        return 0;
    bool to_head = data[0] & 0x80;
    size_t piece = 1 + (data[0] & 0x7f);
    struct end whole = feed(data + 1, bytes - 1, bytes, to_head, NULL);
    must_agree(whole, feed(data + 1, bytes - 1, piece, to_head, NULL));
    must_agree(whole, feed(data + 1, bytes - 1, bytes, to_head, &known));
    must_agree(whole, feed(data + 1, bytes - 1, bytes, to_head, &known));
    must_agree(whole, feed(data + 1, bytes - 1, piece, to_head, &known));
    return 0;
}
