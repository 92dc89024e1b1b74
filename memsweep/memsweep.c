/*
 * memsweep: every way in which a platform can make memory slower.
 *
 * Each metric has one kind of access to itself: what nested page tables, shadow paging, missing
 * huge pages, ballooning or emulation cost shows in some metrics and not in others. The kernels'
 * files say what each of them measures and how its result is proved.
 *
 * Timed: the accesses. Not timed: mapping, first touch (but for sweep.first and the fault metrics,
 * where it is the subject), filling, verifying.
 *
 * Valid when the arrays are of the same size on all platforms that are compared (--array, --size:
 * without them they adapt to the memory there is) and when nothing else uses the memory meanwhile.
 */
#include "kernels.h"

#include "cells.h"
#include "chase.h"
#include "err.h"
#include "files.h"
#include "stream_arrays.h"
#include "stream_kernels.h"

#include <string.h>

static const char *const inject_names[] = {"none", "bit", NULL};

static struct session session = {
    .bench = BENCH_DEFAULTS,
    .config = {.threads = 1, .stride = 256, .locality = 256 << 10},
};

#define RUN(name) name##_setup, name##_run, name##_verify

static const struct kernel kernels[] = {
    {"sweep", "s/access", BETTER_LOWER, true, AXIS_SIZE, 8 << 20, 2,
     "the classic page-stride sweep over 8M", RUN(sweep), sweep_sample, sweep_finish},
    {"copy", "B/s", BETTER_HIGHER, true, AXIS_ARRAY, 0, 3, "STREAM: c = a", RUN(stream), NULL,
     stream_finish},
    {"scale", "B/s", BETTER_HIGHER, false, AXIS_ARRAY, 0, 3, "STREAM: b = 3 c", RUN(stream), NULL,
     stream_finish},
    {"add", "B/s", BETTER_HIGHER, false, AXIS_ARRAY, 0, 3, "STREAM: c = a + b", RUN(stream), NULL,
     stream_finish},
    {"triad", "B/s", BETTER_HIGHER, true, AXIS_ARRAY, 0, 3, "STREAM: a = b + 3 c", RUN(stream),
     NULL, stream_finish},
    {"latency", "s/load", BETTER_LOWER, true, AXIS_SIZE, 256 << 20, 1,
     "pointer chase over 256M, local enough for the TLB", RUN(latency), NULL, latency_finish},
    {"walk", "s/load", BETTER_LOWER, true, AXIS_SIZE, 256 << 20, 1,
     "the same without locality: adds page walks", RUN(latency), NULL, latency_finish},
    {"gups", "1/s", BETTER_HIGHER, true, AXIS_SIZE, 256 << 20, 1,
     "HPCC RandomAccess: updates of a table of 256M", RUN(gups), NULL, gups_finish},
    {"fault", "s/page", BETTER_LOWER, true, AXIS_SIZE, 64 << 20, 1, "first touch of pages, 64M",
     RUN(fault), NULL, fault_finish},
    {"zero", "s/page", BETTER_LOWER, false, AXIS_SIZE, 64 << 20, 1,
     "first write to pages that were read, 64M", RUN(fault), NULL, fault_finish},
    {"cow", "s/page", BETTER_LOWER, true, AXIS_SIZE, 64 << 20, 2,
     "first write to pages shared with a child, 64M", RUN(fault), NULL, fault_finish},
    {"map", "s/map", BETTER_LOWER, true, AXIS_SIZE, 64 << 10, 1, "mmap, one write and munmap, 64k",
     RUN(map), NULL, map_finish},
    {"loaded", "s/load", BETTER_LOWER, false, AXIS_LOAD, LOADED_FLAT_OUT, 1,
     "latency while other threads copy (two CPUs)", RUN(loaded), loaded_sample, loaded_finish},
};
enum { KERNELS = sizeof kernels / sizeof kernels[0] };

