#include "family.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long family[FAMILY_MAX];
static pid_t head;

static void reap(pid_t which)
{
    while (waitpid(which, NULL, 0) > 0 || errno == EINTR)
        continue;
}

/* Calls nothing but what a signal handler may. */
void family_end(void)
{
    for (int i = 0; i < FAMILY_MAX; i++) {
        pid_t leader = (pid_t)family[i];
        if (leader <= 0)
            continue;
        if (waitpid(leader, NULL, WNOHANG) == 0) {
            kill(leader, SIGKILL); /* by itself: it may not lead its group yet */
            reap(leader);
        }
        /* Its descendants are ours now. Where there are none, the number is free for others. */
        if (waitpid(-leader, NULL, WNOHANG) >= 0) {
            kill(-leader, SIGKILL);
            reap(-leader);
        }
        family[i] = 0;
    }
}

static void on_signal(int signal_number)
{
    if (getpid() != head)
        _exit(128 + signal_number);
    family_end();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
    /* The signal comes when this handler returns; where it does not, this is process 1. */
    if (head == 1)
        _exit(128 + signal_number);
}

void family_init(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, before;

    head = getpid();
    signal(SIGCHLD, SIG_DFL); /* ignored, it would leave no child to wait for */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void family_leave(void)
{
    for (int i = 0; i < FAMILY_MAX; i++)
        family[i] = 0;
    head = getpid();
}

void family_sweep(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
}
