/*
 * Names asked of name servers, by libc's own resolver: every server and search domain of
 * /etc/resolv.conf, with its options. That is res_search() of glibc from 2.34 on, getaddrinfo() of
 * musl; an older glibc has neither in its static library.
 */
#ifndef GM_NGINXLOAD_DNS_H
#define GM_NGINXLOAD_DNS_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Fills `numbers` with the addresses of `name` in text form, IPv4 first, and returns how many;
 * 0: *why says why there is none.
 */
int dns_query(const char *name, char (*numbers)[INET6_ADDRSTRLEN], int room, const char **why);

/*
 * Reads an answer (RFC 1035): fills `numbers` and returns how many addresses of `type` (1: A,
 * 28: AAAA) it has, aliases passed over. Never reads beyond `bytes`, whatever the answer holds.
 */
int dns_read(const uint8_t *packet, size_t bytes, unsigned type, char (*numbers)[INET6_ADDRSTRLEN],
             int room);

#endif
