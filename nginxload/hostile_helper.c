/*
 * A server that misbehaves as its URL says, a thread per connection:
 *
 *   /good            a proper answer (five bytes)
 *   /every/N/NAME    like /good, but every N-th request for this target gets the file NAME of the
 *                    corpus as its answer, and the connection is closed behind it, unless NAME is
 *                    good-... without close; NAME may also be one of `hang` (no answer), `rst` (a
 *                    reset), `slow` (the answer byte by byte), `flip` (one bit of
 *                    the body is wrong)
 *   /delay/MS        answers MS milliseconds late
 *   /stall/MS/OF     does not answer during the first MS of every OF milliseconds
 *   /early/MS        answers an upload at once and takes it MS milliseconds later
 *   /trickle/MS      a body of 12 x 50,000 bytes, with MS milliseconds in between
 *
 * Takes uploads, and answers HEAD with an empty 200. Prints its port; ends when its stdin does.
 * usage: hostile_helper CORPUS [inet6]
 */
#include "clock.h"
#include "err.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
static const char *corpus;
static uint64_t start_ns;

static bool send_all(int fd, const char *data, size_t bytes)
{
    while (bytes) {
        ssize_t sent = send(fd, data, bytes, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        data += sent;
        bytes -= (size_t)sent;
    }
    return true;
}

static void sleep_ms(unsigned ms)
{
    clock_sleep_until(clock_ns() + ms * (uint64_t)1000000);
}

/* Counts the requests for `target`, from 1. */
static unsigned count_request(const char *target)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char last[256];
    static unsigned count;
    pthread_mutex_lock(&lock);
    if (strncmp(last, target, sizeof last - 1) != 0) {
        snprintf(last, sizeof last, "%s", target);
        count = 0;
    }
    unsigned number = ++count;
    pthread_mutex_unlock(&lock);
    return number;
}

/* The answer that is none. False when the connection is to be closed. */
static bool misbehave(int fd, const char *name)
{
    char path[512], data[4096];
    if (strcmp(name, "hang") == 0) {
        (void)!recv(fd, data, 1, 0);
        return false;
    }
    if (strcmp(name, "rst") == 0) {
        struct linger now = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return false;
    }
    if (strcmp(name, "slow") == 0) {
        for (size_t i = 0; i < sizeof good - 1 && send_all(fd, good + i, 1); i++)
            sleep_ms(1);
        return true;
    }
    if (strcmp(name, "flip") == 0) {
        memcpy(data, good, sizeof good);
        data[sizeof good - 2] ^= 1;
        return send_all(fd, data, sizeof good - 1);
    }
    snprintf(path, sizeof path, "%s/%s", corpus, name);
    FILE *file = fopen(path, "re");
    if (!file) {
        warn("%s: no such file", path);
        return false;
    }
    send_all(fd, data, fread(data, 1, sizeof data, file));
    fclose(file);
    return strncmp(name, "good-", 5) == 0 && !strstr(name, "close");
}

static void stall(unsigned ms, unsigned of)
{
    uint64_t now = (clock_ns() - start_ns) / 1000000 % of;
    if (now < ms)
        sleep_ms(ms - (unsigned)now);
}

static bool trickle(int fd, unsigned ms)
{
    enum { PIECES = 12, PIECE_BYTES = 50000 };
    static const char piece[PIECE_BYTES];
    char head[64];
    int bytes = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
                         PIECES * PIECE_BYTES);
    bool sent = send_all(fd, head, (size_t)bytes);
    for (int i = 0; i < PIECES && sent; i++) {
        sleep_ms(ms);
        sent = send_all(fd, piece, sizeof piece);
    }
    return sent;
}

/* Answers one request; false when the connection is to be closed. */
static bool answer(int fd, const char *target)
{
    char name[128];
    unsigned every, ms, of;
    if (sscanf(target, "/every/%u/%127[^ ]", &every, name) == 2) {
        if (count_request(target) % every == 0)
            return misbehave(fd, name);
    } else if (sscanf(target, "/delay/%u", &ms) == 1) {
        sleep_ms(ms);
    } else if (sscanf(target, "/stall/%u/%u", &ms, &of) == 2) {
        stall(ms, of);
    } else if (sscanf(target, "/trickle/%u", &ms) == 1) {
        return trickle(fd, ms);
    }
    return send_all(fd, good, sizeof good - 1);
}

/* Reads one head; false at the end. *upload is how much of a body is still to come. */
static bool read_head(int fd, char *head, size_t room, uint64_t *upload)
{
    size_t bytes = 0;
    char *end = NULL, *length;
    while (!end && bytes < room - 1) {
        ssize_t got = recv(fd, head + bytes, room - 1 - bytes, 0);
        if (got <= 0)
            return false;
        bytes += (size_t)got;
        head[bytes] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    if (!end)
        return false;
    length = strstr(head, "Content-Length: ");
    *upload = length ? strtoull(length + 16, NULL, 10) : 0;
    *upload -= bytes - (size_t)(end + 4 - head);
    return true;
}

static bool take_upload(int fd, uint64_t upload)
{
    while (upload) {
        char data[16384];
        ssize_t got = recv(fd, data, upload < sizeof data ? (size_t)upload : sizeof data, 0);
        if (got <= 0)
            return false;
        upload -= (uint64_t)got;
    }
    return true;
}

/* Serves one request; false when the connection is to be closed. */
static bool serve_one(int fd)
{
    static const char empty[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char head[8192];
    uint64_t upload;
    unsigned ms;
    if (!read_head(fd, head, sizeof head, &upload))
        return false;
    char *target = strchr(head, ' '), *end = target ? strchr(target + 1, ' ') : NULL;
    if (!end)
        return false;
    *end = '\0';
    if (strncmp(head, "HEAD ", 5) == 0)
        return send_all(fd, empty, sizeof empty - 1);
    if (sscanf(target + 1, "/early/%u", &ms) == 1) {
        if (!send_all(fd, empty, sizeof empty - 1))
            return false;
        sleep_ms(ms);
        return take_upload(fd, upload);
    }
    return take_upload(fd, upload) && answer(fd, target + 1);
}

static void *serve(void *argument)
{
    int fd = (int)(intptr_t)argument, on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (serve_one(fd))
        ;
    close(fd);
    return NULL;
}

static int listen_somewhere(bool inet6)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *address = inet6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
    socklen_t bytes = inet6 ? sizeof six : sizeof four;
    int fd = socket(address->sa_family, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, address, bytes) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, address, &bytes) != 0)
        die_errno(STATUS_SYSTEM, "listen");
    printf("%u\n", ntohs(inet6 ? six.sin6_port : four.sin_port));
    fflush(stdout);
    return fd;
}

static void *accept_all(void *argument)
{
    int listener = (int)(intptr_t)argument;
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
        else
            close(fd);
    }
    die_errno(STATUS_SYSTEM, "accept");
}

int main(int argc, char **argv)
{
    pthread_t thread;
    char byte;
    if (argc < 2)
        die(STATUS_USAGE, "usage: hostile_helper CORPUS [inet6]");
    corpus = argv[1];
    clock_init();
    start_ns = clock_ns();
    int listener = listen_somewhere(argc > 2 && strcmp(argv[2], "inet6") == 0);
    int error = pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listener);
    if (error)
        die(STATUS_SYSTEM, "thread: %s", strerror(error));
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
