/*
 * diskrand: what a disk does that a page cache cannot fake.
 *
 * Measured: I/Os per second, bytes per second and completion latency of reads and writes at random
 * or ascending offsets of one file, past the page cache (O_DIRECT), with a fixed number in flight
 * or at a fixed rate. The classic is 4 KiB random writes, one at a time, on a file that is filled.
 *
 * Why this way: the file is made, filled with random data, synced, and checked to have no unwritten
 * extent, because a write to a hole is an allocation and a read of one is no read. Offsets do not
 * repeat within a pass and contents neither compress nor deduplicate. Latency counts from just
 * before an I/O is handed to the kernel (at a fixed rate: from when it should have been) until its
 * end is seen.
 *
 * Timed: choosing an offset, stamping the block, the system calls, two readings of the clock.
 * Not timed: making and filling the file, threads, reading back for --verify.
 *
 * Valid if the guard `bytes` passed: what the kernel accounted to this process and to the device
 * agrees with what was asked for.
 */
#include "bench.h"
#include "clock.h"
#include "err.h"
#include "workload.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

struct config {
    struct file_want file;
    struct workload_want load;
    int pattern, engine;
    char skipped[128]; /* engines that do not work here */
};

static struct config config = {
    .file = {.bytes = 64 << 20, .block = 4096},
    .engine = ENGINE_PSYNC,
    .load = {.depth = 1, .jobs = 1, .read_share = 0.7, .sync_every = 1},
};
static struct bench bench = BENCH_DEFAULTS;

static const struct opt options[] = {
    {"pattern", 'p', OPT_CHOICE, &config.pattern, "NAME", "what to do", pattern_names, 0, 0},
    {"block", 'b', OPT_SIZE, &config.file.block, "SIZE", "bytes of an I/O", NULL, 512, 1 << 30},
    {"depth", 'd', OPT_INT, &config.load.depth, "N", "I/Os in flight per job", NULL, 1, 4096},
    {"engine", 'e', OPT_CHOICE, &config.engine, "NAME",
     "how; auto: the best that works here (and so another one elsewhere)", engine_names, 0, 0},
    {"jobs", 'j', OPT_INT, &config.load.jobs, "N", "jobs, each on a part of the file", NULL, 1,
     1024},
    {"size", 'S', OPT_SIZE, &config.file.bytes, "SIZE", "bytes of data", NULL, 512, 0x1p50},
    {"keep", 0, OPT_FLAG, &config.file.keep, NULL, "keep the file, and use it again if it is there",
     NULL, 0, 0},
    {"buffered", 0, OPT_FLAG, &config.file.buffered, NULL,
     "through the page cache: measures memory; metrics are called buffered.*", NULL, 0, 0},
    {"i-know-this-destroys", 0, OPT_TEXT, &config.file.destroys, "PATH",
     "use a file or block device that diskrand has not made; PATH must be the operand", NULL, 0, 0},
};

static const struct tool tool = {
    .name = "diskrand",
    .operands = "[PATH]",
    .summary = "Measures random and sequential I/O on a disk, past the page cache, on a file of\n"
               "its own in the folder PATH (default .), or called PATH.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
};

static void configure(int argc, char **argv)
{
    int first = bench_parse(&bench, &tool, argc, argv);
    if (argc - first > 1)
        opt_usage("more than one PATH");
    if (config.file.block % 512 != 0)
        opt_usage("--block: not a multiple of 512");
    config.file.path = first < argc ? argv[first] : ".";
    config.file.bytes -= config.file.bytes % config.file.block;
    if (config.file.bytes == 0)
        opt_usage("--size: less than one block");
    config.file.seed = config.load.seed = bench.seed;
    config.file.run = config.load.run =
        rng_mix(bench.seed ^ (uint64_t)time(NULL) << 32 ^ clock_ns());
    config.load.block = config.file.block;
    config.load.pattern = (enum pattern_kind)config.pattern;
    config.load.cpus = &bench.cpus;
}

/* Metrics of a run through the page cache cannot be taken for a disk's. */
static const char *metric_name(const char *name, char text[64])
{
    snprintf(text, 64, "%s%s", config.file.buffered ? "buffered." : "", name);
    return text;
}

static void measure(struct workload *load, struct report *report, struct usage *usage)
{
    char name[64];
    struct metric *iops = report_metric(report, metric_name("iops", name), "1/s", BETTER_HIGHER);
    struct metric *bandwidth =
        report_metric(report, metric_name("bandwidth", name), "B/s", BETTER_HIGHER);

    for (int rep = bench_first_rep(&bench); rep <= bench.reps; rep++) {
        if (rep == 1)
            workload_forget(load);
        usage_start(usage);
        double seconds = workload_run(load, bench.time_s);
        usage_stop(usage);
        const struct tally *tally = workload_tally(load);
        double rate = (double)(tally->count[IO_READ] + tally->count[IO_WRITE]) / seconds;
        metric_add(iops, rep, rate);
        metric_add(bandwidth, rep, rate * (double)config.file.block);
    }
}

static void report_latency(const struct workload *load, struct report *report)
{
    const struct tally *tally = workload_tally(load);
    struct hist all = *tally->hist[IO_READ];
    char name[64];
    hist_merge(&all, tally->hist[IO_WRITE]);
    report_histogram(report, metric_name("latency", name), &all);
}

static void report_file(const struct work_file *file, struct report *report)
{
    report_fact(report, "file", "%s", file->name);
    report_fact(report, "file.made", "%s",
                file->foreign  ? "no: foreign"
                : file->reused ? "earlier"
                               : "now");
    report_fact(report, "file.fill", "%.3g s", file->fill_s);
    report_fact(report, "filesystem", "%s", file->place.filesystem);
    report_fact(report, "filesystem.kind", "%s", place_kind_names[file->place.kind]);
    report_fact(report, "device", "%s", file->place.device_name);
    if (config.file.buffered)
        report_fact(report, "direct", "no: --buffered");
    else
        report_fact(report, "direct", "yes: offsets of %" PRIu32 ", buffers of %" PRIu32 " (%s)",
                    file->place.direct_offset, file->place.direct_memory, file->place.direct_asked);
    if (file->extents.known)
        report_fact(report, "extents", "%" PRIu64 ", all written", file->extents.count);
    else
        report_fact(report, "extents", "unknown: no FIEMAP here");
}

int main(int argc, char **argv)
{
    struct work_file file;
    struct usage usage = {0};

    configure(argc, argv);
    file_open(&file, &config.file);
    config.load.file = &file;
    config.load.engine = engine_choose((enum engine_choice)config.engine, file.fd, config.skipped,
                                       sizeof config.skipped);
    struct workload *load = workload_new(&config.load);
    struct report *report = report_new(tool.name);
    measure(load, report, &usage);
    report_latency(load, report);
    bench_facts(&bench, &tool, &usage, report);
    report_fact(report, "engine", "%s", config.load.engine->name);
    report_fact(report, "engine.detail", "%s", workload_engine(load));
    if (config.skipped[0])
        report_fact(report, "engine.skipped", "%s", config.skipped);
    report_file(&file, report);
    workload_free(load);
    file_close(&file);
    report_print(report, (enum format)bench.format);
    report_free(report);
    return STATUS_GOOD;
}
