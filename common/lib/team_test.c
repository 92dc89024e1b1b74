/* Teams of threads, and what is counted while they work. */
#include "clock.h"
#include "cpu.h"
#include "tap.h"
#include "team.h"
#include "usage.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
    usage.stolen_s = 0.07;
    tap_near(usage_waited(&usage), 0.03, 1e-12, "what a hypervisor took nobody here had");
    usage.machine.idle_s = -1;
    tap_ok(usage_waited(&usage) < 0, "waiting is unknown where the system does not tell");
}

int main(void)
{
    clock_init();
    test_team();
    test_team_pins();
    test_team_time();
    test_usage();
    test_waited();
    test_waited_for_others();
    return tap_done();
}
