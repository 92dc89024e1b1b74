#include "dns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, HEADER = 12, TRIES = 3, TRY_MS = 1000 };

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

size_t dns_write(uint8_t packet[512], uint16_t id, const char *name, unsigned type)
{
    size_t at = HEADER;
    memset(packet, 0, HEADER);
    put16(packet, id);
    packet[2] = 1; /* recursion desired */
    packet[5] = 1; /* one question */
    while (*name) {
        size_t label = strcspn(name, ".");
        if (label == 0 || label > 63 || at + label + 6 > 255 + HEADER)
            return 0;
        packet[at++] = (uint8_t)label;
        memcpy(packet + at, name, label);
        at += label;
        name += label + (name[label] == '.');
    }
    packet[at++] = 0;
    put16(packet + at, type);
    put16(packet + at + 2, 1); /* class: Internet */
    return at + 4;
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

int dns_read(const uint8_t *packet, size_t bytes, uint16_t id, unsigned type,
             char (*numbers)[INET6_ADDRSTRLEN], int room)
{
    /* The id, and that it is an answer. */
    if (bytes < HEADER || get16(packet) != id || !(packet[2] & 0x80))
        return -1;
    size_t at = HEADER, wanted = type == TYPE_A ? 4 : 16;
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

/* The first `nameserver` line; RFC 1035's servers listen at port 53. */
static int connect_server(void)
{
    char line[256], number[64];
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
    struct sockaddr_in6 server6 = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
    int fd = -1;
    FILE *file = fopen("/etc/resolv.conf", "re");
    while (file && fd < 0 && fgets(line, sizeof line, file)) {
        if (sscanf(line, "nameserver %63s", number) != 1)
            continue;
        bool four = inet_pton(AF_INET, number, &server.sin_addr) == 1;
        if (!four && inet_pton(AF_INET6, number, &server6.sin6_addr) != 1)
            continue;
        fd = socket(four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const struct sockaddr *to =
            four ? (const struct sockaddr *)&server : (const struct sockaddr *)&server6;
        if (fd >= 0 && connect(fd, to, four ? sizeof server : sizeof server6) != 0) {
            close(fd);
            fd = -1;
        }
    }
    if (file)
        fclose(file);
    return fd;
}

/* Asks one type; -1 if no answer came. */
static int ask(int fd, const char *name, unsigned type, char (*numbers)[INET6_ADDRSTRLEN], int room)
{
    uint8_t query[512], answer[2048];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint16_t id = (uint16_t)((unsigned long)now.tv_nsec >> 8 ^ (unsigned long)getpid() ^ type);
    size_t bytes = dns_write(query, id, name, type);
    for (int try = 0; try < TRIES; try++) {
        struct pollfd waiting = {.fd = fd, .events = POLLIN};
        if (send(fd, query, bytes, 0) < 0)
            return -1;
        while (poll(&waiting, 1, TRY_MS) == 1) {
            ssize_t got = recv(fd, answer, sizeof answer, 0);
            if (got < 0)
                return -1;
            int count = dns_read(answer, (size_t)got, id, type, numbers, room);
            if (count >= 0)
                return count;
        }
    }
    return -1;
}

int dns_query(const char *name, char (*numbers)[INET6_ADDRSTRLEN], int room, const char **why)
{
    uint8_t probe[512];
    *why = "not a host name";
    if (dns_write(probe, 0, name, TYPE_A) == 0)
        return 0;
    *why = "not in /etc/hosts, and no name server";
    int fd = connect_server();
    if (fd < 0)
        return 0;
    int four = ask(fd, name, TYPE_A, numbers, room);
    int six = four < 0 ? four : ask(fd, name, TYPE_AAAA, numbers + four, room - four);
    close(fd);
    *why = four < 0 ? "the name server does not answer" : "no such host";
    return four < 0 ? 0 : four + (six > 0 ? six : 0);
}
