#include "explain.h"

#include "alloc.h"
#include "err.h"
#include "numbers.h"
#include "sides.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Smaller differences of what was used explain nothing; rates below RATE per second are a program's
 * own start. */
#define MUCH 1.25
enum { RATE = 100 };

/* Whether the base has so many times as much of something is in the difference's own direction. */
static bool fits(const struct sides *sides, double times)
{
    return sides->ratio > 1 ? times >= MUCH : times <= 1 / MUCH;
}

static bool is_of(const struct sides *sides, const char *program)
{
    size_t length = strlen(program);
    const char *benchmark = sides->metric->benchmark;
    return strncmp(benchmark, program, length) == 0 &&
           (benchmark[length] == '\0' || benchmark[length] == ':');
}

/* What one unit of the metric's work is called. */
static const char *unit_of(const struct sides *sides)
{
    static const struct {
        const char *metric, *called;
    } units[] = {
        {"lu", "flop"},         {"sweep", "access"},      {"copy", "byte"},     {"scale", "byte"},
        {"add", "byte"},        {"triad", "byte"},        {"gups", "update"},   {"sum", "tree"},
        {"iops", "access"},     {"requests", "request"},  {"upload", "upload"}, {"time", "run"},
        {"latency", "access"},  {"download", "download"}, {"fault", "page"},    {"walk", "access"},
        {"process", "process"},
    };
    size_t length = strcspn(sides->metric->name, "[");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].metric) == length &&
            strncmp(units[i].metric, sides->metric->name, length) == 0)
            return units[i].called;
    }
    return "unit of work";
}

/* ---- what may be asked of either side ---- */

/* How much of an entry of the bill there was per second of steps. */
static double rate(const struct side *side, const char *key)
{
    return side_bill(side, key) / side_bill(side, "bill.wall");
}

/* The same of what the program itself counted in its timed regions. A load client's counts are not
 * those of the platform that it loads. */
static double timed(const struct sides *sides, const struct side *side, const char *key)
{
    if (is_of(sides, "nginxload"))
        return NAN;
    double second = side_number(side, key, 1);
    return (side_number(side, key, 0) + (isnan(second) ? 0 : second)) /
           side_number(side, "timed.wall", 0);
}

static void put_times(const struct sides *sides, double times, const char *what, FILE *out)
{
    char text[NUMBER];
    fprintf(out, "%s times %s's %s per %s", number(text, times), sides->base_name, what,
            unit_of(sides));
}

/* ---- the rules ---- */

static bool say_emulated(const struct sides *sides, FILE *out)
{
    const char *here = side_platform_text(&sides->here, "identity.kvm_enabled");
    const char *base = side_platform_text(&sides->base, "identity.kvm_enabled");
    if (sides->ratio < 1 || !here || strcmp(here, "false") != 0 ||
        (base && strcmp(base, here) == 0))
        return false;
    fprintf(out, "its processor is emulated (QMP: kvm not enabled)");
    return true;
}

static bool say_proxy(const struct sides *sides, FILE *out)
{
    char text[NUMBER];
    double proxy = side_number(&sides->here, "bill.proxy_us", 0);
    double server = side_number(&sides->here, "bill.server_us", 0);
    if (sides->ratio < 1 || !(proxy > 0.05 * server) || !(server > 0))
        return false;
    fprintf(out, "docker-proxy used %s CPU per CPU of nginx", number(text, proxy / server));
    return true;
}

static bool say_network(const struct sides *sides, FILE *out)
{
    const char *here = side_platform_text(&sides->here, "net.backend");
    const char *base = side_platform_text(&sides->base, "net.backend");
    if (sides->ratio < 1 || !is_of(sides, "nginxload") || !here ||
        (strncmp(here, "user", 4) != 0 && strncmp(here, "passt", 5) != 0) ||
        (base && strcmp(here, base) == 0))
        return false;
    fprintf(out, "every packet passes through a process (net.backend: %s)", here);
    return true;
}

/* `default asked, 0 of 98330 KiB huge, page tables 236 KiB` */
static double huge_share(const struct sides *sides, const struct side *side)
{
    char *key = alloc_format("pages.%s", sides->metric->name);
    const char *text = side_text(side, key), *comma = text ? strstr(text, ", ") : NULL;
    double huge, all;
    free(key);
    if (!comma || sscanf(comma, ", %lf of %lf KiB huge", &huge, &all) != 2 || !(all > 0))
        return NAN;
    return huge / all;
}

