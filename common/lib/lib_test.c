/* The shared library against known answers. */
#include "cgroup.h"
#include "clock.h"
#include "cpu.h"
#include "hist.h"
#include "json.h"
#include "mem.h"
#include "parse.h"
#include "report.h"
#include "rng.h"
#include "stats.h"
#include "tap.h"
#include "team.h"
#include "units.h"
#include "usage.h"
#include "utf8.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_parse(void)
{
    uint64_t number;
    double real;
    char text[32];
    struct size_list sizes;

    tap_ok(parse_u64("18446744073709551615", &number) && number == UINT64_MAX, "largest u64");
    static const char *const not_u64[] = {"",   "-1",  "+1",  " 1",
                                          "1 ", "0x1", "1e3", "18446744073709551616"};
    for (size_t i = 0; i < sizeof not_u64 / sizeof not_u64[0]; i++)
        tap_ok(!parse_u64(not_u64[i], &number), "'%s' is no u64", not_u64[i]);
    tap_ok(parse_size("4k", &number) && number == 4096, "4k");
    tap_ok(parse_size("8M", &number) && number == 8 << 20, "8M");
    tap_ok(parse_size("1G", &number) && number == 1 << 30, "1G");
    static const char *const not_size[] = {"k", "4kk", "4q", "17179869184G", "-4k", "4 k"};
    for (size_t i = 0; i < sizeof not_size / sizeof not_size[0]; i++)
        tap_ok(!parse_size(not_size[i], &number), "'%s' is no size", not_size[i]);
    tap_ok(strcmp(format_size(text, 3 << 20), "3M") == 0, "3 MiB is written 3M");
    tap_ok(strcmp(format_size(text, 1000), "1000") == 0, "1000 is written 1000");
    tap_ok(parse_time("0.5s", &real) && real == 0.5, "0.5s");
    tap_ok(parse_time("20ms", &real) && fabs(real - 0.02) < 1e-15, "20ms");
    tap_ok(!parse_time("-1s", &real) && !parse_time("1 s", &real) && !parse_time("nan", &real) &&
               !parse_time("inf", &real) && !parse_time("0x10", &real),
           "-1s, '1 s', nan, inf and 0x10 are no times");
    tap_ok(parse_sizes("16k..100k,7", &sizes) && sizes.count == 5 && sizes.at[3] == 102400 &&
               sizes.at[2] == 65536 && sizes.at[4] == 7,
           "16k..100k,7");
    tap_ok(!parse_sizes("1,,2", &sizes) && !parse_sizes("8..4", &sizes) &&
               !parse_sizes("0..4", &sizes),
           "1,,2 and 8..4 and 0..4 are no lists");
}

static void test_cpu_list(void)
{
    struct cpu_list list;
    char text[64];
    tap_ok(cpu_list_parse("0,2-4,9", &list) && list.count == 5 && list.at[3] == 4, "0,2-4,9");
    tap_ok(strcmp(cpu_list_format(&list, text, sizeof text), "0,2-4,9") == 0, "and back");
    tap_ok(!cpu_list_parse("", &list) && !cpu_list_parse("3-1", &list) &&
               !cpu_list_parse("1,", &list) && !cpu_list_parse("99999", &list) &&
               !cpu_list_parse("-1", &list),
           "'', 3-1, '1,', 99999 and -1 are no CPU lists");
    cpu_list_allowed(&list);
    tap_ok(list.count >= 1 && cpu_usable() >= 1, "at least one CPU is allowed");
    tap_ok(cpu_has_isa(ISA_GENERIC), "generic is always there");
}

static void test_rng(void)
{
    struct rng a, b;
    uint64_t counts[7] = {0};
    unsigned char bytes[2][37];

    rng_seed(&a, 42, 0);
    rng_seed(&b, 42, 1);
    tap_ok(rng_next(&a) != rng_next(&b), "streams differ");
    /* xoshiro256++ from the state 1, 2, 3, 4: the first outputs of the authors' own program. */
    a = (struct rng){{1, 2, 3, 4}};
    tap_ok(rng_next(&a) == 41943041u && rng_next(&a) == 58720359u &&
               rng_next(&a) == 3588806011781223u,
           "xoshiro256++ gives its published values");
    /* splitmix64 from seed 0: the first output of Vigna's program. */
    tap_ok(rng_mix(0) == 0xe220a8397b1dcdafu, "splitmix64 gives its published value");
    for (int i = 0; i < 70000; i++)
        counts[rng_below(&a, 7)]++;
    bool even = true;
    for (int i = 0; i < 7; i++)
        even = even && counts[i] > 9500 && counts[i] < 10500;
    tap_ok(even, "rng_below is uniform");
    for (int i = 0; i < 2; i++) {
        rng_seed(&a, 1, 2);
        rng_fill(&a, bytes[i], sizeof bytes[i]);
    }
    tap_ok(memcmp(bytes[0], bytes[1], sizeof bytes[0]) == 0, "rng_fill repeats itself");
}

