/*
 * The response reader against nginxload/corpus: every file's name begins with what must come of it.
 * Each is read whole, byte by byte, and cut in two at every place.
 */
#include "http.h"
#include "tap.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct end {
    const char *outcome;
    uint64_t body;
};

/* Feeds data[from .. to-1]; returns the bytes taken. */
static size_t feed_known(struct http *http, struct http_known *known, const char *data, size_t from,
                         size_t to)
{
    size_t at = from, body;
    while (at < to && !http_finished(http))
        at += http_read(http, known, data + at, to - at, &body);
    return at;
}

static size_t feed(struct http *http, const char *data, size_t from, size_t to)
{
    return feed_known(http, NULL, data, from, to);
}

/* What a client that expects a 200 makes of it; `taken` of `bytes` were read. */
static struct end judge(struct http *http, size_t taken, size_t bytes)
{
    struct end end = {"good", http->body};
    bool nothing = http->head == 0;
    if (http->state == HTTP_GARBAGE)
        end.outcome = "garbage";
    else if (http->state == HTTP_OVERSIZED)
        end.outcome = "oversized";
    else if (!http_end(http))
        end.outcome = nothing ? "reset" : "short";
    else if (http->status != 200)
        end.outcome = "status";
    else if (taken < bytes)
        end.outcome = "long";
    return end;
}

/* What is known is as of the file or the cut that came before; NULL: nothing. */
static struct end read_cut(struct http_known *known, const char *data, size_t bytes, size_t cut)
{
    struct http http;
    http_start(&http, false);
    size_t taken = feed_known(&http, known, data, 0, cut);
    if (taken == cut)
        taken = feed_known(&http, known, data, cut, bytes);
    return judge(&http, taken, bytes);
}

static struct end read_bytewise(const char *data, size_t bytes)
{
    struct http http;
    size_t taken = 0;
    http_start(&http, false);
    while (taken < bytes && !http_finished(&http))
        taken = feed(&http, data, taken, taken + 1);
    return judge(&http, taken, bytes);
}

static bool same(struct end one, struct end other)
{
    return strcmp(one.outcome, other.outcome) == 0 && one.body == other.body;
}

static void test_file(const char *name)
{
    static struct http_known known;
    char path[512], data[4096];
    snprintf(path, sizeof path, "nginxload/corpus/%s", name);
    FILE *file = fopen(path, "re");
    tap_ok(file != NULL, "%s can be opened", path);
    if (!file)
        return;
    size_t bytes = fread(data, 1, sizeof data, file);
    fclose(file);
    bool good = true, good_known = true;
    struct end end = read_bytewise(data, bytes);
    for (size_t cut = 0; cut <= bytes; cut++) {
        good = good && same(read_cut(NULL, data, bytes, cut), end);
        good_known = good_known && same(read_cut(&known, data, bytes, bytes - cut), end);
    }
    tap_ok(good, "%s: the same however it is cut", name);
    tap_ok(good_known, "%s: and whatever head is known", name);
    tap_ok(strncmp(name, end.outcome, strlen(end.outcome)) == 0, "%s: %s", name, end.outcome);
    if (strcmp(end.outcome, "good") == 0)
        tap_ok(end.body == 5, "%s: five bytes of body", name);
}

static void test_corpus(void)
{
    struct dirent *entry;
    int files = 0;
    DIR *folder = opendir("nginxload/corpus");
    while (folder && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        test_file(entry->d_name);
        files++;
    }
    if (folder)
        closedir(folder);
    tap_ok(files > 40, "the corpus is there");
}

static void test_head_limit(void)
{
    static const char line[] = "X-Header: something of no interest\r\n";
    struct http http;
    size_t body, fed = 0;
    http_start(&http, false);
    http_read(&http, NULL, "HTTP/1.1 200 OK\r\n", 17, &body);
    for (; fed < 2 * HTTP_HEAD_MAX && !http_finished(&http); fed += sizeof line - 1)
        http_read(&http, NULL, line, sizeof line - 1, &body);
    tap_ok(http.state == HTTP_OVERSIZED && fed <= HTTP_HEAD_MAX + sizeof line,
           "an endless head is refused at its limit");
    /* Interim responses count together, or a server could send them for ever. */
    http_start(&http, false);
    for (fed = 0; fed < 2 * HTTP_HEAD_MAX && !http_finished(&http); fed += 25)
        http_read(&http, NULL, "HTTP/1.1 100 Continue\r\n\r\n", 25, &body);
    tap_ok(http.state == HTTP_OVERSIZED, "endless interim responses are refused");
}

static void test_head_request(void)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n";
    struct http http;
    http_start(&http, true);
    feed(&http, text, 0, sizeof text - 1);
    tap_ok(http.state == HTTP_DONE && http.body == 0 && http.keep_alive,
           "the answer to HEAD ends behind its head");
}

/* The same bytes mean something else to who has asked for a head only. */
static void test_known_head(void)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
    static struct http_known known;
    struct http http;
    size_t head_bytes = sizeof text - 1 - 4;
    http_start(&http, false);
    size_t taken = feed_known(&http, &known, text, 0, sizeof text - 1);
    tap_ok(taken == sizeof text - 1 && known.bytes == head_bytes, "a whole head is kept");
    http_start(&http, true);
    taken = feed_known(&http, &known, text, 0, head_bytes);
    tap_ok(taken == head_bytes && http.state == HTTP_DONE, "known, but to another question");
    http_start(&http, false);
    taken = feed_known(&http, &known, text, 0, sizeof text - 3);
    tap_ok(taken == sizeof text - 3 && http.left == 2 && http.body == 2 && http.status == 200,
           "known, with a part of its body");
    feed_known(&http, &known, text, sizeof text - 3, sizeof text - 1);
    tap_ok(http.state == HTTP_DONE && http.body == 4, "and the rest");
    known.end.status = 299;
    http_start(&http, false);
    feed_known(&http, &known, text, 0, sizeof text - 1);
    tap_ok(http.state == HTTP_DONE && http.status == 299, "it is not read again");
}

static void test_skipping(void)
{
    static const char text[] = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-999/5000\r\n"
                               "Content-Length: 1000\r\n\r\n12345";
    struct http http;
    http_start(&http, false);
    feed(&http, text, 0, sizeof text - 1);
    tap_ok(http_skippable(&http) == 995, "what is left of the body may be skipped");
    http_skipped(&http, 994);
    tap_ok(!http_finished(&http) && http_skippable(&http) == 1, "up to its last byte");
    http_skipped(&http, 1);
    tap_ok(http.state == HTTP_DONE && http.body == 1000, "and is counted");
    tap_ok(http.total == 5000 && http.status == 206, "Content-Range tells the file's length");
}

static void test_keep_alive(void)
{
    static const struct {
        const char *text;
        bool keep_alive;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo, Close\r\n\r\n", false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http http;
        http_start(&http, false);
        feed(&http, cases[i].text, 0, strlen(cases[i].text));
        tap_ok(http.state == HTTP_DONE && http.keep_alive == cases[i].keep_alive,
               "keep-alive case %zu", i);
    }
}

int main(void)
{
    test_corpus();
    test_head_limit();
    test_head_request();
    test_known_head();
    test_skipping();
    test_keep_alive();
    return tap_done();
}
