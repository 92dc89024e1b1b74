#include "run.h"

#include "err.h"
#include "said.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The same on every platform. HOME and TMPDIR are the folder that it runs in. */
static char *environment[] = {
    (char[]){"PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"},
    (char[]){"LC_ALL=C"}, (char[]){"HOME=."}, (char[]){"TMPDIR=."}, NULL};

/* A file that is gone when the process is: in memory, where the kernel has such files (3.17). */
static int file_of_memory(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0) {
        FILE *file = tmpfile();
        fd = file ? dup(fileno(file)) : -1;
        if (file)
            fclose(file);
    }
    if (fd < 0)
        die_errno(STATUS_SYSTEM, "a file for what the command prints");
    return fd;
}

void run_prepare(struct run *run)
{
    const char *slash = strrchr(run->words[0], '/');
    if (!run->name)
        run->name = slash ? slash + 1 : run->words[0];
    run->in = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (run->in < 0)
        die_errno(STATUS_SYSTEM, "/dev/null");
    run->out = run->keep_out ? file_of_memory("stdout") : run->in;
    run->err = file_of_memory("stderr");
}

static void empty(int fd)
{
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        die_errno(STATUS_SYSTEM, "a file for what the command prints");
}

void run_clear(const struct run *run)
{
    empty(run->err);
    if (run->keep_out)
        empty(run->out);
}

bool run_once(struct run *run)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    run->status = 0;
    run->error = posix_spawn_file_actions_init(&actions);
    if (run->error)
        return false;
    const int fds[] = {run->in, run->out, run->err};
    for (int i = 0; i < 3 && !run->error; i++)
        run->error = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
    if (!run->error)
        run->error = posix_spawnp(&pid, run->words[0], &actions, NULL, run->words, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (run->error)
        return false;
    while (waitpid(pid, &run->status, 0) < 0) {
        if (errno != EINTR) {
            run->error = errno;
            return false;
        }
    }
    return run->status == 0;
}

/* A file that is there and does not start for want of another one: which one. */
static _Noreturn void lacking(const struct run *run)
{
    char interpreter[256];
    if (said_interpreter(run->words[0], interpreter, sizeof interpreter) &&
        access(interpreter, X_OK) != 0)
        die(STATUS_UNAVAILABLE, "%s: needs the interpreter %s, which is not there", run->name,
            interpreter);
    die(STATUS_UNAVAILABLE, "%s: does not start: %s", run->name, strerror(run->error));
}

_Noreturn void run_explain(const struct run *run)
{
    const char *library = "error while loading shared libraries: "; /* glibc's linker */
    char line[SAID_MOST];
    said_last(run->err, line);
    if (run->error == ENOEXEC)
        die(STATUS_UNAVAILABLE, "%s: is no program that runs on this kind of machine", run->name);
    if (run->error == ENOENT || run->error == EACCES)
        lacking(run);
    if (run->error)
        die(STATUS_SYSTEM, "%s: does not start: %s", run->name, strerror(run->error));
    if (WIFSIGNALED(run->status))
        die(STATUS_SYSTEM, "%s: killed by signal %d (%s)", run->name, WTERMSIG(run->status),
            strsignal(WTERMSIG(run->status)));
    const char *lacks = strstr(line, library);
    if (lacks)
        die(STATUS_UNAVAILABLE, "%s: lacks a library: %s", run->name, lacks + strlen(library));
    die(STATUS_SYSTEM, "%s: exit status %d%s%s", run->name, WEXITSTATUS(run->status),
        *line ? ": " : " and nothing on stderr", line);
}