static void test_stats(void)
{
    const double few[] = {4, 1, 3, 2};
    struct stats stats = stats_of(few, 4);
    tap_near(stats.mean, 2.5, 1e-15, "mean of 1..4");
    tap_near(stats.median, 2.5, 1e-15, "median of 1..4");
    tap_near(stats.stddev, 1.2909944487358056, 1e-15, "stddev of 1..4");
    tap_near(stats.ci95, 3.182446305284263 * 1.2909944487358056 / 2, 1e-12, "ci95 of 1..4");
    stats = stats_of(few, 1);
    tap_ok(stats.stddev == 0 && stats.ci95 == 0 && stats.median == 4, "one sample");
    /* Student t quantiles, computed by mpmath 1.3 with 30 digits. */
    tap_near(stats_t_quantile(0.975, 1), 12.706204736174705, 1e-12, "t(.975, 1)");
    tap_near(stats_t_quantile(0.975, 10), 2.2281388519862747, 1e-12, "t(.975, 10)");
    tap_near(stats_t_quantile(0.05, 5), -2.0150483733330242, 1e-12, "t(.05, 5)");
    tap_near(stats_t_quantile(0.975, 1000), 1.9623390808264085, 1e-12, "t(.975, 1000)");
    const double x[] = {1, 2, 3, 4}, y[] = {6, 5, 7, 10};
    struct line line = stats_line(x, y, 4);
    tap_near(line.slope, 1.4, 1e-14, "slope");
    tap_near(line.intercept, 3.5, 1e-14, "intercept");
    tap_near(line.slope_error, sqrt(4.2 / 2 / 5), 1e-14, "slope's standard error");
}

static void test_units(void)
{
    static const struct {
        const char *base, *shown;
        double value, factor;
    } known[] = {
        {"flop/s", "GFLOP/s", 2e9, 1e9},   {"B/s", "MiB/s", 5e6, 0x1p20}, {"s", "ns", 0, 1e-9},
        {"s/page", "us/page", 2e-6, 1e-6}, {"1/s", "k/s", -2e3, 1e3},     {"J", "J", 5e6, 1}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct unit unit = unit_for(known[i].base, known[i].value);
        tap_ok(unit.factor == known[i].factor && strcmp(unit.shown, known[i].shown) == 0,
               "%g %s is shown in %s", known[i].value, known[i].base, known[i].shown);
    }
}

static void test_hist(void)
{
    struct hist *hist = malloc(sizeof *hist);
    double worst = 0;
    bool monotone = true;
    for (uint64_t ns = 1; ns < UINT64_MAX / 3; ns += 1 + ns / 97) {
        hist_clear(hist);
        hist_add(hist, ns / 2);
        hist_add(hist, ns);
        hist_add(hist, ns + ns / 2);
        double error = fabs(hist_quantile(hist, 0.5) * 1e9 - (double)ns) / (double)ns;
        worst = fmax(worst, error);
        monotone = monotone && hist_bucket(ns + 1) - hist_bucket(ns) <= 1 &&
                   hist_bucket_start(hist_bucket(ns)) <= ns;
    }
    tap_ok(worst <= 0.004, "a quantile is within 0.4 %% (%.4f %%)", worst * 100);
    tap_ok(monotone, "buckets follow each other");
    tap_ok(hist_bucket(UINT64_MAX) == HIST_BUCKETS - 1, "the last bucket takes the largest value");
    hist_clear(hist);
    for (int i = 0; i < 1000; i++)
        hist_add(hist, 5);
    tap_ok(hist_supports(hist, 0.99) && !hist_supports(hist, 0.999),
           "a quantile needs ten values beyond it");
    char *text = hist_text(hist);
    tap_ok(text && strchr(text, ':') && atoi(strchr(text, ':') + 1) == 1000, "text of a histogram");
    free(text);
    free(hist);
}

struct sum {
    struct team *team;
    atomic_int total, seen[3];
    bool good;
};

