/*
 * The URL to load: http://HOST[:PORT][/PATH], HOST a name, an IPv4 address or an [IPv6] address,
 * with an interface behind %25 (RFC 6874) or % where one is needed: [fe80::1%25eth0];
 * or a Unix socket as nginx writes it, http://unix:/PATH/OF/SOCKET[:/PATH].
 */
#ifndef GM_NGINXLOAD_URL_H
#define GM_NGINXLOAD_URL_H

#include <stdbool.h>
#include <stdint.h>

struct url {
    bool is_unix;
    bool is_ipv6;        /* was in brackets, so that it is no name */
    char host[256];      /* without brackets, %25 as %; the socket's path if is_unix */
    char authority[280]; /* what the Host header says */
    char target[2048];   /* path and query, begins with a slash */
    uint16_t port;
};

/* NULL if `text` is a URL that can be loaded, else why not. */
const char *url_parse(struct url *url, const char *text);

#endif
