/* One request before all others: does the server answer, where, and with how much? */
#ifndef GM_NGINXLOAD_PROBE_H
#define GM_NGINXLOAD_PROBE_H

#include "config.h"
#include "conn.h"

struct probe {
    struct address address;       /* the one of the host's that answered */
    uint64_t length;              /* bytes of its body */
    uint8_t digest[SHA256_BYTES]; /* of its body, with --verify */
    uint64_t total;               /* of the file, from Content-Range, or HTTP_UNKNOWN */
};

/*
 * Waits for the server up to config->wait_up_s. Ends the process with one line when it cannot be
 * reached (status 1), or answers something else than expected (3, or 77 if it cannot do ranges).
 */
struct probe probe_server(const struct config *config, const char *url);

#endif
