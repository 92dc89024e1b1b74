#include "summary.h"

#include "clock.h"
#include "columns.h"
#include "err.h"
#include "exchange.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void summary_start(struct summary *summary, const struct config *config, struct report *report)
{
    *summary = (struct summary){.connections = config->connections};
    if (is_transfer(config)) {
        summary->first =
            report_metric(report, config->upload ? "upload" : "download", "s", BETTER_LOWER);
        summary->throughput = report_metric(report, "throughput", "B/s", BETTER_HIGHER);
    } else {
        summary->first = report_metric(report, "requests", "1/s", BETTER_HIGHER);
    }
}

static void tally_add(struct counts *into, const struct counts *from)
{
    into->good += from->good;
    into->drained += from->drained;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        into->errors[i] += from->errors[i];
    into->unsent += from->unsent;
    into->reconnects += from->reconnects;
    into->bytes += from->bytes;
    into->retransmits += from->retransmits;
    if (from->last_ns > into->last_ns)
        into->last_ns = from->last_ns;
    into->cpu_s += from->cpu_s;
}

uint64_t summary_errors(const struct counts *tally)
{
    uint64_t count = 0;
    for (int i = OUTCOME_GOOD + 1; i < OUTCOME_COUNT; i++)
        count += tally->errors[i];
    return count;
}

/* "reset 3, timeout 1", or "none". Returns `text`. */
static const char *error_text(const struct counts *tally, char *text, size_t bytes)
{
    size_t used = 0;
    snprintf(text, bytes, "none");
    for (int i = OUTCOME_GOOD + 1; i < OUTCOME_COUNT; i++) {
        if (tally->errors[i] && used < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "%s%s %llu", used ? ", " : "",
                                     outcome_names[i], (unsigned long long)tally->errors[i]);
    }
    return text;
}

static void add_transfer(struct summary *summary, const struct config *config,
                         const struct load *load, const struct counts *run, int rep)
{
    char errors[256];
    if (summary_errors(run))
        die(STATUS_WRONG, "a transfer has failed: %s", error_text(run, errors, sizeof errors));
    uint64_t files = load->files * (config->whole ? (uint64_t)config->connections : 1);
    double seconds = clock_seconds(load->start_ns, run->last_ns);
    metric_add(summary->first, rep, seconds / (double)files);
    metric_add(summary->throughput, rep, (double)run->bytes / seconds);
}

/* Requests per second; where none ended within the time, of those that ended a little later. */
static double request_rate(const struct load *load, const struct counts *run)
{
    if (load->time_s > 0 && run->good)
        return (double)run->good / load->time_s;
    return (double)(run->good + run->drained) / clock_seconds(load->start_ns, run->last_ns);
}

void summary_add(struct summary *summary, const struct config *config, const struct load *load,
                 const struct loop *loops, int rep)
{
    struct counts run = {0};
    char errors[256];
    double longest_s = 0;
    for (int i = 0; i < load->threads; i++) {
        tally_add(&run, &loops[i].tally);
        if (loops[i].connect_error)
            summary->connect_error = loops[i].connect_error;
        longest_s = fmax(longest_s, clock_seconds(load->start_ns, loops[i].ended_ns));
    }
    tally_add(&summary->all, &run);
    if (run.good + run.drained == 0)
        die(STATUS_WRONG, "no request was answered: %s", error_text(&run, errors, sizeof errors));
    if (is_transfer(config))
        add_transfer(summary, config, load, &run, rep);
    else
        metric_add(summary->first, rep, request_rate(load, &run));
    if (!column_rep_counts(rep))
        return;
    tally_add(&summary->total, &run);
    summary->wall_s += longest_s;
    summary->asked_s += load->time_s;
}

void summary_verify(const struct summary *summary)
{
    const double tolerated = 0.001;
    char errors[256];
    uint64_t failed = summary_errors(&summary->all);
    uint64_t all = summary->all.good + summary->all.drained + failed;
    if ((double)failed > tolerated * (double)all)
        die(STATUS_WRONG, "%llu of %llu requests failed: %s", (unsigned long long)failed,
            (unsigned long long)all, error_text(&summary->all, errors, sizeof errors));
}

/* ---- the report ---- */

static void merge(const struct loop *loops, int threads)
{
    struct distributions *into = loops[0].seen;
    for (int i = 1; i < threads; i++) {
        const struct distributions *from = loops[i].seen;
        hist_merge(&into->latency, &from->latency);
        hist_merge(&into->service, &from->service);
        hist_merge(&into->connect, &from->connect);
        hist_merge(&into->first_byte, &from->first_byte);
        hist_merge(&into->transfer, &from->transfer);
        for (int second = 0; second < SERIES_MAX; second++)
            into->series[second] += from->series[second];
    }
}

/* Whole seconds only: the rest of one would look like a dip. */
static void report_series(struct report *report, const uint64_t *series, double wall_s)
{
    int seconds = (int)fmin(wall_s, SERIES_MAX);
    char *text = calloc((size_t)seconds + 1, 24), *at = text;
    if (!text)
        die(STATUS_SYSTEM, "out of memory");
    for (int i = 0; i < seconds; i++)
        at += sprintf(at, "%s%llu", i ? " " : "", (unsigned long long)series[i]);
    if (seconds > 1)
        report_fact(report, "series.requests", "%s", text);
    free(text);
}

static void report_latencies(const struct config *config, const struct distributions *seen,
                             struct report *report)
{
    report_histogram(report, "latency", &seen->latency);
    if (config->rate > 0)
        report_histogram(report, "service", &seen->service);
    if (config->close) {
        report_histogram(report, "connect", &seen->connect);
        report_histogram(report, "first_byte", &seen->first_byte);
        report_histogram(report, "transfer", &seen->transfer);
    }
}

void summary_report(const struct summary *summary, const struct config *config,
                    const struct loop *loops, struct report *report)
{
    const struct counts *total = &summary->total;
    char errors[256], hex[SHA256_HEX];
    if (!is_transfer(config)) {
        merge(loops, config->threads);
        report_latencies(config, loops[0].seen, report);
        report_series(report, loops[0].seen->series, summary->wall_s);
    }
    report_fact(report, "requests.good", "%llu", (unsigned long long)total->good);
    report_fact(report, "requests.drained", "%llu", (unsigned long long)total->drained);
    report_fact(report, "errors", "%s", error_text(&summary->all, errors, sizeof errors));
    report_fact(report, "reconnects", "%llu", (unsigned long long)total->reconnects);
    report_fact(report, "discard", "%s",
                config->verify ? "no: every body is hashed"
                               : discard_names[loops[0].pool.discard.in_use]);
    if (config->verify)
        report_fact(report, "body.sha256", "%s",
                    sha256_hex(loops[0].conns[0].exchange->digest, hex));
}
