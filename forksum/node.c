#include "node.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

struct child {
    struct job job;
    long handle;
    int in; /* the end of its pipe that its answer comes from */
    bool running;
    volatile long *family; /* where the root notes it, NULL in other nodes */
};

static void node_close(int fd)
{
    if (fd >= 0)
        sys_call(SYS_close, fd, 0, 0, 0, 0);
}

static void fail(struct answer *answer, const struct range *range, int step, int error)
{
    if (answer->step == STEP_NONE) {
        answer->step = step;
        answer->error = error;
        answer->range = *range;
    }
}

/* ---- waiting for one child ---- */

/* 0, or an errno; EPIPE: the writer ended before its answer did. */
static int read_answer(int in, struct answer *answer)
{
    char *to = (char *)answer;
    size_t left = sizeof *answer;
    while (left > 0) {
        long got = sys_call(SYS_read, in, (long)to, (long)left, 0, 0);
        if (got == -EINTR)
            continue;
        if (got <= 0)
            return got ? (int)-got : EPIPE;
        to += got;
        left -= (size_t)got;
    }
    return 0;
}

/*
 * Waits first and reads then: the answer fits the pipe, so the child never waits for its reader,
 * and the reader is woken once instead of twice.
 */
static void child_finish(struct child *child, struct answer *answer)
{
    struct answer part;
    const struct range *range = &child->job.range;
    int status = child->job.tree->method.wait(child->handle);

    child->running = false;
    if (child->family && status == 0)
        *child->family = 0; /* else it may have left children behind */
    if (status > 0) {
        fail(answer, range, STEP_CHILD, status);
    } else if (status < 0 && status != -ECHILD) {
        fail(answer, range, STEP_WAIT, -status);
    } else {
        int error = read_answer(child->in, &part);
        if (error) {
            fail(answer, range, STEP_READ, error);
        } else {
            answer->sum += part.sum;
            answer->processes += 1 + part.processes;
            answer->retries += part.retries;
            fail(answer, &part.range, part.step, part.error);
        }
    }
    node_close(child->in);
}

/* ---- making one child ---- */