static bool say_pages(const struct sides *sides, FILE *out)
{
    char here_text[NUMBER], base_text[NUMBER];
    double here = huge_share(sides, &sides->here), base = huge_share(sides, &sides->base);
    if (!(sides->ratio > 1 ? here < base - 0.1 : here > base + 0.1))
        return false;
    fprintf(out, "%s of its memory was in huge pages, %s of %s's", percent(here_text, here),
            percent(base_text, base), sides->base_name);
    return true;
}

static bool say_isa(const struct sides *sides, FILE *out)
{
    const char *here = side_text(&sides->here, "isa"), *base = side_text(&sides->base, "isa");
    if (!here || !base || strcmp(here, base) == 0)
        return false;
    fprintf(out, "it ran %s, %s %s", here, sides->base_name, base);
    return true;
}

/* The count goes on between a platform's steps, when its guest has little to do. */
static bool say_exits(const struct sides *sides, FILE *out)
{
    char text[NUMBER];
    double each = rate(&sides->here, "bill.exits");
    double base = rate(&sides->base, "bill.exits");
    if (sides->ratio < 1 || !(each >= RATE) || each < MUCH * base)
        return false;
    each *= sides->metric->better == BETTER_LOWER ? sides->here.mean : 1 / sides->here.mean;
    if (sides->mixed || each < 0.01)
        fprintf(out, "%s VM exits a second", number(text, rate(&sides->here, "bill.exits")));
    else
        fprintf(out, "%s VM exits per %s", number(text, each), unit_of(sides));
    return true;
}

/* Bytes at the host's disk for each that was asked for. */
static double disk_share(const struct side *side, const char *key, int which)
{
    double asked = side_number(side, "bytes.asked", which);
    return asked > 0 ? side_bill(side, key) / asked : NAN;
}

static bool say_disk(const struct sides *sides, FILE *out)
{
    static const struct {
        const char *key, *called;
    } ways[] = {{"host.disk_read", "read"}, {"host.disk_written", "wrote"}};
    char a[NUMBER], b[NUMBER];
    for (int i = 0; i < 2; i++) {
        double here = disk_share(&sides->here, ways[i].key, i);
        double base = disk_share(&sides->base, ways[i].key, i);
        if (!fits(sides, here / base) &&
            !(here >= 0 && here < 0.8 && base > 0.8 && sides->ratio < 1))
            continue;
        fprintf(out, "the host's disk %s %s bytes for each one asked for, %s %s", ways[i].called,
                number(a, here), sides->base_name, number(b, base));
        return true;
    }
    return false;
}

static bool say_allocation(const struct sides *sides, FILE *out)
{
    char text[NUMBER];
    double here = side_bill(&sides->here, "host.data_grown");
    double base = side_bill(&sides->base, "host.data_grown");
    if (sides->ratio < 1 || !is_of(sides, "diskrand") || !(here >= 0x1p20) || base > here / 2)
        return false;
    fprintf(out, "its disk image grew by %s MiB meanwhile", number(text, here / 0x1p20));
    return true;
}

/* Whether what runs there is accounted for by a kernel of its own, which knows nothing of what it
 * costs the host. */
static bool has_own_kernel(const struct side *side)
{
    const char *kind = side_platform_text(side, "platform.kind");
    const char *runtime = side_platform_text(side, "identity.runtime");
    return (kind && strcmp(kind, "vm") == 0) ||
           (runtime && (strncmp(runtime, "runsc", 5) == 0 || strncmp(runtime, "kata", 4) == 0));
}

/*
 * CPUs in use while it was measured. Of a server the whole host's, with the client's and those of
 * what moves the packets.
 */
static double cpus(const struct sides *sides, const struct side *side)
{
    if (is_of(sides, "nginxload"))
        return rate(side, "bill.host_cpu");
    if (has_own_kernel(side))
        return rate(side, "bill.platform_cpu");
    return timed(sides, side, "timed.user") + timed(sides, side, "timed.system");
}

static bool say_cpu(const struct sides *sides, FILE *out)
{
    char a[NUMBER], b[NUMBER];
    double here = cpus(sides, &sides->here), base = cpus(sides, &sides->base), times = here / base;
    const char *whose = is_of(sides, "nginxload") ? "the host's CPUs were" : "its CPU was";
    if (sides->ratio < MUCH || !(base > 0.01) || !isfinite(times))
        return false;
    if (times > MUCH)
        fprintf(out, "%s CPUs were busy with it, %s with %s", number(a, here), number(b, base),
                sides->base_name);
    else
        fprintf(out, "%s busy %s of the time, %s %s: it is %s", whose, percent(a, here),
                sides->base_name, percent(b, base),
                times > 1 / MUCH ? "work, not waiting" : "waiting, too");
    return true;
}

