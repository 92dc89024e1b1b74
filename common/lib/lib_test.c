/* The shared library against known answers. */
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
#include "tick.h"
#include "units.h"
#include "utf8.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
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
    tap_ok(cpu_list_parse("1023-1500,8191", &list) && list.count == 479 && list.at[478] == 8191 &&
               !cpu_list_parse("8192", &list),
           "there may be more than 1024 CPUs, up to 8192");
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

/* A page that the kernel has granted and cannot give: here of a file that has become shorter. */
static void test_bus(void)
{
    int ends[2], status = -1;
    char line[256] = "";
    fflush(stdout);
    if (pipe(ends) != 0)
        return;
    pid_t child = fork();
    if (child == 0) {
        FILE *file = tmpfile();
        dup2(ends[1], STDERR_FILENO);
        if (!file || ftruncate(fileno(file), 4096) != 0)
            _exit(99);
        volatile char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
        mem_catch_bus();
        if (page == MAP_FAILED || ftruncate(fileno(file), 0) != 0)
            _exit(99);
        page[0] = 1;
        _exit(0);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], line, sizeof line - 1);
    waitpid(child, &status, 0);
    tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "a page that cannot be had is status 1");
    tap_ok(got > 0 && strchr(line, '\n') == line + got - 1 && strstr(line, "hugetlb"),
           "and one line that says why");
    close(ends[0]);
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

/* How far off the timer is, in ns; 0: it is not set. */
static long tick_left(const struct tick *tick)
{
    struct itimerspec left = {0};
    timerfd_gettime(tick->timer, &left);
    return left.it_value.tv_sec * 1000000000 + left.it_value.tv_nsec;
}

static void test_tick(void)
{
    struct tick tick, none = {.timer = -1};
    uint64_t rings = 0, now = clock_ns();
    long left = 0;

    tick_init(&tick);
    tap_ok(tick_left(&tick) == 0, "no timer is pending before the first wait");
    /* Whoever loses the CPU in between finds that it has rung. */
    for (int tries = 0; left == 0 && tries < 1000; tries++) {
        now = tick.set_ns + TICK_AGAIN_NS;
        tick_keep(&tick, now);
        left = tick_left(&tick);
    }
    tap_ok(left > 0 && left <= TICK_AHEAD_NS, "while it waits one is");
    uint64_t set = tick.set_ns;
    tick_keep(&tick, set + TICK_AGAIN_NS - 1);
    tap_ok(tick.set_ns == set, "which is put off once in a while only");
    tick_end(&tick);
    usleep(2 * TICK_AHEAD_NS / 1000);
    tap_ok(tick_left(&tick) == 0 && read(tick.timer, &rings, sizeof rings) < 0,
           "and none afterwards, nor has it rung");
    tick_free(&tick);
    tick_keep(&none, now);
    tick_end(&none);
    tap_ok(none.timer == -1, "where there is no timer, nothing is kept");
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

static void test_median(void)
{
    struct report *report = report_new("test");
    struct metric *metric = report_metric(report, "metric", "s", BETTER_LOWER);
    metric_add(metric, 0, 100);
    tap_ok(isnan(metric_median(metric)), "a warm-up has no median");
    for (int rep = 1; rep <= 3; rep++)
        metric_add(metric, rep, rep);
    tap_ok(metric_median(metric) == 2, "the median is of counted samples");
    report_free(report);
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
    test_mem();
    test_bus();
    test_clock();
    test_tick();
    test_median();
    test_value();
    return tap_done();
}
