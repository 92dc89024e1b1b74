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
#include "clock.h"
#include "columns.h"
#include "err.h"
#include "results.h"
#include "verify.h"

#include <string.h>
#include <time.h>

struct config {
    struct file_want file;
    struct workload_want load;
    int pattern, engine, inject;
    double read_percent;
    bool until_steady, where;
    const char *sync;
};

static struct config config = {
    .file = {.bytes = 64 << 20, .block = 4096},
    .load = {.depth = 1, .jobs = 1},
    .read_percent = 70,
    .engine = ENGINE_PSYNC,
    .sync = "none",
};
static struct bench bench = BENCH_DEFAULTS;

static const struct opt options[] = {
    {"pattern", 'k', OPT_CHOICE, &config.pattern, "NAME", "what to do", pattern_names, 0, 0},
    {"read-share", 0, OPT_REAL, &config.read_percent, "P", "percent of reads in randrw", NULL, 0,
     100},
    {"block", 0, OPT_SIZE, &config.file.block, "SIZE", "bytes of an I/O", NULL, 512, 1 << 30},
    {"size", 'n', OPT_SIZE, &config.file.bytes, "SIZE", "bytes of data", NULL, 512, 0x1p50},
    {"depth", 'd', OPT_INT, &config.load.depth, "N", "I/Os in flight per job", NULL, 1, 4096},
    {"jobs", 'j', OPT_INT, &config.load.jobs, "N", "jobs, each on its own part of the file", NULL,
     1, 1024},
    {"engine", 'e', OPT_CHOICE, &config.engine, "NAME",
     "how; auto: the best one here, so perhaps another one elsewhere", engine_names, 0, 0},
    {"repeat-offsets", 0, OPT_FLAG, &config.load.repeating, NULL,
     "draw random offsets independently; otherwise none repeats within a pass", NULL, 0, 0},
    {"sync", 0, OPT_TEXT, &config.sync, "WHEN",
     "none; data or file: fdatasync or fsync after each write; N, data:N, file:N: after every N",
     NULL, 0, 0},
    {"rate", 0, OPT_REAL, &config.load.rate, "N",
     "I/Os to begin per second, late or not; latency counts from when each was due; 0: as fast as "
     "they end",
     NULL, 0, 1e9},
    {"compressible", 0, OPT_REAL, &config.load.compressible, "P", "percent of zeros in the data",
     NULL, 0, 90},
    {"until-steady", 0, OPT_FLAG, &config.until_steady, NULL,
     "warm up until five repetitions are steady, at most 25", NULL, 0, 0},
    {"verify", 0, OPT_FLAG, &config.load.verify, NULL,
     "checksum every block, check what is read, and read all back at the end", NULL, 0, 0},
    {"inject", 0, OPT_CHOICE, &config.inject, "FAULT", NULL, verify_fault_names, 0, 0},
    {"keep", 0, OPT_FLAG, &config.file.keep, NULL, "keep the file, and use it again if it is there",
     NULL, 0, 0},
    {"buffered", 0, OPT_FLAG, &config.file.buffered, NULL,
     "through the page cache: measures memory; metrics are called buffered.*", NULL, 0, 0},
    {"where", 0, OPT_FLAG, &config.where, NULL,
     "print what PATH lies on, filesystem, device, and why it is memory if it is, and exit", NULL,
     0, 0},
    {"i-know-this-destroys", 0, OPT_TEXT, &config.file.destroys, "PATH",
     "use a file or block device that diskrand has not made; PATH must be the operand", NULL, 0, 0},
};

static const struct tool_metric tool_metrics[] = {
    {"iops", "1/s", "I/Os that ended per second"},
    {"bandwidth", "B/s", "the same in bytes"},
    {"latency", "s",
     "quantiles from submission to completion, or with --rate from when each was due: latency.p50, "
     "latency.p90 ...; latency.read and latency.write where there are both"},
    {"sync", "s", "with --sync: quantiles of fdatasync or fsync"},
};

static const struct tool tool = {
    .name = "diskrand",
    .operands = "[PATH]",
    .summary = "Measures random and sequential I/O on a disk, past the page cache, on a file of\n"
               "its own in the folder PATH (default .), or called PATH.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .time_help = "duration of a repetition",
    .metrics = tool_metrics,
    .metric_count = sizeof tool_metrics / sizeof tool_metrics[0],
    .notes = "psync uses a thread for each I/O in flight. The file has no name while it is\n"
             "used, unless --keep is given.\n",
    .examples = "  diskrand /data -d 32         random writes to the disk of /data, 32 at once\n"
                "  diskrand --pattern randread -n 4G --until-steady /data\n",
};

/* none | data | file | N | data:N | file:N */
static bool parse_sync(const char *text, enum sync_call *call, uint64_t *every)
{
    *every = 1;
    *call = strncmp(text, "file", 4) == 0 ? SYNC_FILE : SYNC_DATA;
    if (strcmp(text, "none") == 0)
        *call = SYNC_NONE;
    if (*call == SYNC_NONE || strcmp(text, "data") == 0 || strcmp(text, "file") == 0)
        return true;
    if (strncmp(text, "data:", 5) == 0 || strncmp(text, "file:", 5) == 0)
        text += 5;
    return parse_u64(text, every) && *every > 0;
}

