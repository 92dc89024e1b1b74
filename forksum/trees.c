#include "trees.h"

#include "clock.h"
#include "err.h"
#include "family.h"
#include "heap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { LARGEST = 16 }; /* so that all sizes together are a step of some 20 ms */

double tree_time(const struct tree *tree, struct range range, struct answer *answer)
{
    struct job root = {.tree = tree, .range = range, .out = -1, .foreign = {-1, -1, -1}};
    heap_withhold();
    uint64_t start = clock_ns();
    node_run(&root, answer);
    uint64_t end = clock_ns();
    heap_restore();
    return clock_seconds(start, end);
}

const char *answer_reason(const struct answer *answer)
{
    static const char *const steps[] = {"",     "pipe",  "new process", "exec",
                                        "wait", "child", "answer"};
    static char text[256];
    char first[U128_TEXT], last[U128_TEXT], reason[96];
    int error = answer->error;
    if (answer->step == STEP_CHILD && WIFSIGNALED(error))
        snprintf(reason, sizeof reason, "killed by signal %d", WTERMSIG(error));
    else if (answer->step == STEP_CHILD)
        snprintf(reason, sizeof reason, "exit status %d", WEXITSTATUS(error));
    else if (answer->step == STEP_READ && error == EPIPE)
        snprintf(reason, sizeof reason, "the child ended without one");
    else
        snprintf(reason, sizeof reason, "%s", strerror(error));
    int used = snprintf(text, sizeof text, "%s for %s..%s: %s", steps[answer->step],
                        u128_format(answer->range.first, first),
                        u128_format(answer->range.last, last), reason);
    if (answer->retries)
        snprintf(text + used, sizeof text - (size_t)used, " (asked %" PRIu64 " times in vain)",
                 answer->retries);
    return text;
}

/* Seconds for one tree, outside of which its answer is checked. */
static double run_tree(struct trees *trees, struct range range)
{
    char got[U128_TEXT], wanted[U128_TEXT];
    struct answer answer;
    double seconds = tree_time(&trees->tree, range, &answer);

    if (answer.step != STEP_NONE) {
        family_end();
        die(STATUS_SYSTEM, "%s", answer_reason(&answer));
    }
    if (answer.sum != range_sum(range))
        die(STATUS_WRONG, "the sum is %s, not %s", u128_format(answer.sum, got),
            u128_format(range_sum(range), wanted));
    struct shape shape = range_shape(range.last - range.first + 1, trees->tree.leaf);
    if ((double)answer.processes != shape.processes)
        die(STATUS_WRONG, "%" PRIu64 " processes took part, not %.0f", answer.processes,
            shape.processes);
    trees->retries += answer.retries;
    return seconds;
}

static double run_whole(void *context, uint64_t count)
{
    struct trees *trees = context;
    double seconds = 0;
    for (uint64_t i = 0; i < count; i++)
        seconds += run_tree(trees, trees->range);
    return seconds;
}

/* The smaller the tree, the more often it runs: each size gets the same number of processes. */
static double run_sweeps(struct trees *trees, uint64_t sweeps, double x[TREE_SIZES],
                         double y[TREE_SIZES])
{
    double total = 0;
    for (int i = 0; i < TREE_SIZES; i++) {
        u128 count = (u128)(LARGEST >> i) * trees->tree.leaf;
        x[i] = range_shape(count, trees->tree.leaf).processes;
        y[i] = 0;
    }
    for (uint64_t run = 0; run < sweeps << (TREE_SIZES - 1); run++) {
        for (int i = TREE_SIZES - 1; i >= 0 && run % (1u << (TREE_SIZES - 1 - i)) == 0; i--) {
            u128 count = (u128)(LARGEST >> i) * trees->tree.leaf;
            double seconds = run_tree(trees, (struct range){1, count});
            y[i] += seconds / (double)(sweeps << i);
            total += seconds;
        }
    }
    return total;
}

static double run_sizes(void *context, uint64_t sweeps)
{
    double x[TREE_SIZES], y[TREE_SIZES];
    return run_sweeps(context, sweeps, x, y);
}

void trees_calibrate(struct trees *trees, double time_s)
{
    trees->whole = bench_calibrate(run_whole, trees, time_s);
    trees->sweeps = bench_calibrate(run_sizes, trees, time_s);
}

double trees_sum(struct trees *trees)
{
    return run_whole(trees, trees->whole) / (double)trees->whole;
}

void trees_sizes(struct trees *trees, double x[TREE_SIZES], double y[TREE_SIZES])
{
    run_sweeps(trees, trees->sweeps, x, y);
}
