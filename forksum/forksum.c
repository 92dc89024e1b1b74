/*
 * forksum: what a process costs.
 *
 * `forksum START END` adds up the numbers from START to END by a tree of processes: a node gives
 * each half of its range to a child, reads both sums from pipes and writes its own into the pipe
 * to its parent. The tool itself is the root.
 *
 * sum      the time of the whole tree, from the root's first pipe to its last child's end.
 * process  the time per process: the slope of a line through the times of small trees of different
 *          sizes, in which everything is that a process of the big tree does too. Its intercept,
 *          `start`, is what a tree costs beyond its processes.
 * rate     processes per second that do nothing, made by one creator or by several at once;
 *          single.* are the quantiles of the time of one of them, from making it to having waited.
 * create, begin, exit, wait: the parts of that time.
 *
 * The children run on bare system calls and touch as few pages as possible, so that what is timed
 * is the kernel and the hypervisor below it, not libc.
 *
 * Valid when nothing else competes for the CPU and no process was refused (`retries` is 0). Every
 * sum is checked against the closed form, and every process that took part is counted.
 */
#include "anew.h"
#include "bench.h"
#include "choose.h"
#include "columns.h"
#include "err.h"
#include "family.h"
#include "heap.h"
#include "limits.h"
#include "mem.h"
#include "method.h"
#include "rseq.h"
#include "singles.h"
#include "trees.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct config {
    struct bench bench;
    int method, order, inject, parallel;
    bool exec;
    uint64_t leaf, ballast;
    double patience_s;
} config = {
    .bench = BENCH_DEFAULTS, .method = METHOD_AUTO, .parallel = 1, .leaf = 1, .patience_s = 10};

static const char *const order_names[] = {"path", "tree", NULL};
static const char *const inject_names[] = {"none",  "wrong",  "kill", "exit",
                                           "short", "starve", NULL};

static const struct opt options[] = {
    {"method", 'k', OPT_CHOICE, &config.method, "NAME",
     "how to make a process; auto is fork, or what there is", method_names, 0, 0},
    {"order", 0, OPT_CHOICE, &config.order, "NAME",
     "left half before right, or both at once as a whole tree", order_names, 0, 0},
    {"exec", 0, OPT_FLAG, &config.exec, NULL, "children run this program anew", NULL, 0, 0},
    {"leaf", 0, OPT_COUNT, &config.leaf, "N", "sum up to N numbers without children", NULL, 1,
     0x1p64},
    {"ballast", 0, OPT_SIZE, &config.ballast, "SIZE",
     "resident memory of the process that forks: page tables to copy", NULL, 0, 0},
    {"parallel", 'j', OPT_INT, &config.parallel, "N", "creators at once for rate and single", NULL,
     1, FAMILY_MAX - 2},
    {"patience", 0, OPT_TIME, &config.patience_s, "T",
     "how long to ask again when the system refuses a process", NULL, 0, 86400},
    {"inject", 0, OPT_CHOICE, &config.inject, "FAULT", NULL, inject_names, 0, 0},
};

static const struct tool_metric tool_metrics[] = {
    {"sum", "s", "the whole tree, from START and END to the sum"},
    {"process", "s", "what one process more costs: slope of a line through trees of several sizes"},
    {"start", "s", "that line's intercept: a tree of no process"},
    {"rate", "1/s", "processes made and waited for, one after the other or --parallel"},
    {"create", "s", "parts of one process' life: the call that makes it"},
    {"begin", "s", "from that call to its first instruction"},
    {"exit", "s", "from its last instruction to the news of it"},
    {"wait", "s", "the call that takes the news"},
    {"single", "s", "quantiles of one process' whole life: single.p50, single.p90 ..."},
};

static const struct tool tool = {
    .name = "forksum",
    .operands = "START END",
    .summary = "The cost of a process: sums the numbers from START to END by a tree of\n"
               "processes, each of which gives its halves to two children.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .time_help = "least duration of each part of a repetition: the sum, the small trees, the "
                 "single processes; create to wait take a quarter",
    .metrics = tool_metrics,
    .metric_count = sizeof tool_metrics / sizeof tool_metrics[0],
    .notes = "Methods: fork copies the process; vfork and clone run in its memory, vfork\n"
             "while it stands still; spawn runs this program anew as posix_spawn() does;\n"
             "thread makes threads instead.\n",
    .examples = "  forksum 1 5000                 12502500, by 499 processes\n"
                "  forksum 1 1000 --method spawn  where there is no fork\n",
};

