/*
 * When the next request may begin: as long as there is time and budget, at once in the closed loop,
 * when it is due in the open loop, file by file in a transfer.
 */
#ifndef GM_NGINXLOAD_SCHEDULE_H
#define GM_NGINXLOAD_SCHEDULE_H

#include "loop.h"

/* At the beginning of a run. */
void schedule_start(struct loop *loop);

/* Whether requests are still to begin. A transfer begins them only behind one another: false. */
bool schedule_more(const struct loop *loop, uint64_t now);

/* Whether `conn` may begin a request now, and since when that was due. */
bool schedule_may_begin(struct loop *loop, const struct conn *conn, uint64_t now, uint64_t *due_ns);

/* When to look again though no answer has come: at the open loop's next request; else UINT64_MAX.
 */
uint64_t schedule_wake(const struct loop *loop, uint64_t now);

/* At the end of a run: what was due and never sent has waited at least until now. */
void schedule_count_unsent(struct loop *loop, uint64_t now);

#endif
