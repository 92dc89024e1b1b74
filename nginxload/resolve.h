/*
 * Addresses of a host: numeric, /etc/hosts, localhost and what is below it, or asked of the name
 * servers (dns.h). Not glibc's getaddrinfo(): in a static program it wants the shared libraries of
 * the very libc it was built with, which no foreign guest has.
 */
#ifndef GM_NGINXLOAD_RESOLVE_H
#define GM_NGINXLOAD_RESOLVE_H

#include "url.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct address {
    socklen_t bytes;
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
    };
};

enum { ADDRESS_MAX = 16, ADDRESS_TEXT = 128 };

/* Fills `list` in the order to try them; returns how many. 0: *why says why there is none. */
int resolve(const struct url *url, struct address list[ADDRESS_MAX], const char **why);

/* "127.0.0.1:80", "[::1]:80" or the socket's path. Returns `text`. */
const char *address_text(const struct address *address, char text[ADDRESS_TEXT]);

#endif
