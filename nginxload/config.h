/* What the user asked for, and what came out of asking the server once. */
#ifndef GM_NGINXLOAD_CONFIG_H
#define GM_NGINXLOAD_CONFIG_H

#include "bench.h"
#include "resolve.h"
#include "sha256.h"
#include "url.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT };

struct config {
    struct bench bench;
    struct url url;
    int connections; /* 0: as many as the mode usually has; set by then */
    int threads;
    uint64_t requests; /* per repetition; 0: --time decides */
    double rate;       /* 0: closed loop */
    bool close;
    bool download, whole;
    uint64_t bytes;  /* of the file; 0: all; set by the probe */
    uint64_t upload; /* 0: none */
    bool verify;
    const char *digest_text;      /* --digest, or NULL */
    uint8_t digest[SHA256_BYTES]; /* of it */
    int method;
    int status;
    int discard; /* enum discard_way */
    double timeout_s, wait_up_s;
};

static inline bool is_transfer(const struct config *config)
{
    return config->download || config->upload > 0;
}

#endif
