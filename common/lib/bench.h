/*
 * What the five programs share when they measure: the common options, calibration of work to a
 * duration, and the facts about the machine and about what disturbed the timed regions.
 *
 * The timed region of a tool holds two clock reads and the work, nothing else. A tool's loop reads:
 *
 *     for (int rep = bench_first_rep(&bench); bench_goes_on(&bench, report, rep); rep++) {
 *         usage_start(&usage);
 *         double seconds = ...;             (the timed region)
 *         usage_stop(&usage, rep);
 *         verify, or die(STATUS_WRONG, ...)
 *         metric_add(metric, rep, ...);
 *     }
 *
 * It is the same loop for a servant (--steps, see steps.h), to which somebody else says when.
 */
#ifndef GM_BENCH_H
#define GM_BENCH_H

#include "opt.h"
#include "report.h"
#include "usage.h"

#include <stdbool.h>
#include <stdint.h>

/* The options that every tool has. */
struct bench {
    int reps, warmup;
    double time_s; /* least duration of a repetition */
    struct cpu_list cpus;
    uint64_t seed;
    int format; /* enum format */
    bool facts; /* all of them in text, too */
    bool steps; /* a servant */
};

#define BENCH_DEFAULTS                                                                             \
    {                                                                                              \
        .reps = 5, .warmup = 1, .time_s = 0.5, .seed = 1                                           \
    }

enum { BENCH_OPTIONS = 8 };

/* Parses argv for `tool`, pins, and starts the clock. Returns the index of the first operand. */
int bench_parse(struct bench *bench, const struct tool *tool, int argc, char **argv);

/* Warm-up repetitions count up to 0, the counted ones from 1: 1 - warmup. */
int bench_first_rep(const struct bench *bench);

/*
 * Whether repetition `rep` is to be done: those before it are, and are verified. For a servant,
 * everything that is not to be timed must have been made before `rep` is 1: then it says that it is
 * ready, later it answers with the samples of the repetition before, and each time it waits for the
 * next step. At the end bench->reps is what was done. Ends the process if stdin or stdout fail.
 */
bool bench_goes_on(struct bench *bench, struct report *report, int rep);

/*
 * How many units of work a repetition needs to last `time_s`: run(context, units) returns the
 * seconds that `units` took, and is called with growing counts until the answer is sure.
 */
uint64_t bench_calibrate(double (*run)(void *context, uint64_t units), void *context,
                         double time_s);

/*
 * Facts that every tool reports: options in force, seed, compiler, CPU, hypervisor, limits, clock,
 * page-size policy, and the usage; notes of what disturbed them. Call after the last repetition,
 * before the tool's own facts.
 */
void bench_facts(const struct bench *bench, const struct tool *tool, const struct usage *usage,
                 struct report *report);

#endif
