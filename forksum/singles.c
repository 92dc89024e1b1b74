#include "singles.h"

#include "clock.h"
#include "err.h"
#include "family.h"
#include "heap.h"
#include "team.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a creator hands back, in memory that is shared with it. */
struct creator {
    struct tree tree; /* with its own stack, if children share memory */
    uint64_t start_ns, time_ns;
    uint64_t children, elapsed_ns, retries;
    int step, error;
    uint64_t times[2]; /* of the child under way */
    struct hist hist;
};

struct singles {
    struct cpu_list cpus;
    int creators;
    struct team *team; /* for threads */
    size_t bytes;
    struct creator at[];
};

struct singles *singles_new(const struct tree *tree, int creators, const struct cpu_list *cpus)
{
    size_t bytes = sizeof(struct singles) + (size_t)creators * sizeof(struct creator);
    struct singles *singles =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (singles == MAP_FAILED)
        die_errno(STATUS_SYSTEM, "--parallel %d", creators);
    singles->cpus = *cpus;
    singles->creators = creators;
    singles->bytes = bytes;
    for (int i = 0; i < creators; i++)
        singles->at[i].tree = *tree;
    if (tree->method.is_thread && creators > 1) {
        singles->team = team_new(creators, cpus);
        if (!singles->team)
            die_errno(STATUS_SYSTEM, "--parallel %d", creators);
    }
    return singles;
}

void singles_free(struct singles *singles)
{
    team_free(singles->team);
    munmap(singles, singles->bytes);
}

uint64_t singles_retries(const struct singles *singles)
{
    uint64_t retries = 0;
    for (int i = 0; i < singles->creators; i++)
        retries += singles->at[i].retries;
    return retries;
}

/* ---- one creator ---- */

static struct job no_op(const struct creator *creator)
{
    return (struct job){.tree = &creator->tree, .out = -1, .foreign = {-1, -1, -1}};
}

/* A refused process is asked for again every 0.1 ms for as long as the patience lasts. */
static long start_one(struct creator *creator, struct job *job)
{
    const struct method *method = &creator->tree.method;
    uint64_t deadline = 0;
    for (;;) {
        long handle = method->start(job);
        if (handle > 0 || (handle != -EAGAIN && handle != -ENOMEM))
            return handle;
        uint64_t now = clock_ns();
        if (deadline == 0)
            deadline = now + creator->tree.patience_ns;
        if (now >= deadline)
            return handle;
        creator->retries++;
        clock_sleep_until(now + 100000);
    }
}

static void create(struct creator *creator)
{
    const struct method *method = &creator->tree.method;
    struct job job = no_op(creator);
    uint64_t now;

    clock_sleep_until(creator->start_ns);
    uint64_t start = now = clock_ns();
    for (creator->children = 0; now - start < creator->time_ns; creator->children++) {
        long handle = start_one(creator, &job);
        int status = handle > 0 ? method->wait(handle) : 0;
        uint64_t end = clock_ns();
        if (handle <= 0 || (status != 0 && status != -ECHILD)) {
            creator->step = handle <= 0 ? STEP_START : status > 0 ? STEP_CHILD : STEP_WAIT;
            creator->error = handle <= 0 ? (int)-handle : status > 0 ? status : -status;
            return;
        }
        hist_add(&creator->hist, end - now);
        now = end;
    }
    creator->elapsed_ns = now - start;
}

/* Not for threads that have others beside them. */
static void create_alone(struct creator *creator)
{
    heap_withhold();
    create(creator);
    heap_restore();
}

/* ---- several ---- */

static void create_as_thread(void *context, int rank)
{
    struct singles *singles = context;
    create(&singles->at[rank]);
}

static _Noreturn void create_as_process(struct singles *singles, int rank, long root)
{
    family_leave();
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() == root) {
        cpu_pin_rank(&singles->cpus, rank);
        create_alone(&singles->at[rank]);
    }
    _exit(0);
}