/* ---- setup ---- */

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

/* ---- measuring ---- */

static _Noreturn void die_of(const struct answer *failure)
{
    family_end();
    die(method_lacking(failure->error) && failure->step == STEP_START ? STATUS_UNAVAILABLE
                                                                      : STATUS_SYSTEM,
        "%s", answer_reason(failure));
}

struct metrics {
    struct metric *sum, *process, *start, *rate, *create, *begin, *exit, *wait;
};

static void add_phases(struct singles *singles, struct metrics *metrics, struct usage *usage,
                       int rep)
{
    struct phases phases = {0};
    usage_start(usage);
    int error = singles_phases(singles, config.bench.time_s / 4, &phases);
    usage_stop(usage, rep);
    if (error)
        die_of(&(struct answer){.step = STEP_START, .error = error});
    metric_add(metrics->create, rep, phases.create);
    if (phases.begin > 0)
        metric_add(metrics->begin, rep, phases.begin);
    if (phases.exit > 0)
        metric_add(metrics->exit, rep, phases.exit);
    if (phases.wait > 0)
        metric_add(metrics->wait, rep, phases.wait);
}

/* One part of it, in microseconds, if it was measured. Returns its seconds. */
static double part_of(char *text, size_t bytes, const char *what, double seconds)
{
    size_t at = strlen(text);
    if (!(seconds > 0))
        return 0;
    snprintf(text + at, bytes - at, "%s %s %.*f", at ? "," : "", what, seconds < 1e-4,
             seconds * 1e6);
    return seconds;
}

/*
 * What a process costs here, and where it goes. `begin` counts from the same moment as `create`:
 * what it is longer is the way to the CPU. A child that begins before that call returns runs beside
 * its parent, or instead of it, so that the parts overlap and leave no rest to be named.
 */
static void note_cost(const struct metrics *metrics, struct report *report)
{
    double process = metric_median(metrics->process), create = metric_median(metrics->create);
    double late = metric_median(metrics->begin) - create;
    char text[240] = "";
    if (!(process > 0) || !(create > 0))
        return;
    double parts = part_of(text, sizeof text, "create", create);
    parts += part_of(text, sizeof text, "to begin", late);
    parts += part_of(text, sizeof text, "exit", metric_median(metrics->exit));
    parts += part_of(text, sizeof text, "wait", metric_median(metrics->wait));
    if (late > 0)
        part_of(text, sizeof text, "pipes", process - parts);
    report_note(report, "a process costs %.*f us:%s", process < 1e-4, process * 1e6, text);
}

/*
 * The sum is what turns are about. A servant measures the rest in every so many of its steps, and
 * leaves it out of its facts, so that these are of as many sums wherever it serves.
 */
enum { STEPS_PER_DETAIL = 8 };

static bool has_details(const struct bench *bench, int rep)
{
    return !bench->steps || rep % STEPS_PER_DETAIL == 1;
}

static void measure(struct trees *trees, struct singles *singles, struct report *report,
                    struct usage *usage)
{
    struct bench *bench = &config.bench;
    struct metrics metrics = {
        .sum = report_metric(report, "sum", "s", BETTER_LOWER),
        .process = report_metric(report, "process", "s", BETTER_LOWER),
        .start = report_metric(report, "start", "s", BETTER_LOWER),
        .rate = report_metric(report, "rate", "1/s", BETTER_HIGHER),
        .create = report_metric(report, "create", "s", BETTER_LOWER),
        .begin = report_metric(report, "begin", "s", BETTER_LOWER),
        .exit = report_metric(report, "exit", "s", BETTER_LOWER),
        .wait = report_metric(report, "wait", "s", BETTER_LOWER),
    };
    static struct hist hist;
    double x[TREE_SIZES], y[TREE_SIZES];
    struct line line = {0};

