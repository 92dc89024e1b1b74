#include "method.h"

#include "anew.h"
#include "sys.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

const char *const method_names[] = {"fork", "vfork", "spawn", "clone", "thread", "auto", NULL};

bool method_lacking(int error)
{
    return error == ENOSYS || error == EPERM || error == EACCES || error == EINVAL ||
           error == EOPNOTSUPP || error == ENOENT || error == ENOEXEC;
}

/* ---- what all processes have in common ---- */

static int process_wait(long pid)
{
    for (;;) {
        int status;
        long got = sys_call(SYS_wait4, pid, (long)&status, 0, 0, 0);
        if (got == pid)
            return status;
        if (got != -EINTR)
            return (int)got;
    }
}

static int process_await_end(long pid)
{
    for (;;) {
        long got = sys_call(SYS_waitid, P_PID, pid, 0, WEXITED | WNOWAIT, 0);
        if (got != -EINTR)
            return (int)got;
    }
}

static void process_kill(long pid)
{
    sys_call(SYS_kill, pid, SIGKILL, 0, 0, 0);
}

static void child_main(void *argument)
{
    const struct job *job = argument;
    if (job->tree->program)
        anew_exec(job);
    else
        job_run(job);
}

/* ---- the methods ---- */

/*
 * The bare system call: libc's fork() also resets its locks and thread data in the child, which is
 * a copied page for each of them.
 */
static long fork_start(struct job *job)
{
    long pid = sys_call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid != 0)
        return pid;
    child_main(job);
    sys_call(SYS_exit_group, 0, 0, 0, 0, 0);
    __builtin_unreachable();
}

static long vfork_start(struct job *job)
{
    return sys_clone_run(CLONE_VM | CLONE_VFORK | SIGCHLD, NULL, child_main, job);
}

static long clone_start(struct job *job)
{
    char *stack = job->tree->stacks + job->slot * STACK_BYTES;
    return sys_clone_run(CLONE_VM | SIGCHLD, stack + STACK_BYTES, child_main, job);
}

#define PROCESS .wait = process_wait, .await_end = process_await_end, .kill = process_kill

const struct method methods[METHOD_COUNT] = {
    [METHOD_FORK] = {PROCESS, .id = METHOD_FORK, .start = fork_start, .may_exec = true},
    [METHOD_VFORK] = {PROCESS, .id = METHOD_VFORK, .start = vfork_start, .suspends = true,
                      .may_exec = true},
    [METHOD_SPAWN] = {PROCESS, .id = METHOD_SPAWN, .start = vfork_start, .may_exec = true,
                      .execs = true},
    [METHOD_CLONE] = {PROCESS, .id = METHOD_CLONE, .start = clone_start, .shares_memory = true},
    [METHOD_THREAD] = {.id = METHOD_THREAD,
                       .start = thread_start,
                       .wait = thread_wait,
                       .kill = thread_kill,
                       .is_thread = true},
};
