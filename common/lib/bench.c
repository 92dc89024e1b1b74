#include "bench.h"

#include "cgroup.h"
#include "clock.h"
#include "columns.h"
#include "err.h"
#include "files.h"
#include "mem.h"
#include "steps.h"
#include "version.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static void bench_options(struct bench *bench, const struct tool *tool,
                          struct opt options[BENCH_OPTIONS + 1])
{
    const struct opt table[] = {
        {"reps", 'r', OPT_INT, &bench->reps, "N", "counted repetitions", NULL, 1, 1e6},
        {"time", 't', OPT_TIME, &bench->time_s, "T",
         tool->time_help ? tool->time_help
                         : "least duration of a repetition: work is calibrated up to it",
         NULL, 0, 86400},
        {"warmup", 'w', OPT_INT, &bench->warmup, "N",
         "repetitions before the counted ones, shown as number 0", NULL, 0, 1e6},
        {"cpus", 'c', OPT_CPUS, &bench->cpus, "LIST", "run on these CPUs only, as 0,2-3", NULL, 0,
         0},
        {"seed", 's', OPT_COUNT, &bench->seed, "N", "seed of everything random", NULL, 0, 0},
        {"format", 'f', OPT_CHOICE, &bench->format, "NAME", "what to print", format_names, 0, 0},
        {"facts", 0, OPT_FLAG, &bench->facts, NULL,
         "show all facts below the figures, as csv and json always do", NULL, 0, 0},
        {"steps", 0, OPT_FLAG, &bench->steps, NULL,
         "set up, say `ready`, then do one repetition for each line read from stdin", NULL, 0, 0},
    };
    _Static_assert(sizeof table / sizeof table[0] == BENCH_OPTIONS, "BENCH_OPTIONS");
    memcpy(options, table, sizeof table);
}

int bench_parse(struct bench *bench, const struct tool *tool, int argc, char **argv)
{
    struct opt shared[BENCH_OPTIONS + 1];
    bench_options(bench, tool, shared);
    int first = opt_parse(tool, shared, BENCH_OPTIONS, argc, argv);
    if (bench->steps && opt_given("reps"))
        opt_usage("--steps: whoever writes to stdin says how many, not --reps");
    if (bench->steps && opt_given("format") && bench->format != FORMAT_CSV)
        opt_usage("--steps: prints csv only");
    if (bench->steps)
        bench->format = FORMAT_CSV;
    int error = cpu_pin(&bench->cpus);
    if (error) {
        char list[128];
        die(STATUS_SYSTEM, "--cpus %s: %s", cpu_list_format(&bench->cpus, list, sizeof list),
            strerror(error));
    }
    /* A limit on the size of files shall be an error that can be told, not an end without a word.
     */
    signal(SIGXFSZ, SIG_IGN);
    mem_catch_bus();
    clock_init();
    return first;
}

int bench_first_rep(const struct bench *bench)
{
    return 1 - bench->warmup;
}

bool bench_goes_on(struct bench *bench, struct report *report, int rep)
{
    if (!bench->steps || !column_rep_counts(rep))
        return rep <= bench->reps;
    if (rep == 1)
        steps_ready(report);
    else
        steps_answer(report);
    bool more = steps_await();
    if (!more)
        bench->reps = rep - 1;
    return more;
}

/*
 * The least of three readings: what disturbs one makes it longer, and so does being the first. One
 * is enough where it is so long that a disturbance is a small part of it.
 */
static double least_seconds(double (*run)(void *context, uint64_t units), void *context,
                            uint64_t units, double long_s)
{
    double least = run(context, units), sum = least;
    for (int reading = 1; reading < 3 && sum < long_s; reading++) {
        double seconds = run(context, units);
        least = fmin(least, seconds);
        sum += seconds;
    }
    return least;
}

uint64_t bench_calibrate(double (*run)(void *context, uint64_t units), void *context, double time_s)
{
    const double sure_s = 0.02; /* from here on, one reading tells the rate well enough */
    uint64_t units = 1;
    for (;;) {
        /* Nothing is less than one unit, and no usual disturbance doubles it. */
        double long_s = units == 1 ? fmin(0.2, 2 * time_s) : 0.2;
        double seconds =
            time_s > 0 ? least_seconds(run, context, units, long_s) : run(context, units);
        if (seconds >= time_s)
            return units;
        double needed = seconds > 0 ? ceil((double)units * time_s / seconds * 1.02) : INFINITY;
        if (seconds >= sure_s || seconds >= time_s / 2)
            return (uint64_t)needed;
        double next = fmin(needed, (double)units * 16);
        units = next > (double)units ? (uint64_t)next : units + 1;
    }
}

/* ---- facts ---- */

static void option_fact(void *context, const char *name, const char *value)
{
    char key[64];
    snprintf(key, sizeof key, "option.%s", name);
    report_fact(context, key, "%s", value);
}

static void limit_facts(struct report *report)
{
    char size[32];
    double cpus = cgroup_cpu_limit();
    uint64_t bytes = cgroup_memory_limit();
    if (cpus > 0)
        report_fact(report, "cgroup.cpus", "%g", cpus);
    else
        report_fact(report, "cgroup.cpus", "none");
    report_fact(report, "cgroup.memory", "%s",
                bytes == UINT64_MAX ? "none" : format_size(size, bytes));
}

static void machine_facts(struct report *report)
{
    struct cpu_list allowed;
    struct utsname system;
    char text[256];
    uint64_t kib;

    report_fact(report, "cpu.model", "%s", cpu_model());
    cpu_list_allowed(&allowed);
    report_fact(report, "cpu.allowed", "%s", cpu_list_format(&allowed, text, sizeof text));
    report_fact(report, "cpu.isa", "%s", isa_names[cpu_best_isa()]);
    report_fact(report, "hypervisor", "%s", cpu_hypervisor());
    if (uname(&system) == 0)
        report_fact(report, "kernel", "%s %s %s", system.sysname, system.release, system.machine);
    if (file_read_key("/proc/meminfo", "MemTotal", &kib))
        report_fact(report, "memory", "%llu KiB", (unsigned long long)kib);
    char *mitigations = cpu_mitigations();
    report_fact(report, "cpu.mitigations", "%s", mitigations ? mitigations : "unknown");
    free(mitigations);
    limit_facts(report);
    bool known = file_read_line("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text);
    report_fact(report, "thp", "%s", known ? text : "unknown");
}

static void clock_facts(struct report *report)
{
    const double usual_s = 500e-9; /* with the time stamp counter it is about 30 */
    char source[64];
    if (!file_read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
                        sizeof source))
        snprintf(source, sizeof source, "unknown");
    report_fact(report, "clock", "%s", clock_name());
    report_fact(report, "clock.cost", "%.3g s", clock_cost());
    report_fact(report, "clock.source", "%s", source);
    if (clock_cost() > usual_s)
        report_note(report, "reading the clock takes %.2g us here (clock source %s)",
                    clock_cost() * 1e6, source);
}

void bench_facts(const struct bench *bench, const struct tool *tool, const struct usage *usage,
                 struct report *report)
{
    struct bench copy = *bench;
    struct opt shared[BENCH_OPTIONS + 1];

    report_fact(report, "version", "%s", gm_version);
    report_fact(report, "compiler", "%s", gm_compiler);
    bench_options(&copy, tool, shared);
    opt_describe(tool->options, tool->option_count, report, option_fact);
    opt_describe(shared, BENCH_OPTIONS, report, option_fact);
    machine_facts(report);
    clock_facts(report);
    usage_facts(usage, report);
    report_show_facts(report, bench->facts);
}
