#include "steps.h"

#include "err.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* What was read and not used yet. Not stdio's: it would take memory that forksum has to copy. */
static struct {
    char bytes[64];
    size_t at, count;
} input;

/*
 * A closed pipe is an error like others, with its line. Only here, since what is measured must find
 * its signals as it always does.
 */
static void flush(void)
{
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    if (fflush(stdout) != 0 || ferror(stdout))
        die_errno(STATUS_SYSTEM, "stdout");
    signal(SIGPIPE, before);
}

void steps_ready(struct report *report)
{
    report_header(report);
    puts("ready");
    flush();
}

void steps_answer(struct report *report)
{
    report_rows(report);
    puts("end");
    flush();
}

/* Whoever started this program may have left stdin in a mode in which reading does not wait. */
static void wait_readable(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, -1) < 0 && errno != EINTR)
        die_errno(STATUS_SYSTEM, "stdin");
}

bool steps_await(void)
{
    for (;;) {
        while (input.at < input.count) {
            if (input.bytes[input.at++] == '\n')
                return true;
        }
        ssize_t got = read(STDIN_FILENO, input.bytes, sizeof input.bytes);
        if (got == 0)
            break;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            wait_readable();
        else if (got < 0 && errno != EINTR)
            die_errno(STATUS_SYSTEM, "stdin");
        input.at = 0;
        input.count = got > 0 ? (size_t)got : 0;
    }
    signal(SIGPIPE, SIG_IGN); /* nothing more is measured: see flush() */
    return false;
}
