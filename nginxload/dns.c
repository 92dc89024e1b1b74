#include "dns.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, PACKET_HEADER = 12 };

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* The offset behind a name, which ends with a zero or a pointer; `bytes` if it runs out. */
static size_t skip_name(const uint8_t *packet, size_t bytes, size_t at)
{
    while (at < bytes) {
        if (packet[at] >= 0xc0)
            return at + 2;
        if (packet[at] == 0)
            return at + 1;
        at += 1u + packet[at];
    }
    return bytes;
}

int dns_read(const uint8_t *packet, size_t bytes, unsigned type, char (*numbers)[INET6_ADDRSTRLEN],
             int room)
{
    if (bytes < PACKET_HEADER)
        return 0;
    size_t at = PACKET_HEADER, wanted = type == TYPE_A ? 4 : 16;
    for (unsigned questions = get16(packet + 4); questions; questions--)
        at = skip_name(packet, bytes, at) + 4;
    int count = 0;
    for (unsigned answers = get16(packet + 6); answers && count < room; answers--) {
        at = skip_name(packet, bytes, at);
        if (at + 10 > bytes)
            break;
        size_t length = get16(packet + at + 8);
        if (at + 10 + length > bytes)
            break;
        if (get16(packet + at) == type && length == wanted)
            count += inet_ntop(type == TYPE_A ? AF_INET : AF_INET6, packet + at + 10,
                               numbers[count], INET6_ADDRSTRLEN) != NULL;
        at += 10 + length;
    }
    return count;
}

#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
#define HAVE_RES_SEARCH 1
#endif
#endif

#if defined HAVE_RES_SEARCH
/* The resolver without the name service switch, whose modules a static program cannot load. */
int dns_query(const char *name, char (*numbers)[INET6_ADDRSTRLEN], int room, const char **why)
{
    static const unsigned types[] = {TYPE_A, TYPE_AAAA};
    uint8_t answer[8192];
    int count = 0;
    *why = "not in /etc/hosts, and /etc/resolv.conf cannot be used";
    if (res_init() != 0)
        return 0;
    /* Each server is asked twice, and has two seconds: there may be several, the first one dead. */
    _res.retrans = 2;
    _res.retry = 2;
    *why = "no such host";
    for (size_t i = 0; i < sizeof types / sizeof types[0] && count < room; i++) {
        int bytes = res_search(name, 1, (int)types[i], answer, sizeof answer);
        if (bytes > 0)
            count += dns_read(answer, (size_t)bytes < sizeof answer ? (size_t)bytes : sizeof answer,
                              types[i], numbers + count, room - count);
        else if (h_errno == TRY_AGAIN)
            *why = "not in /etc/hosts, and no name server answers";
    }
    return count;
}
#elif defined __GLIBC__
int dns_query(const char *name, char (*numbers)[INET6_ADDRSTRLEN], int room, const char **why)
{
    (void)name, (void)numbers, (void)room;
    *why = "not in /etc/hosts; built with a glibc before 2.34, this program asks no name server: "
           "write the host's address, which `getent hosts NAME` shows";
    return 0;
}
#else
/* musl, whose resolver is all its own. */
int dns_query(const char *name, char (*numbers)[INET6_ADDRSTRLEN], int room, const char **why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int error = getaddrinfo(name, NULL, &hints, &list), count = 0;
    *why = error == EAI_AGAIN ? "not in /etc/hosts, and no name server answers" : "no such host";
    for (const struct addrinfo *at = list; !error && at && count < room; at = at->ai_next)
        count += getnameinfo(at->ai_addr, at->ai_addrlen, numbers[count], INET6_ADDRSTRLEN, NULL, 0,
                             NI_NUMERICHOST) == 0;
    if (!error)
        freeaddrinfo(list);
    return count;
}
#endif