/* Where the kernel's part of the time has grown more than the program's own. */
static bool say_system(const struct sides *sides, FILE *out)
{
    char text[NUMBER];
    double here = timed(sides, &sides->here, "timed.system");
    double base = timed(sides, &sides->base, "timed.system");
    double own =
        timed(sides, &sides->here, "timed.user") / timed(sides, &sides->base, "timed.user");
    double times = here / base;
    if (sides->ratio < 1 || sides->mixed || !(times >= 1.5 * own) || !(here >= 0.1) ||
        !fits(sides, times * sides->ratio) || !isfinite(times))
        return false;
    put_times(sides, times * sides->ratio, "time in the kernel", out);
    fprintf(out, ", %s outside it", number(text, own * sides->ratio));
    return true;
}

/* What is counted is the kernel's work: it explains nothing where that takes hardly any time. */
static bool say_counted(const struct sides *sides, const char *key, const char *called, FILE *out)
{
    const struct side *dearer = sides->ratio < 1 ? &sides->base : &sides->here;
    double here = timed(sides, &sides->here, key), base = timed(sides, &sides->base, key);
    double times = here / base * sides->ratio;
    if (sides->mixed || timed(sides, dearer, "timed.system") < 0.1 ||
        !(here >= RATE || base >= RATE) || !fits(sides, times) || !isfinite(times))
        return false;
    put_times(sides, times, called, out);
    return true;
}

static bool say_faults(const struct sides *sides, FILE *out)
{
    return say_counted(sides, "timed.faults", "page faults", out);
}

static bool say_switches(const struct sides *sides, FILE *out)
{
    return say_counted(sides, "timed.switches", "context switches", out);
}

static bool say_lost(const struct sides *sides, double here, double base, const char *called,
                     FILE *out)
{
    char a[NUMBER], b[NUMBER];
    if (sides->ratio < 1 || !(here >= 0.05) || !(here >= 2 * base))
        return false;
    fprintf(out, "%s %s of the time, %s's %s", called, percent(a, here), sides->base_name,
            percent(b, base));
    return true;
}

static double waited(const struct sides *sides, const struct side *side)
{
    bool is_billed = is_of(sides, "nginxload") || has_own_kernel(side);
    return is_billed ? rate(side, "bill.waited") : timed(sides, side, "timed.waited");
}

static bool say_waited(const struct sides *sides, FILE *out)
{
    return say_lost(sides, waited(sides, &sides->here), waited(sides, &sides->base),
                    "its processes waited for a CPU", out);
}

static bool say_steal(const struct sides *sides, FILE *out)
{
    return say_lost(sides, rate(&sides->here, "host.steal"), rate(&sides->base, "host.steal"),
                    "a hypervisor below took its CPUs", out);
}

static bool say_startup(const struct sides *sides, FILE *out)
{
    char a[NUMBER], b[NUMBER];
    double work = side_work(&sides->here) / (double)sides->here.rounds;
    if (!is_of(sides, "platform") || !isfinite(work))
        return false;
    fprintf(out, "a round there was %s s of starting and %s s of measured work",
            number(a, sides->here.mean), number(b, work));
    return true;
}

/* The first ones that have something to say are heard: what names a cause before what counts. */
static bool (*const rules[])(const struct sides *sides, FILE *out) = {
    say_emulated, say_proxy,  say_network,    say_pages, say_isa,
    say_exits,    say_disk,   say_allocation, say_cpu,   say_system,
    say_faults,   say_waited, say_switches,   say_steal, say_startup,
};

static char *explain_sides(const struct sides *sides)
{
    char *text = NULL;
    size_t bytes, said = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        die(STATUS_SYSTEM, "out of memory");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && said < EXPLAIN_MOST; i++) {
        char *clause = NULL;
        size_t length;
        FILE *one = open_memstream(&clause, &length);
        if (!one)
            die(STATUS_SYSTEM, "out of memory");
        bool has_said = rules[i](sides, one);
        if (fclose(one) != 0)
            die(STATUS_SYSTEM, "out of memory");
        if (has_said)
            fprintf(out, "%s%s", said++ ? "; " : "", clause);
        free(clause);
    }
    if (fclose(out) != 0)
        die(STATUS_SYSTEM, "out of memory");
    if (said)
        return text;
    free(text);
    return NULL;
}

char *explain(const struct analysis *analysis, const struct row *row, const struct result *result)
{
    if (result->verdict != VERDICT_DIFFERENT || !row->baseline)
        return NULL;
    struct sides sides = sides_of(analysis, row, result);
    return explain_sides(&sides);
}

char *explain_versus(const struct analysis *analysis, const struct versus *versus)
{
    if (versus->result.verdict != VERDICT_DIFFERENT)
        return NULL;
    struct sides sides = sides_of_versus(analysis, versus);
    return explain_sides(&sides);
}
