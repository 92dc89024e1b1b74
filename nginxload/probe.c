#include "probe.h"

#include "clock.h"
#include "err.h"
#include "exchange.h"
#include "loop.h"

#include <stdlib.h>
#include <string.h>

enum { RETRY_NS = 20000000 };

/* Sends one request to one address. */
static enum outcome try_address(const struct config *config, struct exchange *exchange,
                                const struct address *address, struct http *http, int *error)
{
    struct loop loop;
    struct load load = {
        .threads = 1, .requests = 1, .timeout_ns = (uint64_t)(config->timeout_s * 1e9)};
    enum outcome outcome = OUTCOME_CONNECT;
    if (!loop_init(&loop, 1, DISCARD_AUTO))
        die_errno(STATUS_SYSTEM, "probe");
    loop.load = &load;
    loop.pool.address = address;
    loop.pool.upload = "x";
    loop.pool.upload_block = 1;
    loop.conns[0].exchange = exchange;
    if (loop_connect(&loop)) {
        load.start_ns = clock_ns();
        loop_run(&loop);
        for (int i = OUTCOME_GOOD + 1; i < OUTCOME_COUNT; i++) {
            if (loop.tally.errors[i])
                outcome = (enum outcome)i;
        }
        if (loop.tally.good)
            outcome = OUTCOME_GOOD;
    }
    *http = loop.conns[0].http;
    *error = loop.connect_error;
    loop_free(&loop);
    return outcome;
}

static _Noreturn void refuse(const struct config *config, const char *url, enum outcome outcome,
                             const struct http *http, int error)
{
    if (outcome == OUTCOME_CONNECT)
        die(STATUS_SYSTEM, "%s: cannot connect: %s", url, strerror(error));
    if (outcome == OUTCOME_TIMEOUT)
        die(STATUS_SYSTEM, "%s: no answer within %g s", url, config->timeout_s);
    if (outcome == OUTCOME_RESET)
        die(STATUS_SYSTEM, "%s: the server closes the connection without an answer", url);
    if (outcome == OUTCOME_STATUS && config->download && !config->whole && http->status == 200)
        die(STATUS_UNAVAILABLE,
            "%s: the server does not serve ranges, so that a file cannot be "
            "split; try --whole",
            url);
    if (outcome == OUTCOME_STATUS && config->upload && config->status == 0)
        die(STATUS_WRONG, "%s: status %u, expected 2xx", url, http->status);
    if (outcome == OUTCOME_STATUS)
        die(STATUS_WRONG, "%s: status %u, expected %d", url, http->status,
            config->download && !config->whole ? 206 : config->status);
    die(STATUS_WRONG, "%s: the answer is wrong: %s", url, outcome_names[outcome]);
}

/* Whether waiting may help. */
static bool is_passing(enum outcome outcome)
{
    return outcome == OUTCOME_CONNECT || outcome == OUTCOME_RESET || outcome == OUTCOME_TIMEOUT ||
           outcome == OUTCOME_SHORT;
}

struct probe probe_server(const struct config *config, const char *url)
{
    struct address list[ADDRESS_MAX];
    struct exchange exchange;
    struct http http = {0};
    const char *why = "no such host";
    uint64_t deadline = clock_ns() + (uint64_t)(config->wait_up_s * 1e9);
    if (!exchange_make_probe(&exchange, config))
        die(STATUS_SYSTEM, "out of memory");
    for (;;) {
        int count = resolve(&config->url, list, &why), error = 0;
        enum outcome outcome = OUTCOME_CONNECT;
        for (int i = 0; i < count; i++) {
            outcome = try_address(config, &exchange, &list[i], &http, &error);
            if (outcome == OUTCOME_GOOD) {
                struct probe probe = {.address = list[i], .length = http.body, .total = http.total};
                memcpy(probe.digest, exchange.digest, sizeof probe.digest);
                exchange_free(&exchange);
                return probe;
            }
            if (!is_passing(outcome))
                break;
        }
        if (!is_passing(outcome) || clock_ns() >= deadline) {
            if (count == 0)
                die(STATUS_SYSTEM, "%s: %s", config->url.host, why);
            refuse(config, url, outcome, &http, error);
        }
        clock_sleep_until(clock_ns() + RETRY_NS);
    }
}
