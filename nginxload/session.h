/* The threads with their connections, set up once and run once per repetition. */
#ifndef GM_NGINXLOAD_SESSION_H
#define GM_NGINXLOAD_SESSION_H

#include "config.h"
#include "loop.h"
#include "probe.h"
#include "team.h"

struct session {
    struct load load;
    struct loop *loops; /* one per thread */
    struct team *team;
    struct probe probe;
    struct exchange *exchanges; /* one, or one per connection in a transfer */
    int exchange_count;
    char *upload; /* what uploads consist of */
};

/* Ends the process with one line when something cannot be had. */
void session_open(struct session *session, const struct config *config, const struct probe *probe);

/*
 * Connects what is not connected; returns how many connections there are. Ends the process with
 * status 1 if there is none.
 */
int session_connect(struct session *session, const struct config *config);

/* One repetition. */
void session_run(struct session *session);

void session_close(struct session *session);

#endif
