/*
 * cmd: a program of the user's own, as a benchmark.
 *
 * Runs a command again and again, and reports how long it takes from its start to its end, or the
 * number that it prints on its last line. The driver carries this program, and the user's, into
 * every platform (common/driver/carry.sh).
 *
 * time    one run: from before posix_spawn() to after waitpid(). Runs that are shorter than --time
 *         are done several times in a repetition, and their mean is the sample.
 * value   what the command says it measured, one run for each repetition.
 *
 * What is timed holds the kernel's part of a start and an end, which is a part of what a program
 * costs. The command's stdin is empty; its stdout goes to /dev/null, or for a value to a file in
 * memory, as its stderr always does: nothing is read while it runs. Its environment is the same few
 * variables everywhere, and its working folder --in.
 *
 * Valid where every run ends with status 0. Whether its answer is right only the command can tell.
 */
#include "bench.h"
#include "clock.h"
#include "err.h"
#include "run.h"
#include "said.h"

#include <math.h>
#include <unistd.h>

static struct config {
    struct bench bench;
    bool value;
    const char *unit, *folder, *called;
    int better;
} config = {.bench = BENCH_DEFAULTS, .unit = "1", .folder = ".", .better = BETTER_HIGHER};

static const char *const better_choices[] = {"lower", "higher", NULL};

static const struct opt options[] = {
    {"value", 0, OPT_FLAG, &config.value, NULL,
     "the sample is the last number on the last line that the command prints", NULL, 0, 0},
    {"unit", 0, OPT_TEXT, &config.unit, "UNIT", "of that number", NULL, 0, 0},
    {"better", 0, OPT_CHOICE, &config.better, "WHICH", "such numbers are better", better_choices, 0,
     0},
    {"in", 0, OPT_TEXT, &config.folder, "FOLDER", "where the command runs", NULL, 0, 0},
    {"called", 0, OPT_TEXT, &config.called, "NAME",
     "what to call it in messages, instead of its first word", NULL, 0, 0},
};

static const struct tool_metric tool_metrics[] = {
    {"time", "s", "one run, from its start to its end"},
    {"value", "UNIT", "with --value: what it prints"},
};

static const struct tool tool = {
    .name = "cmd",
    .operands = "-- COMMAND [ARGUMENT...]",
    .summary = "How long a command takes, or what it says it measured.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .time_help = "least duration of a repetition: a shorter command runs several times",
    .metrics = tool_metrics,
    .metric_count = sizeof tool_metrics / sizeof tool_metrics[0],
    .notes = "77: the command cannot be run here, which lacks its file, interpreter or library.\n",
    .examples = "  cmd -- gzip -c /etc/services                   seconds\n"
                "  cmd --value --unit B/s -- ./bench --size 1000  what it prints last\n",
};

/* The time of so many runs; ends the process if one of them fails. */
static double runs(void *context, uint64_t count)
{
    struct run *run = context;
    run_clear(run);
    uint64_t start = clock_ns();
    for (uint64_t i = 0; i < count; i++) {
        if (!run_once(run))
            run_explain(run);
    }
    return clock_seconds(start, clock_ns());
}

static double value_of(struct run *run)
{
    char line[SAID_MOST];
    double value = NAN;
    said_last(run->out, line);
    if (!said_number(line, &value))
        die(STATUS_WRONG, "%s: its last line '%.60s' holds no number", run->name, line);
    return value;
}

static void measure(struct run *run, struct report *report, struct usage *usage)
{
    struct bench *bench = &config.bench;
    struct metric *metric =
        config.value ? report_metric(report, "value", config.unit, (enum better)config.better)
                     : report_metric(report, "time", "s", BETTER_LOWER);
    uint64_t count = config.value ? 1 : bench_calibrate(runs, run, bench->time_s);
    for (int rep = bench_first_rep(bench); bench_goes_on(bench, report, rep); rep++) {
        usage_start(usage);
        double seconds = runs(run, count);
        usage_stop(usage, rep);
        metric_add(metric, rep, config.value ? value_of(run) : seconds / (double)count);
    }
    report_fact(report, "runs", "%llu in a repetition", (unsigned long long)count);
}

int main(int argc, char **argv)
{
    struct usage usage = {0};
    int first = bench_parse(&config.bench, &tool, argc, argv);
    if (first == argc)
        opt_usage("no command");
    if (chdir(config.folder) != 0)
        die_errno(STATUS_SYSTEM, "%s", config.folder);
    struct run run = {.words = argv + first, .name = config.called, .keep_out = config.value};
    run_prepare(&run);
    struct report *report = report_new(tool.name);
    report_title(report, "%s", run.name);
    measure(&run, report, &usage);
    bench_facts(&config.bench, &tool, &usage, report);
    report_print(report, (enum format)config.bench.format);
    report_free(report);
    return STATUS_GOOD;
}
