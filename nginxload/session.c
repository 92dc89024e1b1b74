#include "session.h"

#include "clock.h"
#include "err.h"
#include "exchange.h"
#include "rng.h"

#include <stdlib.h>
#include <string.h>

enum { UPLOAD_BLOCK = 256 << 10 };

static void *must(void *pointer)
{
    if (!pointer)
        die(STATUS_SYSTEM, "out of memory");
    return pointer;
}

static void make_exchanges(struct session *session, const struct config *config)
{
    session->exchange_count = is_transfer(config) ? config->connections : 1;
    session->exchanges = must(calloc((size_t)session->exchange_count, sizeof *session->exchanges));
    for (int i = 0; i < session->exchange_count; i++) {
        if (!exchange_make(&session->exchanges[i], config, i, session->probe.length))
            must(NULL);
        /* Threads share it, and must not write to it: the probe has seen the body first. */
        if (config->verify && !config->download) {
            session->exchanges[i].digest_known = true;
            memcpy(session->exchanges[i].digest, session->probe.digest, SHA256_BYTES);
        }
    }
    if (config->upload) {
        struct rng rng;
        rng_seed(&rng, config->bench.seed, 0);
        session->upload = must(malloc(UPLOAD_BLOCK));
        rng_fill(&rng, session->upload, UPLOAD_BLOCK);
    }
}

/* Connection number i belongs to thread i % threads. */
static void make_loops(struct session *session, const struct config *config)
{
    int threads = config->threads;
    session->loops = must(calloc((size_t)threads, sizeof *session->loops));
    for (int rank = 0; rank < threads; rank++) {
        struct loop *loop = &session->loops[rank];
        int count = config->connections / threads + (rank < config->connections % threads);
        if (!loop_init(loop, count, (enum discard_way)config->discard))
            die_errno(STATUS_SYSTEM, "connections of thread %d", rank);
        loop->load = &session->load;
        loop->rank = rank;
        loop->pool.address = &session->probe.address;
        loop->pool.upload = session->upload;
        loop->pool.upload_block = UPLOAD_BLOCK;
        for (int i = 0; i < count; i++)
            loop->conns[i].exchange =
                &session->exchanges[(i * threads + rank) % session->exchange_count];
    }
}

void session_open(struct session *session, const struct config *config, const struct probe *probe)
{
    *session = (struct session){.probe = *probe};
    struct load *load = &session->load;
    load->threads = config->threads;
    load->requests = config->requests;
    load->time_s = config->requests ? 0 : config->bench.time_s;
    load->rate = config->rate;
    load->close = config->close;
    load->timeout_ns = (uint64_t)(config->timeout_s * 1e9);
    load->transfer = is_transfer(config);
    make_exchanges(session, config);
    make_loops(session, config);
    session->team = team_new(config->threads, &config->bench.cpus);
    if (!session->team)
        die_errno(STATUS_SYSTEM, "%d threads", config->threads);
}

int session_connect(struct session *session, const struct config *config)
{
    int open = 0, error = 0;
    if (config->close)
        return config->connections;
    for (int rank = 0; rank < config->threads; rank++) {
        open += loop_connect(&session->loops[rank]);
        if (session->loops[rank].connect_error)
            error = session->loops[rank].connect_error;
    }
    if (open == 0)
        die(STATUS_SYSTEM, "%s: cannot connect: %s", config->url.authority, strerror(error));
    return open;
}

static void work(void *context, int rank)
{
    struct session *session = context;
    if (rank == 0)
        session->load.start_ns = clock_ns();
    team_barrier(session->team);
    loop_run(&session->loops[rank]);
}

void session_run(struct session *session)
{
    atomic_store(&session->load.files, 1);
    team_run(session->team, work, session);
}

void session_close(struct session *session)
{
    team_free(session->team);
    for (int rank = 0; rank < session->load.threads; rank++)
        loop_free(&session->loops[rank]);
    for (int i = 0; i < session->exchange_count; i++)
        exchange_free(&session->exchanges[i]);
    free(session->loops);
    free(session->exchanges);
    free(session->upload);
}
