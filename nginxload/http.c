#include "http.h"

#include <string.h>
#include <strings.h>

void http_start(struct http *http, bool to_head)
{
    /* Not the line's bytes: this runs once per request. */
    memset(http, 0, offsetof(struct http, line));
    http->to_head = to_head;
    http->length = HTTP_UNKNOWN;
    http->total = HTTP_UNKNOWN;
}

/* ---- lines: text without the line end, not terminated ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads decimal digits that end at `end`; false for none, for anything else, for overflow. */
static bool read_number(const char *text, const char *end, uint64_t *number)
{
    uint64_t value = 0;
    if (text == end)
        return false;
    for (; text < end; text++) {
        unsigned digit = (unsigned char)*text - '0';
        if (digit > 9 || value > (UINT64_MAX - 1 - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return true;
}

static void trim(const char **text, const char **end)
{
    while (*text < *end && (**text == ' ' || **text == '\t'))
        (*text)++;
    while (*text < *end && ((*end)[-1] == ' ' || (*end)[-1] == '\t'))
        (*end)--;
}

static bool word_is(const char *text, const char *end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - text) == length && strncasecmp(text, word, length) == 0;
}

/* Takes the next of a comma-separated list's items; false at its end. */
static bool next_item(const char **list, const char *list_end, const char **item, const char **end)
{
    if (*list >= list_end)
        return false;
    const char *comma = memchr(*list, ',', (size_t)(list_end - *list));
    *item = *list;
    *end = comma ? comma : list_end;
    *list = *end + 1;
    trim(item, end);
    return true;
}

/* "HTTP/1.1 200 OK"; the phrase may be missing. Other major versions are not ours. */
static bool read_status_line(struct http *http, const char *line, const char *end)
{
    if (end - line < 12 || memcmp(line, "HTTP/1.", 7) != 0 || !is_digit(line[7]) ||
        line[8] != ' ' || (end - line > 12 && line[12] != ' '))
        return false;
    uint64_t status;
    if (!read_number(line + 9, line + 12, &status) || status < 100 || status > 599)
        return false;
    http->status = (unsigned)status;
    http->keep_alive = line[7] != '0';
    return true;
}

static bool read_length(struct http *http, const char *text, const char *end)
{
    uint64_t length;
    if (!read_number(text, end, &length) ||
        (http->length != HTTP_UNKNOWN && http->length != length))
        return false;
    http->length = length;
    return true;
}

/* Only a chunked coding that comes last frames the body; otherwise it lasts until the end. */
static void read_codings(struct http *http, const char *list, const char *list_end)
{
    const char *item, *end;
    while (next_item(&list, list_end, &item, &end)) {
        http->coded = true;
        http->chunked = word_is(item, end, "chunked");
    }
}

static void read_connection(struct http *http, const char *list, const char *list_end)
{
    const char *item, *end;
    while (next_item(&list, list_end, &item, &end)) {
        if (word_is(item, end, "close"))
            http->keep_alive = false;
        else if (word_is(item, end, "keep-alive"))
            http->keep_alive = true;
    }
}

/* "bytes 0-99/1000" */
static void read_range(struct http *http, const char *text, const char *end)
{
    const char *slash = memchr(text, '/', (size_t)(end - text));
    if (slash && !read_number(slash + 1, end, &http->total))
        http->total = HTTP_UNKNOWN;
}

/* One header; false if it is none or contradicts another. */
static bool read_header(struct http *http, const char *line, const char *end)
{
    if (*line == ' ' || *line == '\t') /* a folded line goes on; it must not go on framing */
        return !http->framing_line;
    const char *colon = memchr(line, ':', (size_t)(end - line));
    if (!colon || colon == line || colon[-1] == ' ' || colon[-1] == '\t')
        return false;
    const char *value = colon + 1;
    trim(&value, &end);
    http->framing_line = true;
    switch (colon - line) {
    case 10:
        if (word_is(line, colon, "Connection")) {
            read_connection(http, value, end);
            return true;
        }
        break;
    case 13:
        if (word_is(line, colon, "Content-Range")) {
            read_range(http, value, end);
            return true;
        }
        break;
    case 14:
        if (word_is(line, colon, "Content-Length"))
            return read_length(http, value, end);
        break;
    case 17:
        if (word_is(line, colon, "Transfer-Encoding")) {
            read_codings(http, value, end);
            return true;
        }
        break;
    }
    http->framing_line = false;
    return true;
}

/* "1a; extension" */
static bool read_chunk_size(struct http *http, const char *line, const char *end)
{
    uint64_t size = 0;
    const char *c = line;
    for (; c < end; c++) {
        unsigned digit = (unsigned char)*c - '0';
        if (digit > 9) {
            digit = ((unsigned char)*c | 32u) - 'a' + 10;
            if (digit < 10 || digit > 15)
                break;
        }
        if (size >> 60)
            return false;
        size = size * 16 + digit;
    }
    if (c == line || (c < end && *c != ';' && *c != ' ' && *c != '\t'))
        return false;
    http->left = size;
    return true;
}

/* ---- states ---- */

/* The empty line behind the headers: what comes next? */
static enum http_state after_head(struct http *http)
{
    unsigned status = http->status;
    if (status < 200 && status != 101) { /* interim: the answer is still to come */
        size_t head = http->head;
        http_start(http, http->to_head);
        http->head = head;
        return HTTP_STATUS_LINE;
    }
    if (http->to_head || status == 101 || status == 204 || status == 304)
        return HTTP_DONE;
    if (http->chunked)
        return HTTP_CHUNK_SIZE;
    if (http->coded || http->length == HTTP_UNKNOWN) {
        http->keep_alive = false;
        return HTTP_BODY_CLOSE;
    }
    http->left = http->length;
    return http->left ? HTTP_BODY_LENGTH : HTTP_DONE;
}

/* Takes one whole line and returns the state behind it. */
static enum http_state take_line(struct http *http, const char *line, size_t bytes)
{
    const char *end = line + bytes;
    if (bytes && end[-1] == '\r')
        end--;
    if (memchr(line, '\0', (size_t)(end - line)))
        return HTTP_GARBAGE;
    switch (http->state) {
    case HTTP_STATUS_LINE:
        return read_status_line(http, line, end) ? HTTP_HEADERS : HTTP_GARBAGE;
    case HTTP_HEADERS:
        if (end == line)
            return after_head(http);
        return read_header(http, line, end) ? HTTP_HEADERS : HTTP_GARBAGE;
    case HTTP_CHUNK_SIZE:
        if (!read_chunk_size(http, line, end))
            return HTTP_GARBAGE;
        return http->left ? HTTP_CHUNK_DATA : HTTP_TRAILERS;
    case HTTP_CHUNK_END:
        return end == line ? HTTP_CHUNK_SIZE : HTTP_GARBAGE;
    default: /* HTTP_TRAILERS */
        return end == line ? HTTP_DONE : HTTP_TRAILERS;
    }
}

/* Lines that frame are short; of others only the beginning is kept, for the name. */
static bool line_too_long(const struct http *http)
{
    if (http->line_bytes <= HTTP_LINE_MAX)
        return false;
    if (http->state != HTTP_HEADERS)
        return http->state != HTTP_TRAILERS;
    struct http copy = *http;
    return !read_header(&copy, copy.line, copy.line + HTTP_LINE_MAX) || copy.framing_line;
}

/* Reads one line, or the part of it that is there. Returns the bytes taken. */
static size_t read_line(struct http *http, const char *data, size_t bytes)
{
    const char *newline = memchr(data, '\n', bytes);
    size_t part = newline ? (size_t)(newline - data) : bytes;
    size_t taken = part + (newline != NULL);

    /* Chunk lines are counted by themselves: a long body has many. */
    if (http->state != HTTP_CHUNK_SIZE && http->state != HTTP_CHUNK_END)
        http->head += taken;
    if (http->head > HTTP_HEAD_MAX) {
        http->state = HTTP_OVERSIZED;
        return taken;
    }
    if (newline && http->line_bytes == 0 && part <= HTTP_LINE_MAX) {
        http->state = take_line(http, data, part);
        return taken;
    }
    if (http->line_bytes < HTTP_LINE_MAX) {
        size_t room = HTTP_LINE_MAX - http->line_bytes;
        memcpy(http->line + http->line_bytes, data, part < room ? part : room);
    }
    http->line_bytes += part;
    if (line_too_long(http)) {
        http->state = HTTP_OVERSIZED;
    } else if (newline) {
        size_t kept = http->line_bytes < HTTP_LINE_MAX ? http->line_bytes : HTTP_LINE_MAX;
        http->line_bytes = 0;
        http->state = take_line(http, http->line, kept);
    }
    return taken;
}

/* ---- heads that are known ---- */

/* Takes what begins with the known head as read; returns its bytes, or 0. */
static size_t recall(struct http *http, const struct http_known *known, const char *data,
                     size_t bytes)
{
    if (known->bytes == 0 || bytes < known->bytes || http->to_head != known->end.to_head ||
        memcmp(data, known->head, known->bytes) != 0)
        return 0;
    memcpy(http, &known->end, offsetof(struct http, line));
    return known->bytes;
}

/* A head has been read whole. */
static void remember(struct http_known *known, const struct http *http, const char *data)
{
    if (http->state >= HTTP_GARBAGE || http->head > sizeof known->head)
        return;
    known->bytes = http->head;
    memcpy(known->head, data, http->head);
    memcpy(&known->end, http, offsetof(struct http, line));
}

size_t http_read(struct http *http, struct http_known *known, const char *data, size_t bytes,
                 size_t *body_bytes)
{
    bool whole = known && http->state == HTTP_STATUS_LINE && http->head == 0;
    size_t at = whole ? recall(http, known, data, bytes) : 0;
    whole = whole && at == 0;
    *body_bytes = 0;
    while (at < bytes && !http_finished(http)) {
        uint64_t skippable = http_skippable(http);
        if (skippable) {
            *body_bytes = skippable < bytes - at ? (size_t)skippable : bytes - at;
            http_skipped(http, *body_bytes);
            return at + *body_bytes;
        }
        at += read_line(http, data + at, bytes - at);
        if (whole && http->state > HTTP_HEADERS) {
            remember(known, http, data);
            whole = false;
        }
    }
    return at;
}

uint64_t http_skippable(const struct http *http)
{
    if (http->state == HTTP_BODY_LENGTH || http->state == HTTP_CHUNK_DATA)
        return http->left;
    return http->state == HTTP_BODY_CLOSE ? UINT64_MAX : 0;
}

void http_skipped(struct http *http, uint64_t bytes)
{
    http->body += bytes;
    if (http->state == HTTP_BODY_CLOSE)
        return;
    http->left -= bytes;
    if (http->left == 0)
        http->state = http->state == HTTP_CHUNK_DATA ? HTTP_CHUNK_END : HTTP_DONE;
}

bool http_end(struct http *http)
{
    if (http->state == HTTP_BODY_CLOSE)
        http->state = HTTP_DONE;
    return http->state == HTTP_DONE;
}
