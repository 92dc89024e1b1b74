/* The requests that the connections send. */
#ifndef GM_NGINXLOAD_EXCHANGE_H
#define GM_NGINXLOAD_EXCHANGE_H

#include "config.h"
#include "conn.h"

extern const char *const method_names[]; /* enum method; ends with NULL */

/*
 * The request of connection `index`: in a transfer that connection's part of the file, of
 * config->bytes or config->upload bytes split evenly. `length` is the body length that a request
 * outside a transfer must be answered with. False without memory. Free it by exchange_free().
 */
bool exchange_make(struct exchange *exchange, const struct config *config, int index,
                   uint64_t length);

/*
 * The request that is sent once, before all others: one byte of a file, one byte of
 * an upload, otherwise the real one.
 */
bool exchange_make_probe(struct exchange *exchange, const struct config *config);

void exchange_free(struct exchange *exchange);

#endif
