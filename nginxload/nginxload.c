/*
 * nginxload: how fast does an HTTP server answer, and how fast does a file come through?
 *
 * Measured from outside, over real connections, as a user of the guest would see it. Three modes:
 *
 *   requests    a small file, over and over: requests/s and latency. Flat out (each connection asks
 *               again when it has its answer), or at a constant --rate, where latency counts from
 *               the moment a request was due, so that a server that stalls cannot hide it.
 *   --download  one big file over several connections at once, each fetching its part by a range
 *               request: seconds per file, and B/s. Received bytes are thrown away uncopied.
 *   --upload    the other direction: a body of this size, split over the connections. All of it has
 *               arrived when the server answers a small request behind it.
 *
 * Timed: requests, answers and, with --close, connecting; from one clock read when all threads are
 * ready to the last answer. Not timed: resolving, the probe, connecting for keep-alive.
 *
 * Valid when the client is not the bottleneck: it and the server need CPUs of their own. The
 * client's CPU share, the connections and the rate achieved, and retransmits are guards. Every
 * answer's status and length are checked; what is wrong is counted by its name, never as a request,
 * and more than 0.1 % of it is exit status 3.
 */
#include "clock.h"
#include "err.h"
#include "exchange.h"
#include "guards.h"
#include "loop.h"
#include "probe.h"
#include "session.h"
#include "summary.h"
#include "team.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static struct config config = {
    .bench = BENCH_DEFAULTS,
    .threads = 1,
    .timeout_s = 10,
};

static const struct opt options[] = {
    {"connections", 'j', OPT_INT, &config.connections, "N",
     "connections at once; 0: 16, or 2 for a download or upload", NULL, 0, 100000},
    {"threads", 'T', OPT_INT, &config.threads, "N", "threads that share the connections", NULL, 1,
     1024},
    {"requests", 0, OPT_COUNT, &config.requests, "N",
     "requests per repetition; 0: as many as --time allows", NULL, 0, 1e15},
    {"rate", 0, OPT_REAL, &config.rate, "R",
     "start R requests per second, answered or not; 0: flat out", NULL, 0, 1e9},
    {"close", 0, OPT_FLAG, &config.close, NULL, "a connection of its own for every request", NULL,
     0, 0},
    {"download", 0, OPT_FLAG, &config.download, NULL,
     "fetch a big file, a part of it over each connection", NULL, 0, 0},
    {"bytes", 0, OPT_SIZE, &config.bytes, "SIZE", "fetch only the file's first SIZE bytes; 0: all",
     NULL, 0, 0},
    {"whole", 0, OPT_FLAG, &config.whole, NULL, "every connection fetches the whole file", NULL, 0,
     0},
    {"upload", 0, OPT_SIZE, &config.upload, "SIZE",
     "send SIZE bytes, a part of them over each connection; 0: none", NULL, 0, 0},
    {"method", 0, OPT_CHOICE, &config.method, "NAME", "request method", method_names, 0, 0},
    {"status", 0, OPT_INT, &config.status, "N",
     "the status that answers must have; 0: 200, or any 2xx to an upload", NULL, 0, 599},
    {"discard", 0, OPT_CHOICE, &config.discard, "WAY", "how to throw away bodies", discard_names, 0,
     0},
    {"verify", 0, OPT_FLAG, &config.verify, NULL,
     "hash every body: all must be the same (slows a download)", NULL, 0, 0},
    {"digest", 0, OPT_TEXT, &config.digest_text, "HEX", "verify that every body has this SHA-256",
     NULL, 0, 0},
    {"timeout", 0, OPT_TIME, &config.timeout_s, "T", "give up on an answer that does not move on",
     NULL, 1e-3, 86400},
    {"wait-up", 0, OPT_TIME, &config.wait_up_s, "T", "wait so long for the server to come up", NULL,
     0, 86400},
};

static const struct tool_metric tool_metrics[] = {
    {"requests", "1/s", "answers per second; not printed with --download or --upload"},
    {"download", "s", "with --download: one file; upload with --upload"},
    {"throughput", "B/s", "the same in bytes"},
    {"latency", "s",
     "quantiles of an answer's latency, with --rate from when it was due: latency.p50, latency.p90 "
     "..."},
    {"service", "s", "with --rate: the same from when the request was sent"},
    {"connect", "s", "with --close: parts of it, as first_byte and transfer"},
};

static const struct tool tool = {
    .name = "nginxload",
    .operands = "URL",
    .summary = "Measures an HTTP server: requests per second and latency of a small file, or\n"
               "the time to move a big one.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .time_help = "duration of a repetition; transfers are begun until then, and ended",
    .metrics = tool_metrics,
    .metric_count = sizeof tool_metrics / sizeof tool_metrics[0],
    .notes = "URL is http://HOST[:PORT]/PATH or http://unix:/SOCKET:/PATH.\n",
    .examples = "  nginxload --rate 10000 http://127.0.0.1:8080/small  latency at a fixed rate\n"
                "  nginxload --download http://127.0.0.1:8080/big      one file, two connections\n",
};

static void check_digest(void)
{
    if (!config.digest_text)
        return;
    config.verify = true;
    if (config.download && !config.whole)
        opt_usage("--digest is the whole file's: it goes with --download --whole");
    if (!sha256_parse(config.digest_text, config.digest))
        opt_usage("--digest: '%s' is not 64 hexadecimal digits", config.digest_text);
}

