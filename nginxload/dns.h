/* A DNS query over UDP (RFC 1035), as small as it can be: A and AAAA records, aliases included. */
#ifndef GM_DNS_H
#define GM_DNS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Asks the first name server of /etc/resolv.conf for `name` and fills `numbers` with addresses in
 * text form, IPv4 first. Returns how many; 0: *why says why there is none. At most 6 seconds.
 */
int dns_query(const char *name, char (*numbers)[INET6_ADDRSTRLEN], int room, const char **why);

/* Writes a query of `type` (1: A, 28: AAAA); returns its length, 0 if `name` is none. */
size_t dns_write(uint8_t packet[512], uint16_t id, const char *name, unsigned type);

/*
 * Reads the answer to query `id`; fills `numbers` and returns how many addresses of `type` there
 * are, -1 if this is no answer to that query.
 */
int dns_read(const uint8_t *packet, size_t bytes, uint16_t id, unsigned type,
             char (*numbers)[INET6_ADDRSTRLEN], int room);

#endif
