/*
 * The fastest server there can be, for comparing clients: one epoll loop that answers whatever
 * arrives with one fixed response of 1 KiB. Prints its port; ends when its stdin does.
 */
#include "err.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY = 1024 };

static char response[BODY + 256];
static size_t response_bytes;

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, bytes) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &bytes) != 0)
        die_errno(STATUS_SYSTEM, "listen");
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die_errno(STATUS_SYSTEM, "epoll");
}

static void greet(int epoll, int listener)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, fd);
    }
}

int main(void)
{
    struct epoll_event events[256];
    char request[8192];
    int epoll = epoll_create1(0), listener = listen_somewhere();
    response_bytes = (size_t)snprintf(
        response, sizeof response,
        "HTTP/1.1 200 OK\r\nServer: fixed\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"
        "Connection: keep-alive\r\n\r\n%*s",
        BODY, BODY, "x");
    watch(epoll, listener);
    watch(epoll, STDIN_FILENO);
    for (;;) {
        int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == STDIN_FILENO)
                return 0;
            if (fd == listener)
                greet(epoll, listener);
            else if (recv(fd, request, sizeof request, 0) <= 0 ||
                     send(fd, response, response_bytes, MSG_NOSIGNAL) <= 0)
                close(fd);
        }
    }
}
