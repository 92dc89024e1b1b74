/*
 * What the reader must know beside the figures, as numbered sentences: guards that did not pass,
 * trials that failed, and what the values themselves look suspicious for. Equal ones of
 * several rounds or platforms are one remark, and so are trials of several benchmarks that failed
 * for one reason.
 */
#ifndef GM_COMPARE_REMARKS_H
#define GM_COMPARE_REMARKS_H

#include "analysis.h"

enum remark_kind { REMARK_MARK, REMARK_VOID, REMARK_FAILED, REMARK_CHECK };
extern const char *const remark_kinds[]; /* "marked", "void", "failed", "check" */

struct remark {
    int group;
    enum remark_kind kind;
    char *platform, *benchmark; /* several are separated by ", "; benchmark "-": all of them */
    const char *metric;         /* NULL: every metric of the benchmark */
    const char *guard;
    char *evidence, *advice; /* what was seen; what to do about it */
    size_t rounds;           /* in how many trials; the evidence has the range of their numbers */
};

struct remarks {
    struct remark *at;
    size_t count, room;
};

struct remarks remarks_of(const struct analysis *analysis);
void remarks_free(struct remarks *remarks);

/* Whether the remark belongs to this platform's figure in this row. */
bool remark_touches(const struct remark *remark, const struct row *row, const char *platform);

#endif