static void add_rank(void *context, int rank)
{
    struct sum *sum = context;
    for (int phase = 0; phase < 3; phase++) {
        atomic_fetch_add(&sum->seen[phase], 1);
        team_barrier(sum->team);
        if (atomic_load(&sum->seen[phase]) != team_threads(sum->team))
            sum->good = false;
    }
    atomic_fetch_add(&sum->total, rank + 1);
}

static void test_team(void)
{
    struct cpu_list any = {0};
    for (int threads = 1; threads <= 5; threads++) {
        struct sum sum = {.good = true};
        double seconds = 0;
        sum.team = team_new(threads, &any);
        for (int run = 0; sum.team && run < 50; run++) {
            memset(sum.seen, 0, sizeof sum.seen);
            seconds += team_run(sum.team, add_rank, &sum);
        }
        tap_ok(sum.good && sum.total == 50 * threads * (threads + 1) / 2 && seconds > 0,
               "%d threads meet at every barrier", threads);
        team_free(sum.team);
    }
}

/* Rank 1 arrives last at the barrier and keeps the CPU that both share; rank 0 comes late. */
struct late {
    uint64_t start_ns[2], end_ns[2];
};

static void late_rank(void *context, int rank)
{
    struct late *late = context;
    late->start_ns[rank] = clock_ns();
    while (rank == 1 && clock_ns() - late->start_ns[1] < 20000000)
        continue;
    late->end_ns[rank] = clock_ns();
}

static void test_team_time(void)
{
    struct cpu_list allowed, one = {.count = 1};
    int short_runs = 0, late_runs = 0;
    cpu_list_allowed(&allowed);
    one.at[0] = allowed.at[0];
    struct team *team = team_new(2, &one);
    for (int run = 0; team && run < 20; run++) {
        struct late late = {0};
        double seconds = team_run(team, late_rank, &late);
        uint64_t start = late.start_ns[0] < late.start_ns[1] ? late.start_ns[0] : late.start_ns[1];
        uint64_t end = late.end_ns[0] > late.end_ns[1] ? late.end_ns[0] : late.end_ns[1];
        short_runs += seconds < clock_seconds(start, end);
        late_runs += late.start_ns[0] > late.start_ns[1];
    }
    tap_ok(team && short_runs == 0,
           "the time is from the earliest start to the latest end (rank 0 was late in %d of 20)",
           late_runs);
    team_free(team);
}

static void test_team_pins(void)
{
    struct cpu_list before, after;
    struct sum sum = {.good = true};
    cpu_list_allowed(&before);
    sum.team = team_new(2, &before);
    if (sum.team)
        team_run(sum.team, add_rank, &sum);
    cpu_list_allowed(&after);
    tap_ok(sum.team && after.count == before.count, "a team leaves its caller the CPUs it had");
    team_free(sum.team);
}

/* ---- usage ---- */

static void work_for(double seconds)
{
    uint64_t start = clock_ns();
    while (clock_seconds(start, clock_ns()) < seconds)
        continue;
}

static void test_usage(void)
{
    struct usage usage = {0};
    for (int rep = -1; rep <= 2; rep++) {
        work_for(0.005); /* making what is measured: not timed */
        usage_start(&usage);
        work_for(0.01);
        usage_stop(&usage, rep);
    }
    double own_s = usage.user_s + usage.system_s;
    tap_ok(usage.wall_s >= 0.02 && own_s > 0 && own_s < usage.wall_s + 0.001,
           "the timed regions of counted repetitions add up (%g s)", usage.wall_s);
    struct usage none = {0};
    usage_start(&none);
    work_for(0.03);
    usage_stop(&none, 0);
    tap_ok(none.wall_s == 0 && none.user_s == 0 && none.idle_s == 0 && none.switches == 0,
           "warm-up and calibration are not counted");
}