    hist_clear(&hist);
    for (int rep = bench_first_rep(bench); bench_goes_on(bench, report, rep); rep++) {
        struct answer failure = {0};
        usage_start(usage);
        metric_add(metrics.sum, rep, trees_sum(trees));
        usage_stop(usage, rep);
        family_sweep();
        if (!has_details(bench, rep))
            continue;
        usage_start(usage);
        trees_sizes(trees, x, y);
        double rate =
            singles_rate(singles, bench->time_s, column_rep_counts(rep) ? &hist : NULL, &failure);
        usage_stop(usage, bench->steps ? 0 : rep);
        if (rate <= 0)
            die_of(&failure);
        line = stats_line(x, y, TREE_SIZES);
        metric_add(metrics.process, rep, line.slope);
        metric_add(metrics.start, rep, line.intercept);
        metric_add(metrics.rate, rep, rate);
        add_phases(singles, &metrics, usage, rep);
        family_sweep();
    }
    report_histogram(report, "single", &hist);
    note_cost(&metrics, report);
    report_fact(report, "process.error", "%.3g s, of the last repetition's line", line.slope_error);
    report_fact(report, "start.error", "%.3g s", line.intercept_error);
}

/* ---- main ---- */

static void add_facts(const struct trees *trees, const struct singles *singles,
                      const struct demand *demand, enum method_id method, struct report *report)
{
    char text[U128_TEXT];
    struct shape shape = range_shape(trees->range.last - trees->range.first + 1, trees->tree.leaf);
    report_fact(report, "result", "%s", u128_format(range_sum(trees->range), text));
    report_fact(report, "method", "%s%s", method_names[method],
                trees->tree.program && !methods[method].execs ? " and exec" : "");
    report_fact(report, "processes", "%.0f", shape.processes);
    uint64_t retries = trees->retries + singles_retries(singles);
    report_fact(report, "retries", "%" PRIu64, retries);
    if (retries)
        report_note(report, "%" PRIu64 " times a process was refused: the times hold waiting",
                    retries);
    limits_facts(demand, report);
}

static struct trees trees_of(struct range range)
{
    enum method_id likely = config.method == METHOD_AUTO ? METHOD_FORK : config.method;
    return (struct trees){
        .range = range,
        .tree =
            {
                .method = methods[likely],
                .leaf = config.leaf,
                .injected = range.last,
                .patience_ns = (uint64_t)(config.patience_s * 1e9),
                .order = config.order,
                .inject = config.inject,
                .root = getpid(),
                .family = family,
            },
    };
}

static void map_ballast(struct mem *ballast)
{
    if (config.ballast == 0)
        return;
    mem_require(config.ballast, "--ballast");
    int error = mem_map_touched(ballast, config.ballast, PAGES_4K);
    if (error)
        die(STATUS_SYSTEM, "--ballast: %s", strerror(error));
}

int main(int argc, char **argv)
{
    struct usage usage = {0};
    struct mem ballast = {0};
    char text[U128_TEXT];

    if (anew_is_job(argv))
        anew_main(argv);
    struct range range = parse_range(argc, argv, bench_parse(&config.bench, &tool, argc, argv));
    struct trees trees = trees_of(range);
    struct demand demand = {&trees.tree, range, config.parallel, config.ballast};
    struct report *report = report_new(tool.name);
    report_title(report, "%s..%s", argv[argc - 2], argv[argc - 1]);

    family_init();
    /* Where it is written to is a page more to be copied in every child, and one in its parent. */
    bool withheld = rseq_unregister() && heap_find();
    limits_require(&demand);
    map_ballast(&ballast);
    enum method_id method = choose_method(&trees, config.method, config.exec, report);
    limits_require(&demand); /* the method may be another one now */
    struct singles *singles = singles_new(&trees.tree, config.parallel, &config.bench.cpus);
    trees_calibrate(&trees, config.bench.time_s);
    measure(&trees, singles, report, &usage);

    bench_facts(&config.bench, &tool, &usage, report);
    add_facts(&trees, singles, &demand, method, report);
    if (method == METHOD_FORK)
        report_fact(report, "heap", withheld ? "withheld from children" : "copied to children");
    if (config.bench.format == FORMAT_TEXT)
        printf("%s\n", u128_format(range_sum(range), text));
    report_print(report, (enum format)config.bench.format);
    report_free(report);
    singles_free(singles);
    mem_unmap(&ballast);
    return STATUS_GOOD;
}
