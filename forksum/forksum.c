/*
 * forksum: what a process costs.
 *
 * `forksum START END` adds up the numbers from START to END with a tree of processes: a node gives
 * each half of its range to a child, reads both sums from pipes and writes its own sum into the
 * pipe to its parent. The tool itself is the root.
 *
 * sum      the time of the whole tree, from the root's first pipe to its last child's end.
 * process  the time per process: the slope of a line through the times of small trees of different
 *          sizes, in which everything is that a process of the big tree does too. Its
 *          intercept, `start`, is what a tree costs beyond its processes.
 *
 * The children run on bare system calls and touch as few pages as possible, so that what is timed
 * is the kernel and the hypervisor below it, not libc.
 *
 * Valid when nothing else competes for the CPU, no process was refused (`retries` is 0), and every
 * sum was right, which is checked against the closed form.
 */
#include "bench.h"
#include "clock.h"
#include "err.h"
#include "method.h"
#include "stats.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct config {
    struct bench bench;
    int method, order, inject;
    uint64_t leaf;
    double patience_s;
} config = {.bench = BENCH_DEFAULTS, .leaf = 1, .patience_s = 10};

static const char *const order_names[] = {"path", "tree", NULL};
static const char *const inject_names[] = {"none",  "wrong",  "kill", "exit",
                                           "short", "starve", NULL};

static const struct opt options[] = {
    {"method", 0, OPT_CHOICE, &config.method, "NAME", "how to make a process", method_names, 0, 0},
    {"order", 0, OPT_CHOICE, &config.order, "NAME", "left half before right, or both at once",
     order_names, 0, 0},
    {"leaf", 0, OPT_COUNT, &config.leaf, "N", "sum up to N numbers without children", NULL, 1,
     0x1p64},
    {"patience", 0, OPT_TIME, &config.patience_s, "T",
     "how long to ask again when the system refuses a process", NULL, 0, 86400},
    {"inject", 0, OPT_CHOICE, &config.inject, "FAULT",
     "for tests: what the leaf with the last number does", inject_names, 0, 0},
};

static const struct tool tool = {
    .name = "forksum",
    .operands = "START END",
    .summary = "The cost of a process: sums the numbers from START to END by a tree of\n"
               "processes, each of which gives its halves to two children.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
};

/* ---- running a tree ---- */

struct run {
    struct tree tree;
    struct range range;
    uint64_t retries;
};

static _Noreturn void die_of(const struct answer *answer)
{
    static const char *const steps[] = {"", "pipe", "start", "exec", "wait", "child", "read"};
    char first[U128_TEXT], last[U128_TEXT], reason[128];
    if (answer->step == STEP_CHILD && WIFSIGNALED(answer->error))
        snprintf(reason, sizeof reason, "killed by signal %d (%s)", WTERMSIG(answer->error),
                 strsignal(WTERMSIG(answer->error)));
    else if (answer->step == STEP_CHILD)
        snprintf(reason, sizeof reason, "exit status %d", WEXITSTATUS(answer->error));
    else if (answer->step == STEP_READ && answer->error == EPIPE)
        snprintf(reason, sizeof reason, "ended without an answer");
    else
        snprintf(reason, sizeof reason, "%s", strerror(answer->error));
    die(STATUS_SYSTEM, "%s for %s..%s: %s; %" PRIu64 " retries", steps[answer->step],
        u128_format(answer->range.first, first), u128_format(answer->range.last, last), reason,
        answer->retries);
}

/* Seconds for one tree over `range`; the sum is checked outside of them. */
static double run_tree(struct run *run, struct range range)
{
    struct job root = {.tree = &run->tree, .range = range, .out = -1, .foreign = {-1, -1, -1}};
    struct answer answer;
    char got[U128_TEXT], wanted[U128_TEXT];

    uint64_t start = clock_ns();
    node_run(&root, &answer);
    double seconds = clock_seconds(start, clock_ns());

    if (answer.step != STEP_NONE)
        die_of(&answer);
    if (answer.sum != range_sum(range))
        die(STATUS_WRONG, "the sum is %s, not %s", u128_format(answer.sum, got),
            u128_format(range_sum(range), wanted));
    double processes = range_shape(range.last - range.first + 1, run->tree.leaf).processes;
    if ((double)answer.processes != processes)
        die(STATUS_WRONG, "%" PRIu64 " processes took part, not %.0f", answer.processes, processes);
    run->retries += answer.retries;
    return seconds;
}

