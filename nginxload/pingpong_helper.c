/*
 * For bench.sh: requests for a small file over one connection, one after the other, by nothing but
 * send and recv. As many bytes as the first answer had are an answer. For SECONDS; prints requests
 * per second and CPU seconds per request.
 *
 *     pingpong_helper PORT TARGET SECONDS
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char answer[64 << 10];

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Bytes of the answer, of which `least` are waited for; 0 is a failure. */
static size_t ask(int fd, const char *request, size_t least)
{
    size_t bytes = strlen(request), got = 0;
    if (send(fd, request, bytes, 0) != (ssize_t)bytes)
        return 0;
    do {
        ssize_t more = recv(fd, answer + got, sizeof answer - got, 0);
        if (more <= 0)
            return 0;
        got += (size_t)more;
    } while (got < least);
    return got;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(argv[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    double least_s = atof(argv[3]), seconds = 0, count = 0;
    char request[256];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[2]);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return 1;
    size_t bytes = ask(fd, request, 1);
    usleep(10000);
    ssize_t late = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    bytes += late > 0 ? (size_t)late : 0;
    double start = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (; seconds < least_s; count++) {
        if (bytes == 0 || ask(fd, request, bytes) != bytes)
            return 1;
        seconds = seconds_of(CLOCK_MONOTONIC) - start;
    }
    cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%.1f %.9g\n", count / seconds, cpu / count);
    return 0;
}
