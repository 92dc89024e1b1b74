/* Whether children that are copies have the heap. */
#include "heap.h"
#include "rseq.h"
#include "sys.h"
#include "tap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* How a child ends that reads a byte of the heap; -1 if it cannot be made. */
static int child_reads(volatile const char *byte)
{
    int status = -1;
    long pid = sys_call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        sys_call(SYS_exit_group, *byte, 0, 0, 0, 0);
    return pid > 0 && waitpid((pid_t)pid, &status, 0) == pid ? status : -1;
}

static bool has_it(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static bool lacks_it(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

int main(void)
{
    char *byte = malloc(1), *more;
    *byte = 7;
    heap_withhold();
    tap_ok(has_it(child_reads(byte)), "a child has the heap");
    bool found = rseq_unregister() && heap_find();
    heap_withhold();
    int without = child_reads(byte);
    heap_restore();
    if (found)
        tap_ok(lacks_it(without), "withheld, it has not");
    else
        tap_skip("withheld, it has not", "this build's children need it, or nothing here tells it");
    tap_ok(has_it(child_reads(byte)), "restored, it has it again");
    more = malloc(64 << 10);
    more[0] = 7;
    heap_withhold();
    tap_ok(child_reads(more) == without, "what has been added since is withheld as the rest");
    heap_restore();
    tap_ok(has_it(child_reads(more)), "and restored as the rest");
    free(more);
    free(byte);
    return tap_done();
}