static void configure(int argc, char **argv)
{
    int first = bench_parse(&bench, &tool, argc, argv);
    struct file_want *file = &config.file;
    struct workload_want *load = &config.load;

    if (argc - first > 1)
        opt_usage("more than one PATH");
    if (file->block % 512 != 0)
        opt_usage("--block: not a multiple of 512");
    if (!parse_sync(config.sync, &load->sync, &load->sync_every))
        opt_usage("--sync: '%s' is none of none, data, file, N, data:N, file:N", config.sync);
    if (load->verify && load->repeating)
        opt_usage("--verify: --repeat-offsets may write a block twice at once");
    if (config.inject && !load->verify)
        opt_usage("--inject: without --verify nothing would find it");
    if (load->rate > 0 && load->rate * bench.time_s < 1)
        opt_usage("--rate: less than one I/O in a repetition");
    file->bytes -= file->bytes % file->block;
    if (file->bytes == 0)
        opt_usage("--size: less than one block");
    file->path = first < argc ? argv[first] : ".";
    file->refill = load->verify;
    file->compressible = load->compressible;
    file->seed = load->seed = bench.seed;
    file->run = load->run = rng_mix(bench.seed ^ rng_mix((uint64_t)time(NULL)) ^ clock_ns());
    load->block = file->block;
    load->read_share = config.read_percent / 100;
    load->pattern = (enum pattern_kind)config.pattern;
    load->cpus = &bench.cpus;
}

/* One repetition; returns I/Os per second. */
static double repeat(struct workload *load, struct results *results, int rep)
{
    const struct tally *tally = workload_tally(load);
    dev_t device = config.load.file->place.device;

    account_start(&results->account, device);
    usage_start(&results->usage);
    double seconds = workload_run(load, bench.time_s);
    usage_stop(&results->usage, rep);
    account_stop(&results->account, device, tally->count[IO_READ] * config.file.block,
                 tally->count[IO_WRITE] * config.file.block);
    uint64_t ios = tally->count[IO_READ] + tally->count[IO_WRITE];
    results->ios += ios;
    results_window(results, (double)ios / seconds);
    return (double)ios / seconds;
}

struct metrics {
    struct metric *iops, *bandwidth;
};

static void repeat_and_add(struct workload *load, struct results *results,
                           const struct metrics *metrics, int rep)
{
    double rate = repeat(load, results, rep);
    metric_add(metrics->iops, rep, rate);
    metric_add(metrics->bandwidth, rep, rate * (double)config.file.block);
}

/* All that comes before the first counted repetition; then forgets it. */
static void warm_up(struct workload *load, struct results *results, const struct metrics *metrics)
{
    enum { most_settling = 25 }; /* rounds after which the SNIA test gives up */

    for (int rep = bench_first_rep(&bench); !column_rep_counts(rep); rep++)
        repeat_and_add(load, results, metrics, rep);
    while (config.until_steady && results->settling < most_settling && !results_steady(results)) {
        repeat_and_add(load, results, metrics, 0);
        results->settling++;
    }
    workload_forget(load);
    results_forget(results);
}

static void measure(struct workload *load, struct results *results, struct report *report)
{
    char name[64];
    struct metrics metrics;
    results_name(results, "iops", name);
    metrics.iops = report_metric(report, name, "1/s", BETTER_HIGHER);
    results_name(results, "bandwidth", name);
    metrics.bandwidth = report_metric(report, name, "B/s", BETTER_HIGHER);

    warm_up(load, results, &metrics);
    for (int rep = 1; bench_goes_on(&bench, report, rep); rep++)
        repeat_and_add(load, results, &metrics, rep);
}

static void verify(const struct workload *load)
{
    const struct verify all = {.file = config.load.file,
                               .block = config.file.block,
                               .run = config.file.run,
                               .generations = workload_generations(load)};
    if (config.inject)
        verify_inject(&all, (enum verify_fault)config.inject);
    verify_all(&all);
}

int main(int argc, char **argv)
{
    struct work_file file;
    char skipped[128];

    configure(argc, argv);
    if (config.where) {
        file_where(config.file.path);
        return STATUS_GOOD;
    }
    file_open(&file, &config.file);
    config.load.file = &file;
    config.load.engine =
        engine_choose((enum engine_choice)config.engine, file.fd, skipped, sizeof skipped);
    struct workload *load = workload_new(&config.load);
    struct report *report = report_new(tool.name);
    struct results results = {.want = &config.load,
                              .load = load,
                              .buffered = config.file.buffered,
                              .skipped = skipped,
                              .settling = config.until_steady ? 0 : -1};
    measure(load, &results, report);
    if (config.load.verify)
        verify(load);
    bench_facts(&bench, &tool, &results.usage, report);
    results_report(&results, report);
    workload_free(load);
    file_close(&file);
    report_print(report, (enum format)bench.format);
    report_free(report);
    return STATUS_GOOD;
}