uint64_t node_now_ns(void)
{
    struct timespec now = {0};
    sys_call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Whether waiting can help: processes, memory or descriptors that others may give back. */
static bool transient(const struct method *method, int error)
{
    return error == EAGAIN || error == ENOMEM || error == ENFILE ||
           (error == EMFILE && method->is_thread);
}

/*
 * After a refusal: waits for a child of one's own if there is one, since that frees a process for
 * sure; else sleeps, twice as long each time. False when the patience is at an end.
 */
static bool back_off(struct child *other, struct answer *answer, uint64_t *slept_ns,
                     uint64_t patience_ns)
{
    const uint64_t shortest = 100000, longest = 20000000;
    answer->retries++;
    if (other->running) {
        child_finish(other, answer);
        return answer->step == STEP_NONE;
    }
    if (*slept_ns >= patience_ns)
        return false;
    uint64_t pause = *slept_ns < shortest ? shortest : *slept_ns > longest ? longest : *slept_ns;
    struct timespec wait = {0, (long)pause};
    uint64_t start = node_now_ns();
    sys_call(SYS_nanosleep, (long)&wait, 0, 0, 0, 0);
    *slept_ns += node_now_ns() - start;
    return true;
}

/* One attempt: 0 or an errno, and the step that failed. */
static int child_try(struct child *child, int *step)
{
    int ends[2];
    *step = STEP_PIPE;
    long result = sys_call(SYS_pipe2, (long)ends, O_CLOEXEC, 0, 0, 0);
    if (result < 0)
        return (int)-result;
    child->in = ends[0];
    child->job.out = ends[1];
    child->job.foreign[0] = ends[0];
    *step = STEP_START;
    child->handle = child->job.tree->method.start(&child->job);
    child->running = child->handle > 0;
    if (child->running && child->family)
        *child->family = child->handle;
    if (!child->running || !child->job.tree->method.is_thread)
        node_close(ends[1]);
    if (!child->running)
        node_close(ends[0]);
    return child->running ? 0 : (int)-child->handle;
}

static void child_start(struct child *child, struct child *other, struct answer *answer)
{
    const struct tree *tree = child->job.tree;
    uint64_t slept_ns = 0;
    int step = STEP_START, starved = 0;
    if (tree->inject == INJECT_STARVE && child->job.range.last == tree->injected)
        starved = 3;
    for (;;) {
        int error = starved-- > 0 ? EAGAIN : child_try(child, &step);
        if (!error)
            return;
        if (!transient(&tree->method, error) ||
            !back_off(other, answer, &slept_ns, tree->patience_ns)) {
            fail(answer, &child->job.range, step, error);
            return;
        }
    }
}

/* ---- the node ---- */

static void child_init(struct child *child, const struct job *parent, int right)
{
    const struct tree *tree = parent->tree;
    uint64_t slot = tree->order == ORDER_PATH ? parent->depth + 1 : 2 * parent->slot + 1;
    child->running = false;
    child->job.tree = tree;
    child->job.range = range_half(parent->range, right);
    child->job.depth = parent->depth + 1;
    child->job.slot = tree->order == ORDER_PATH ? slot : slot + (uint64_t)right;
    child->job.foreign[1] = parent->out;
    child->job.foreign[2] = -1;
    child->job.times = NULL;
    child->family = parent->depth == 0 && tree->family ? &tree->family[right] : NULL;
}

static bool is_leaf(const struct job *job)
{
    return job->range.last - job->range.first < job->tree->leaf;
}

void node_run(const struct job *job, struct answer *answer)
{
    struct child left, right;

    answer->sum = 0;
    answer->processes = answer->retries = 0;
    answer->range = job->range;
    answer->step = STEP_NONE;
    answer->error = 0;
    if (is_leaf(job)) {
        answer->sum = range_sum(job->range);
        return;
    }
    child_init(&left, job, 0);
    child_init(&right, job, 1);
    child_start(&left, &right, answer);
    if (left.running && job->tree->order == ORDER_PATH)
        child_finish(&left, answer);
    if (answer->step == STEP_NONE) {
        if (left.running)
            right.job.foreign[2] = left.in;
        child_start(&right, &left, answer);
    }
    if (left.running && answer->step != STEP_NONE)
        job->tree->method.kill(left.handle);
    if (left.running)
        child_finish(&left, answer);
    if (right.running && answer->step != STEP_NONE)
        job->tree->method.kill(right.handle);
    if (right.running)
        child_finish(&right, answer);
}

/* ---- a child's life ---- */

static void write_answer(int out, const struct answer *answer, size_t piece)
{
    const char *from = (const char *)answer;
    for (size_t left = sizeof *answer; left > 0;) {
        size_t bytes = left < piece ? left : piece;
        long put = sys_call(SYS_write, out, (long)from, (long)bytes, 0, 0);
        if (put == -EINTR)
            continue;
        if (put <= 0)
            return; /* nobody reads any more; the parent's own failure is what is reported */
        from += put;
        left -= (size_t)put;
    }
}

/* Returns in how large pieces the answer is to be written. */
static size_t inject(const struct job *job, struct answer *answer)
{
    switch (job->tree->inject) {
    case INJECT_WRONG:
        answer->sum++;
        break;
    case INJECT_KILL:
        sys_call(SYS_kill, sys_call(SYS_getpid, 0, 0, 0, 0, 0), SIGKILL, 0, 0, 0);
        break;
    case INJECT_EXIT:
        sys_call(SYS_write, job->out, (long)answer, sizeof *answer / 2, 0, 0);
        sys_call(SYS_exit_group, 0, 0, 0, 0, 0);
        break;
    case INJECT_SHORT:
        return 1;
    default:
        break;
    }
    return sizeof *answer;
}

/*
 * A child of the root leads a process group of its own, in which all below it stay, so that the
 * root can end and reap them all. What lives for long dies with its parent, so that nothing
 * outlives a root that is killed either.
 */
static void settle(const struct job *job)
{
    sys_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (job->depth == 1) {
        sys_call(SYS_setpgid, 0, 0, 0, 0, 0);
        if (sys_call(SYS_getppid, 0, 0, 0, 0, 0) != job->tree->root)
            sys_call(SYS_exit_group, 0, 0, 0, 0, 0); /* it ended before it could be told */
    }
    for (int i = 0; i < 3; i++)
        node_close(job->foreign[i]);
}

void job_run(const struct job *job)
{
    struct answer answer;
    size_t piece = sizeof answer;
    if (job->times)
        job->times[0] = node_now_ns();
    if (job->out < 0) {
        if (job->times)
            job->times[1] = node_now_ns();
        return;
    }
    if (!is_leaf(job) && !job->tree->method.is_thread)
        settle(job);
    node_run(job, &answer);
    if (job->tree->inject != INJECT_NONE && is_leaf(job) && job->range.last == job->tree->injected)
        piece = inject(job, &answer);
    write_answer(job->out, &answer, piece);
    if (job->tree->method.is_thread)
        node_close(job->out);
}

void job_fail(const struct job *job, int step, int error)
{
    struct answer answer = {.step = STEP_NONE};
    fail(&answer, &job->range, step, error);
    write_answer(job->out, &answer, sizeof answer);
}