static void check_options(int operands, const char *url)
{
    if (operands != 1)
        opt_usage(operands ? "one URL, please" : "no URL");
    const char *why = url_parse(&config.url, url);
    if (why)
        opt_usage("%s: %s", url, why);
    if (config.download && config.upload)
        opt_usage("--download or --upload, not both");
    if (is_transfer(&config) && (config.rate > 0 || config.requests))
        opt_usage("--rate and --requests do not go with --download and --upload");
    if (config.rate > 0 && config.requests)
        opt_usage("--rate runs for --time, not for a number of --requests");
    if ((config.bytes || config.whole) && !config.download)
        opt_usage("--bytes and --whole go with --download");
    if (config.bytes && config.whole)
        opt_usage("--bytes or --whole, not both");
    if (config.download && config.method != METHOD_GET)
        opt_usage("--download goes with --method GET");
    if (config.upload && config.method == METHOD_GET)
        config.method = METHOD_PUT;
    check_digest();
    if (config.verify && config.upload)
        opt_usage("--verify and --digest do not go with --upload");
    if (config.status == 0 && !config.upload)
        config.status = 200;
    if (config.connections == 0)
        config.connections = is_transfer(&config) ? 2 : 16;
    if (config.threads > config.connections)
        opt_usage("%d threads cannot share %d connections", config.threads, config.connections);
    if (config.upload && config.upload < (uint64_t)config.connections)
        opt_usage("--upload: fewer bytes than connections");
}

/* Several thousand connections need as many descriptors. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    rlim_t needed = (rlim_t)config.connections + 16 * (rlim_t)config.threads + 16;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return;
    limit.rlim_cur = needed < limit.rlim_max ? needed : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < needed)
        die(STATUS_SYSTEM, "%d connections need %llu descriptors and the limit is %llu (ulimit -n)",
            config.connections, (unsigned long long)needed, (unsigned long long)limit.rlim_max);
}

/* How much a download moves follows from what the server said; a short file is no mistake. */
static void size_download(const struct probe *probe)
{
    uint64_t total = config.whole ? probe->length : probe->total;
    /* RFC 9110: "bytes 0-0/" and an asterisk, where the server does not know or does not say. */
    if (total == HTTP_UNKNOWN && config.bytes == 0)
        die(STATUS_UNAVAILABLE,
            "%s: the server does not say how long the file is; try --bytes or --whole",
            config.url.target);
    if (total < (uint64_t)config.connections)
        die(STATUS_WRONG, "%s: too short to be split over %d connections", config.url.target,
            config.connections);
    if (config.bytes == 0)
        config.bytes = total;
    if (config.bytes > total || config.bytes < (uint64_t)config.connections)
        opt_usage("--bytes: the file has %llu bytes", (unsigned long long)total);
}

/* How long the whole file is, where the server says. Returns `text`. */
static const char *total_text(const struct session *session, char text[24])
{
    uint64_t total = config.whole ? config.bytes : session->probe.total;
    snprintf(text, 24, "%llu", (unsigned long long)total);
    return total == HTTP_UNKNOWN ? "unknown" : text;
}

static void title(struct report *report, const struct session *session, const char *url)
{
    char text[ADDRESS_TEXT], total[24];
    report_title(report, "%s", url);
    report_fact(report, "url", "%s", url);
    report_fact(report, "address", "%s", address_text(&session->probe.address, text));
    if (config.download)
        report_fact(report, "download.bytes", "%llu of %s", (unsigned long long)config.bytes,
                    total_text(session, total));
    else
        report_fact(report, "body.bytes", "%llu", (unsigned long long)session->probe.length);
}

static void measure(struct session *session, struct summary *summary, struct usage *usage,
                    struct report *report)
{
    struct bench *bench = &config.bench;
    for (int rep = bench_first_rep(bench); bench_goes_on(bench, report, rep); rep++) {
        int open = session_connect(session, &config);
        if (open < summary->connections)
            summary->connections = open;
        for (int rank = 0; rep == 1 && rank < config.threads; rank++)
            loop_forget(&session->loops[rank]);
        usage_start(usage);
        session_run(session);
        usage_stop(usage, rep);
        summary_add(summary, &config, &session->load, session->loops, rep);
        if (bench->steps) /* what was answered cannot be taken back */
            summary_verify(summary);
    }
}

int main(int argc, char **argv)
{
    int first = bench_parse(&config.bench, &tool, argc, argv);
    const char *url = argv[first];
    check_options(argc - first, url);
    raise_descriptor_limit();

    struct probe probe = probe_server(&config, url);
    if (config.download)
        size_download(&probe);
    struct report *report = report_new(tool.name);
    struct session session;
    struct summary summary;
    struct usage usage = {0};
    session_open(&session, &config, &probe);
    summary_start(&summary, &config, report);

    measure(&session, &summary, &usage, report);
    summary_verify(&summary);

    title(report, &session, url);
    bench_facts(&config.bench, &tool, &usage, report);
    summary_report(&summary, &config, session.loops, report);
    guards_report(&summary, &config, report);
    report_print(report, config.bench.format);
    session_close(&session);
    report_free(report);
    return STATUS_GOOD;
}
