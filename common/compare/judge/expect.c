#include "expect.h"

#include "catalog.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const expectation_names[] = {"held", "open", "not held", ""};

struct cost {
    double log, low, high;
    bool known;
};

static struct cost cost_of(const struct row *row, const struct result *result)
{
    if (result == row->baseline)
        return (struct cost){.known = true};
    if (!result->has_ratio || result == row->twin)
        return (struct cost){.known = false};
    return (struct cost){result->ratio.log_mean, result->ratio.low, result->ratio.high, true};
}

struct expected expect_row(const struct row *row)
{
    struct expected found = {.outcome = EXPECT_NOTHING};
    double worst = 0;
    for (size_t i = 0; i < row->count; i++) {
        for (size_t k = 0; k < row->count; k++) {
            const struct result *low = &row->results[i], *high = &row->results[k];
            enum kind should_cost_less = platform_kind(low->platform);
            enum kind should_cost_more = platform_kind(high->platform);
            struct cost less = cost_of(row, low), more = cost_of(row, high);
            if (!less.known || !more.known || should_cost_less >= should_cost_more ||
                should_cost_more == KIND_OTHER)
                continue;
            enum expectation outcome = EXPECT_HELD;
            double by = less.log - more.log;
            if (by > row->floor)
                outcome = more.high < less.low - row->floor ? EXPECT_NOT_HELD : EXPECT_OPEN;
            if (found.outcome == EXPECT_NOTHING || outcome > found.outcome ||
                (outcome == found.outcome && by > worst)) {
                found = (struct expected){outcome, high, low};
                worst = by;
            }
        }
    }
    return found;
}

/* What usually lies behind a guest that seems to be faster than its host. */
static const char *suspect(const struct row *row, const struct result *cheaper)
{
    bool guest = platform_kind(cheaper->platform) >= KIND_KVM;
    static const struct {
        const char *benchmark, *guest, *other;
    } suspects[] = {
        {"diskrand", "the host may cache the guest's disk in memory; compare with cache=none",
         "the data folders may lie on different disks or file systems"},
        {"nginxload", "the server may have more or other CPUs than natively; look at both bills",
         "look at which CPUs server and client had"},
        {"memsweep", "the guest's memory may be backed by huge pages where the host's is not",
         "look at the page-size facts of both"},
        {"linpack", "another instruction set or clock rate; look at the isa and frequency facts",
         "look at which CPUs and clock rates both had"},
        {"forksum", "the guest's kernel may leave out mitigations that the host has",
         "look at the mitigations and the cgroup limits of both"},
        {"platform", "what counts as started differs; see what the adapter waits for",
         "what counts as started differs; see what the adapter waits for"},
    };
    for (size_t i = 0; i < sizeof suspects / sizeof suspects[0]; i++) {
        if (strcmp(suspects[i].benchmark, row->metric->benchmark) == 0)
            return guest ? suspects[i].guest : suspects[i].other;
    }
    return "no guard explains it; look at the facts of both";
}

const char *expect_why(char *text, size_t bytes, const struct row *row,
                       const struct expected *expected, const struct remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++) {
        const struct remark *remark = &remarks->at[i];
        if (remark_touches(remark, row, expected->cheaper->platform) ||
            remark_touches(remark, row, expected->dearer->platform)) {
            snprintf(text, bytes, "guard %s [%zu]: %s", remark->guard, i + 1, remark->evidence);
            return text;
        }
    }
    snprintf(text, bytes, "%s",
             expected->outcome == EXPECT_NOT_HELD ? suspect(row, expected->cheaper)
                                                  : "the intervals overlap; more rounds will tell");
    return text;
}