static double run_trees(void *context, uint64_t trees)
{
    struct run *run = context;
    double seconds = 0;
    for (uint64_t i = 0; i < trees; i++)
        seconds += run_tree(run, run->range);
    return seconds;
}

/* ---- the cost per process ---- */

enum { SIZES = 6, LARGEST = 128 };

/* `sweeps` times every size: ranges of 4, 8 ... 128 leaves. Fills x and y with the means. */
static double run_sizes(struct run *run, uint64_t sweeps, double x[SIZES], double y[SIZES])
{
    double total = 0;
    memset(y, 0, SIZES * sizeof y[0]);
    for (uint64_t sweep = 0; sweep < sweeps; sweep++) {
        for (int i = 0; i < SIZES; i++) {
            u128 count = (u128)(LARGEST >> i) * run->tree.leaf;
            double seconds = run_tree(run, (struct range){1, count});
            x[i] = range_shape(count, run->tree.leaf).processes;
            y[i] += seconds / (double)sweeps;
            total += seconds;
        }
    }
    return total;
}

static double calibrate_sizes(void *context, uint64_t sweeps)
{
    double x[SIZES], y[SIZES];
    return run_sizes(context, sweeps, x, y);
}

static void measure(struct run *run, struct report *report, struct usage *usage)
{
    const struct bench *bench = &config.bench;
    struct metric *sum = report_metric(report, "sum", "s", BETTER_LOWER);
    struct metric *process = report_metric(report, "process", "s", BETTER_LOWER);
    struct metric *start = report_metric(report, "start", "s", BETTER_LOWER);
    uint64_t trees = bench_calibrate(run_trees, run, bench->time_s);
    uint64_t sweeps = bench_calibrate(calibrate_sizes, run, bench->time_s);
    double x[SIZES], y[SIZES];

    run->retries = 0;
    for (int rep = bench_first_rep(bench); rep <= bench->reps; rep++) {
        usage_start(usage);
        double seconds = run_trees(run, trees);
        run_sizes(run, sweeps, x, y);
        usage_stop(usage);
        struct line line = stats_line(x, y, SIZES);
        metric_add(sum, rep, seconds / (double)trees);
        metric_add(process, rep, line.slope);
        metric_add(start, rep, line.intercept);
    }
}

/* ---- the command line ---- */

static struct range parse_range(int argc, char **argv, int first)
{
    struct range range;
    if (argc - first != 2)
        opt_usage("needs START and END");
    u128 *const ends[] = {&range.first, &range.last};
    for (int i = 0; i < 2; i++) {
        if (!u128_parse(argv[first + i], ends[i]))
            opt_usage("'%s' is no whole number below 2^128", argv[first + i]);
    }
    if (range.first > range.last)
        opt_usage("START %s is greater than END %s", argv[first], argv[first + 1]);
    if (!range_fits(range))
        opt_usage("the sum of %s to %s does not fit 128 bits", argv[first], argv[first + 1]);
    return range;
}

int main(int argc, char **argv)
{
    struct run run = {0};
    struct usage usage = {0};
    char text[U128_TEXT];

    run.range = parse_range(argc, argv, bench_parse(&config.bench, &tool, argc, argv));
    run.tree = (struct tree){
        .method = &methods[config.method],
        .leaf = config.leaf,
        .injected = run.range.last,
        .patience_ns = (uint64_t)(config.patience_s * 1e9),
        .order = config.order,
        .inject = config.inject,
    };
    signal(SIGCHLD, SIG_DFL); /* ignored, it would leave no child to wait for */

    struct report *report = report_new(tool.name);
    measure(&run, report, &usage);
    bench_facts(&config.bench, &tool, &usage, report);
    const char *sum = u128_format(range_sum(run.range), text);
    struct shape shape = range_shape(run.range.last - run.range.first + 1, run.tree.leaf);
    report_fact(report, "result", "%s", sum);
    report_fact(report, "processes", "%.0f", shape.processes);
    report_fact(report, "retries", "%" PRIu64, run.retries);
    if (config.bench.format == FORMAT_TEXT)
        printf("%s\n", sum);
    report_print(report, (enum format)config.bench.format);
    report_free(report);
    return STATUS_GOOD;
}
