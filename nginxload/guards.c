#include "guards.h"

#include "cpu.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 4, 5))) static void guard(struct report *report, const char *name,
                                                        bool good, const char *format, ...)
{
    char key[64], sentence[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    snprintf(key, sizeof key, "guard.%s", name);
    report_fact(report, key, "%s", good ? "pass" : sentence);
    if (!good)
        report_note(report, "guard %s: %s", name, sentence);
}

static void guard_client(const struct summary *summary, const struct config *config,
                         struct report *report)
{
    double cpus = fmin(config->threads, cpu_usable());
    double share = summary->total.cpu_s / (summary->wall_s * cpus);
    report_fact(report, "client.cpu_share", "%.3f", share);
    guard(report, "client", share < 0.9, "used %.0f %% of its CPU: give it more CPUs and --threads",
          100 * share);
}

static void guard_connections(const struct summary *summary, const struct config *config,
                              struct report *report)
{
    report_fact(report, "connections", "%d", summary->connections);
    guard(report, "connections", summary->connections == config->connections,
          "%d of %d connections were made: %s", summary->connections, config->connections,
          strerror(summary->connect_error));
}

/* What was sent in time; what came back in time is the metric. */
static void guard_rate(const struct summary *summary, const struct config *config,
                       struct report *report)
{
    const struct counts *total = &summary->total;
    if (config->rate == 0)
        return;
    double achieved =
        (double)(total->good + total->drained + summary_errors(total)) / summary->asked_s;
    report_fact(report, "rate.achieved", "%.6g", achieved);
    guard(report, "rate", achieved >= 0.99 * config->rate,
          "%.6g of %.6g requests/s were achieved, %llu were never sent", achieved, config->rate,
          (unsigned long long)total->unsent);
}

/* A few are no news: a receiver that is slower than its sender drops some even on loopback. */
static void guard_retransmits(const struct summary *summary, struct report *report)
{
    const struct counts *total = &summary->total;
    double tolerated = fmax((double)total->good * 1e-3, (double)total->bytes / (double)(1 << 20));
    report_fact(report, "tcp.retransmits", "%llu", (unsigned long long)total->retransmits);
    guard(report, "retransmits", (double)total->retransmits <= tolerated,
          "%llu segments had to be sent again: packets are lost",
          (unsigned long long)total->retransmits);
}

/* Of a servant that was asked for nothing but its warm-up there is nothing to say. */
void guards_report(const struct summary *summary, const struct config *config,
                   struct report *report)
{
    if (!(summary->wall_s > 0))
        return;
    guard_client(summary, config, report);
    guard_connections(summary, config, report);
    guard_rate(summary, config, report);
    guard_retransmits(summary, report);
}
