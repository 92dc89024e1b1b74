#include "results.h"

#include "err.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void results_window(struct results *results, double rate)
{
    if (results->windows == STEADY_WINDOWS)
        memmove(results->last, results->last + 1, sizeof results->last - sizeof results->last[0]);
    else
        results->windows++;
    results->last[results->windows - 1] = rate;
}

void results_forget(struct results *results)
{
    memset(&results->usage, 0, sizeof results->usage);
    results->written_before += results->account.asked.written;
    memset(&results->account, 0, sizeof results->account);
    results->ios = 0;
}

bool results_steady(const struct results *results)
{
    return results->windows == STEADY_WINDOWS && steady_test(results->last).steady;
}

const char *results_name(const struct results *results, const char *name, char text[64])
{
    snprintf(text, 64, "%s%s", results->buffered ? "buffered." : "", name);
    return text;
}

static void latencies(const struct results *results, struct report *report)
{
    const struct tally *tally = workload_tally(results->load);
    const struct hist *reads = tally->hist[IO_READ], *writes = tally->hist[IO_WRITE];
    static struct hist all;
    char name[64];

    all = *reads;
    hist_merge(&all, writes);
    if (all.count)
        report_histogram(report, results_name(results, "latency", name), &all);
    if (reads->count && writes->count) {
        report_histogram(report, results_name(results, "latency.read", name), reads);
        report_histogram(report, results_name(results, "latency.write", name), writes);
    }
    if (tally->hist[IO_SYNC]->count)
        report_histogram(report, results_name(results, "sync", name), tally->hist[IO_SYNC]);
}

static void series(const struct results *results, struct report *report)
{
    const struct tally *tally = workload_tally(results->load);
    char *text = NULL, name[64], fact[80];
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        die(STATUS_SYSTEM, "out of memory");
    for (size_t second = 0; second < tally->seconds; second++)
        fprintf(out, "%s%" PRIu64, second ? " " : "", tally->series[second]);
    if (fclose(out) != 0)
        die(STATUS_SYSTEM, "out of memory");
    snprintf(fact, sizeof fact, "series.%s", results_name(results, "iops", name));
    if (tally->seconds)
        report_fact(report, fact, "%s", text);
    free(text);
}

static void steadiness(const struct results *results, struct report *report)
{
    if (results->settling >= 0)
        report_fact(report, "steady.after", "%d repetitions", results->settling);
    if (results->windows < STEADY_WINDOWS) {
        report_fact(report, "steady", "unknown: fewer than %d repetitions", STEADY_WINDOWS);
        return;
    }
    struct steady steady = steady_test(results->last);
    report_fact(report, "steady", "%s: range %.1f %%, slope %.1f %% of the mean",
                steady.steady ? "yes" : "no", steady.range * 100, steady.slope * 100);
    if (!steady.steady)
        report_note(report,
                    "not steady: the last five repetitions differ by %.0f %%, drift by "
                    "%.0f %%",
                    steady.range * 100, steady.slope * 100);
}

static void witness(struct report *report, const char *key, const struct account_bytes *bytes)
{
    if (bytes->known)
        report_fact(report, key, "%" PRIu64 " read, %" PRIu64 " written", bytes->read,
                    bytes->written);
    else
        report_fact(report, key, "unknown");
}

static void guards(const struct results *results, struct report *report)
{
    char text[160];
    const char *verdict = "unknown: --buffered";
    if (!results->buffered)
        verdict =
            account_verdict(&results->account, results->want->sync != SYNC_NONE, text, sizeof text);
    const struct work_file *file = results->want->file;
    uint64_t filled = file->fill_s > 0 ? file->start + file->bytes : 0;
    report_fact(report, "bytes.before", "%" PRIu64 " written", results->written_before + filled);
    witness(report, "bytes.asked", &results->account.asked);
    witness(report, "bytes.process", &results->account.process);
    witness(report, "bytes.device", &results->account.device);
    report_fact(report, "guard.bytes", "%s", verdict);
    if (strncmp(verdict, "failed", 6) == 0)
        report_note(report, "guard bytes %s", verdict);
}

static void file_facts(const struct results *results, struct report *report)
{
    const struct work_file *file = results->want->file;
    const struct place *place = &file->place;

    report_fact(report, "file", "%s", file->name);
    report_fact(report, "file.bytes", "%" PRIu64, file->bytes);
    report_fact(report, "file.made", "%s",
                file->foreign  ? "no: foreign"
                : file->reused ? "earlier"
                               : "now");
    report_fact(report, "file.fill", "%.3g s", file->fill_s);
    report_fact(report, "filesystem", "%s", place->filesystem);
    report_fact(report, "filesystem.kind", "%s", place_kind_names[place->kind]);
    report_fact(report, "device", "%s", place->device_name);
    if (results->buffered)
        report_fact(report, "direct", "no: --buffered");
    else
        report_fact(report, "direct", "yes: offsets of %" PRIu32 ", buffers of %" PRIu32 " (%s)",
                    place->direct_offset, place->direct_memory, place->direct_asked);
    if (file->extents.known)
        report_fact(report, "extents", "%" PRIu64 ", all written", file->extents.count);
    else
        report_fact(report, "extents", "unknown: no FIEMAP here");
    if (place->kind == PLACE_OVERLAY || place->kind == PLACE_NETWORK)
        report_note(report, "%s is not a disk's own filesystem: what lies below may cache",
                    place->filesystem);
}

static void engine_facts(const struct results *results, struct report *report)
{
    const struct tally *tally = workload_tally(results->load);
    const struct usage *usage = &results->usage;

    report_fact(report, "engine", "%s", results->want->engine->name);
    report_fact(report, "engine.detail", "%s", workload_engine(results->load));
    if (results->skipped[0]) {
        report_fact(report, "engine.skipped", "%s", results->skipped);
        report_note(report, "engine %s, because not available here: %s",
                    results->want->engine->name, results->skipped);
    }
    if (results->ios)
        report_fact(report, "cpu.per_io", "%.4g s",
                    (usage->user_s + usage->system_s) / (double)results->ios);
    report_fact(report, "resumed", "%" PRIu64 " short, %" PRIu64 " EINTR, %" PRIu64 " EAGAIN",
                tally->continued, tally->interrupted, tally->again);
}

void results_report(const struct results *results, struct report *report)
{
    latencies(results, report);
    engine_facts(results, report);
    file_facts(results, report);
    series(results, report);
    steadiness(results, report);
    guards(results, report);
}