/* Somebody else wants the only CPU that the program may use. */
static void test_waited(void)
{
    struct cpu_list allowed, one = {.count = 1};
    struct usage usage = {0};
    cpu_list_allowed(&allowed);
    one.at[0] = allowed.at[0];
    fflush(stdout);
    pid_t child = fork();
    cpu_pin(&one);
    if (child == 0) {
        for (;;)
            continue;
    }
    usage_start(&usage);
    work_for(0.3);
    usage_stop(&usage, 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cpu_pin(&allowed);
    double waited_s = usage_waited(&usage);
    if (waited_s < 0)
        tap_skip("a program that waits for its CPU says how long", "the kernel does not tell");
    else
        tap_ok(waited_s > 0.03 && waited_s <= usage.wall_s,
               "a program that waits for its CPU says how long (%g of %g s)", waited_s,
               usage.wall_s);
}

/* A second of wall time on one CPU: 0.9 s its own, 0.04 s idle, so that others had 0.06 s. */
static void test_waited_for_others(void)
{
    struct usage usage = {.wall_s = 1, .user_s = 0.9, .idle_s = 0.04, .threads = 2};
    usage.machine.cpus = 1;
    usage.thread[0].waited_s = 0.02;
    tap_near(usage_waited(&usage), 0.02, 1e-12, "a thread's waiting is the time it waited");
    usage.thread[1].waited_s = 0.5;
    tap_near(usage_waited(&usage), 0.06, 1e-12, "waiting for one's own threads is left out");
    usage.thread[1].waited_s = 0;
    usage.children_s = 0.8;
    tap_near(usage_waited(&usage), 0.02, 1e-12, "what was idle was not waited for by children");
    usage.idle_s = 0;
    tap_near(usage_waited(&usage), 0.1, 1e-12,
             "what others had of a full CPU, children waited for");
    usage.machine.idle_s = -1;
    tap_ok(usage_waited(&usage) < 0, "waiting is unknown where the system does not tell");
}

static void test_mem(void)
{
    struct mem mem;
    tap_ok(mem_map_touched(&mem, 10000, PAGES_DEFAULT) == 0 && ((char *)mem.data)[9999] == 0,
           "mapped memory is zero");
    mem_unmap(&mem);
    tap_ok(mem.data == NULL, "unmapping clears the struct");
    tap_ok(mem_map(&mem, 0, PAGES_DEFAULT) != 0 && mem_map(&mem, SIZE_MAX, PAGES_DEFAULT) != 0,
           "nothing and everything are refused");
    tap_ok(mem_map_guarded(&mem, 100) == 0, "guarded memory");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        ((volatile char *)mem.data)[99] = 1;
        ((volatile char *)mem.data)[100] = 1;
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    tap_ok(WIFSIGNALED(status) || WEXITSTATUS(status), "one byte past the end crashes");
    mem_unmap(&mem);
    tap_ok(mem_available() > 0 && mem_page_bytes() >= 4096, "available memory is known");
}

static void test_clock(void)
{
    clock_init();
    uint64_t start = clock_ns();
    clock_sleep_until(start + 2000000);
    double seconds = clock_seconds(start, clock_ns());
    tap_ok(seconds >= 0.002 && seconds < 1, "sleeping 2 ms takes 2 ms or a little more");
    tap_ok(clock_cost() > 0 && clock_cost() < 1e-3, "reading the clock costs something");
}

static bool json_is(const char *text, const char *wanted)
{
    char *written = NULL;
    size_t bytes;
    FILE *out = open_memstream(&written, &bytes);
    if (!out)
        return false;
    json_string(text, out);
    fclose(out);
    bool same = strcmp(written, wanted) == 0;
    free(written);
    return same;
}

/* RFC 3629: what is a character, and how JSON gets by without. */
static void test_utf8(void)
{
    static const char *const good[] = {"a",
                                       "\xc2\x80",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"",
                                      "\x80",
                                      "\xc1\x80",
                                      "\xc2",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe2\x82",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        tap_ok(utf8_length(good[i]) == strlen(good[i]), "character %zu is one", i);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(utf8_length(bad[i]) == 0, "sequence %zu is none", i);
    tap_ok(json_is("a\"\\\n\x7f\xc3\xa9", "\"a\\\"\\\\\\u000a\\u007f\xc3\xa9\""), "JSON escapes");
    tap_ok(json_is("caf\xe9 \xe2\x82", "\"caf\\ufffd \\ufffd\\ufffd\""), "JSON is UTF-8");
}

/* The exit status of a program that prints one number of a metric with this repetition's sample. */
static int value_status(int rep)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct report *report = report_new("test");
        struct metric *metric = report_metric(report, "metric", "s", BETTER_LOWER);
        if (rep >= 0)
            metric_add(metric, rep, 1);
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(99);
        report_print(report, FORMAT_VALUE);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_value(void)
{
    tap_ok(value_status(1) == 0, "--format value prints a sample");
    tap_ok(value_status(0) == 1, "--format value without a counted sample is an error");
    tap_ok(value_status(-1) == 1, "--format value without any sample is an error");
}

int main(void)
{
    test_utf8();
    test_parse();
    test_cpu_list();
    test_rng();
    test_stats();
    test_units();
    test_hist();
    test_team();
    test_team_pins();
    test_team_time();
    test_usage();
    test_waited();
    test_waited_for_others();
    test_mem();
    test_clock();
    test_value();
    return tap_done();
}