/* The processes are noted in family[] behind the tree's two. */
static void create_in_processes(struct singles *singles)
{
    long root = getpid();
    for (int rank = 0; rank < singles->creators; rank++) {
        struct creator *creator = &singles->at[rank];
        pid_t pid = fork();
        if (pid == 0)
            create_as_process(singles, rank, root);
        if (pid < 0) {
            creator->step = STEP_START;
            creator->error = errno;
            break;
        }
        family[2 + rank] = pid;
    }
    for (int rank = 0; rank < singles->creators; rank++) {
        struct creator *creator = &singles->at[rank];
        int status = 0;
        pid_t pid = (pid_t)family[2 + rank];
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        if (status) {
            creator->step = STEP_CHILD;
            creator->error = status;
        } else {
            family[2 + rank] = 0;
        }
    }
}

double singles_rate(struct singles *singles, double time_s, struct hist *hist,
                    struct answer *failure)
{
    uint64_t lead_ns = singles->creators > 1 ? (uint64_t)singles->creators * 1000000 : 0;
    uint64_t start_ns = clock_ns() + lead_ns; /* all of them are there by then */
    double rate = 0;

    for (int i = 0; i < singles->creators; i++) {
        struct creator *creator = &singles->at[i];
        creator->start_ns = start_ns;
        creator->time_ns = (uint64_t)(time_s * 1e9) + 1;
        creator->step = STEP_NONE;
        creator->elapsed_ns = 0;
        hist_clear(&creator->hist);
    }
    if (singles->creators == 1)
        create_alone(&singles->at[0]);
    else if (singles->team)
        team_run(singles->team, create_as_thread, singles);
    else
        create_in_processes(singles);
    for (int i = 0; i < singles->creators; i++) {
        const struct creator *creator = &singles->at[i];
        if (creator->step != STEP_NONE) {
            *failure = (struct answer){.step = creator->step, .error = creator->error};
            return 0;
        }
        rate += (double)creator->children / ((double)creator->elapsed_ns * 1e-9);
        if (hist)
            hist_merge(hist, &creator->hist);
    }
    return rate;
}

/* ---- phases ---- */

enum { CREATE, BEGIN, EXIT, WAIT, PHASES };

/* Makes one child that notes its times; 0 or an errno. */
static int one_child(struct creator *creator, uint64_t ns[PHASES])
{
    const struct method *method = &creator->tree.method;
    struct job job = no_op(creator);
    job.times = creator->times;
    memset(creator->times, 0, sizeof creator->times);
    uint64_t start = node_now_ns();
    long handle = start_one(creator, &job);
    uint64_t created = node_now_ns();
    if (handle <= 0)
        return (int)-handle;
    if (method->await_end)
        method->await_end(handle);
    uint64_t ended = node_now_ns();
    method->wait(handle);
    uint64_t reaped = node_now_ns();
    volatile uint64_t *times = creator->times;
    ns[CREATE] = created - start;
    ns[BEGIN] = times[0] ? times[0] - start : 0;
    ns[EXIT] = times[1] && method->await_end ? ended - times[1] : 0;
    ns[WAIT] = method->await_end ? reaped - ended : 0;
    return 0;
}

int singles_phases(struct singles *singles, double time_s, struct phases *phases)
{
    struct creator *creator = &singles->at[0];
    struct hist *hists = malloc(PHASES * sizeof *hists);
    uint64_t end = clock_ns() + (uint64_t)(time_s * 1e9);
    uint64_t ns[PHASES];
    int error;
    if (!hists)
        return errno;
    for (int i = 0; i < PHASES; i++)
        hist_clear(&hists[i]);
    heap_withhold();
    do {
        error = one_child(creator, ns);
        for (int i = 0; !error && i < PHASES; i++)
            hist_add(&hists[i], ns[i]);
    } while (!error && clock_ns() < end);
    heap_restore();
    if (!error) {
        phases->create = hist_quantile(&hists[CREATE], 0.5);
        phases->begin = hist_quantile(&hists[BEGIN], 0.5);
        phases->exit = hist_quantile(&hists[EXIT], 0.5);
        phases->wait = hist_quantile(&hists[WAIT], 0.5);
    }
    free(hists);
    return error;
}
