#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const method_names[] = {"GET", "HEAD", "POST", "PUT", NULL};

/* `more` is further header lines, each with its line end. */
static bool make(struct exchange *exchange, const struct config *config, const char *more)
{
    int bytes = asprintf(&exchange->head, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n",
                         method_names[config->method], config->url.target, config->url.authority,
                         config->close ? "Connection: close\r\n" : "", more);
    exchange->head_bytes = bytes > 0 ? (size_t)bytes : 0;
    exchange->verify = config->verify;
    exchange->digest_known = config->digest_text != NULL;
    memcpy(exchange->digest, config->digest, sizeof exchange->digest);
    exchange->is_head = config->method == METHOD_HEAD;
    return bytes > 0;
}

static bool make_range(struct exchange *exchange, const struct config *config, uint64_t first,
                       uint64_t bytes)
{
    char range[80];
    snprintf(range, sizeof range, "Range: bytes=%llu-%llu\r\n", (unsigned long long)first,
             (unsigned long long)(first + bytes - 1));
    *exchange = (struct exchange){.status = 206, .length = bytes};
    return make(exchange, config, range);
}

static bool make_upload(struct exchange *exchange, const struct config *config, uint64_t bytes)
{
    char line[64];
    snprintf(line, sizeof line, "Content-Length: %llu\r\n", (unsigned long long)bytes);
    *exchange = (struct exchange){
        .status = (unsigned)config->status, .length = HTTP_UNKNOWN, .upload_bytes = bytes};
    int fence = asprintf(&exchange->fence, "HEAD %s HTTP/1.1\r\nHost: %s\r\n\r\n",
                         config->url.target, config->url.authority);
    exchange->fence_bytes = fence > 0 ? (size_t)fence : 0;
    return fence > 0 && make(exchange, config, line);
}

bool exchange_make(struct exchange *exchange, const struct config *config, int index,
                   uint64_t length)
{
    uint64_t parts = (uint64_t)config->connections, part = (uint64_t)index;
    if (config->download && !config->whole) {
        uint64_t first = config->bytes * part / parts;
        return make_range(exchange, config, first, config->bytes * (part + 1) / parts - first);
    }
    if (config->upload)
        return make_upload(exchange, config,
                           config->upload * (part + 1) / parts - config->upload * part / parts);
    *exchange = (struct exchange){.status = (unsigned)config->status, .length = length};
    return make(exchange, config, "");
}

bool exchange_make_probe(struct exchange *exchange, const struct config *config)
{
    if (config->download && !config->whole)
        return make_range(exchange, config, 0, 1);
    if (config->upload)
        return make_upload(exchange, config, 1);
    return exchange_make(exchange, config, 0, HTTP_UNKNOWN);
}

void exchange_free(struct exchange *exchange)
{
    free(exchange->head);
    free(exchange->fence);
}