static const struct opt options[] = {
    {"size", 'n', OPT_SIZES, &session.config.sizes, "LIST",
     "bytes that each metric but STREAM's works on; several, as 16k..1g, make a curve", NULL, 1,
     0x1p60},
    {"array", 0, OPT_SIZES, &session.config.arrays, "LIST",
     "bytes of each of STREAM's three arrays; without it 4 times the last-level cache, or what "
     "memory allows",
     NULL, 1, 0x1p60},
    {"threads", 'T', OPT_INT, &session.config.threads, "N",
     "threads of copy, scale, add, triad and, at least 2, of loaded", NULL, 1, 4096},
    {"stores", 0, OPT_CHOICE, &session.config.stores, "KIND",
     "STREAM's stores: through the caches or past them, in order, fetching ahead, or four pages in "
     "turn; auto takes the fastest",
     stream_stores_names, 0, 0},
    {"isa", 'i', OPT_CHOICE, &session.config.isa, "NAME", "best instruction set to use", isa_names,
     0, 0},
    {"stride", 0, OPT_SIZE, &session.config.stride, "SIZE",
     "bytes from node to node of latency, walk and loaded", NULL, CHASE_STRIDE_MIN, 1 << 20},
    {"locality", 0, OPT_SIZE, &session.config.locality, "SIZE",
     "latency and loaded visit all nodes within so many bytes before they go on; 0: no order", NULL,
     0, 0},
    {"load", 0, OPT_SIZES, &session.config.loads, "LIST",
     "bytes/s that loaded's other threads copy together; without it as many as they can", NULL, 0,
     0},
    {"pages", 0, OPT_CHOICE, &session.config.pages, "KIND", "pages to measure on", mem_pages_names,
     0, 0},
    {"inject", 0, OPT_CHOICE, &session.config.inject, "FAULT", NULL, inject_names, 0, 0},
};

/* ---- setup ---- */

/* The kernels that the operands name, or the default ones; returns how many. */
static size_t choose_kernels(char **names, int count, const struct kernel **chosen)
{
    size_t wanted = 0;
    for (int i = 0; i < KERNELS && count == 0; i++) {
        if (kernels[i].by_default)
            chosen[wanted++] = &kernels[i];
    }
    for (int n = 0; n < count; n++) {
        int i = 0;
        while (i < KERNELS && strcmp(kernels[i].name, names[n]) != 0)
            i++;
        if (i == KERNELS)
            opt_usage("'%s' is no metric", names[n]);
        for (size_t before = 0; before < wanted; before++) {
            if (chosen[before] == &kernels[i])
                opt_usage("'%s' is named twice", names[n]);
        }
        chosen[wanted++] = &kernels[i];
    }
    return wanted;
}

static void setup(void)
{
    if (session.config.stride % sizeof(uint64_t) != 0)
        opt_usage("--stride: no multiple of %zu", sizeof(uint64_t));
    if (!cpu_has_isa((enum isa)session.config.isa))
        die(STATUS_UNAVAILABLE, "--isa %s: this CPU does not have it",
            isa_names[session.config.isa]);
    session.report = report_new("memsweep");
    session.team = team_new(session.config.threads, &session.bench.cpus);
    session.alone = team_new(1, &session.bench.cpus);
    if (!session.team || !session.alone)
        die_errno(STATUS_SYSTEM, "--threads %d", session.config.threads);
}

/* ---- report ---- */

/* The metrics as --help lists them. */
static const struct tool_metric *metrics_help(void)
{
    static struct tool_metric metrics[KERNELS];
    static char help[KERNELS][128];
    for (int i = 0; i < KERNELS; i++) {
        snprintf(help[i], sizeof help[i], "%s%s", kernels[i].summary,
                 kernels[i].by_default ? "" : "; only where it is named");
        metrics[i] = (struct tool_metric){kernels[i].name, kernels[i].unit, help[i]};
    }
    return metrics;
}

static void machine_facts(struct report *report)
{
    char text[64];
    size_t llc = cpu_llc_bytes();
    report_fact(report, "llc", llc ? "%s" : "unknown", format_size(text, llc));
    bool known = file_read_line("/sys/devices/system/node/online", text, sizeof text);
    report_fact(report, "numa.nodes", "%s", known ? text : "unknown");
}

int main(int argc, char **argv)
{
    const struct tool tool = {
        .name = "memsweep",
        .operands = "[METRIC...]",
        .summary = "Measures how fast memory is, each metric in another way of using it.\n",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .time_help = "least duration of a repetition of each metric: work is calibrated up to it",
        .metrics = metrics_help(),
        .metric_count = KERNELS,
        .examples = "  memsweep --array 64M                  the same sizes on every machine\n"
                    "  memsweep latency walk -n 16k..1g      curves\n"};
    session.config.isa = (int)cpu_best_isa();
    session.bench.time_s = 0.1;
    int first = bench_parse(&session.bench, &tool, argc, argv);
    const struct kernel *chosen[KERNELS];
    size_t count = choose_kernels(argv + first, argc - first, chosen);
    setup();
    for (size_t i = 0; i < count; i++)
        cells_add(&session, chosen[i]);
    cells_measure(&session);
    bench_facts(&session.bench, &tool, &session.usage, session.report);
    machine_facts(session.report);
    report_print(session.report, (enum format)session.bench.format);
    stream_arrays_release();
    team_free(session.team);
    team_free(session.alone);
    report_free(session.report);
    return STATUS_GOOD;
}
