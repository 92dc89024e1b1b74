#include "servant.h"

#include "clock.h"
#include "columns.h"
#include "err.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_HUNG = 124 }; /* as timeout(1) has it */

/* ---- its folder ---- */

static FILE *open_file(const struct servant *servant, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", servant->folder, name);
    FILE *file = fopen(path, mode);
    if (!file)
        die_errno(STATUS_SYSTEM, "%s", path);
    return file;
}

static void close_file(FILE *file, const struct servant *servant, const char *name)
{
    bool bad = ferror(file);
    if (fclose(file) != 0 || bad)
        die_errno(STATUS_SYSTEM, "%s/%s", servant->folder, name);
}

static void say_status(const struct servant *servant, int status)
{
    FILE *file = open_file(servant, "status", "w");
    fprintf(file, "%d\n", status);
    close_file(file, servant, "status");
}

/* ---- its life ---- */

/* In the child: never returns. */
static _Noreturn void become(const char *folder, int in, int out)
{
    char script[4096];
    snprintf(script, sizeof script, "%s/serve", folder);
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    char err[4096];
    snprintf(err, sizeof err, "%s/err", folder);
    int fd = open(err, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (fd >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(fd, 2) == 2)
        execl("/bin/sh", "sh", script, (char *)NULL);
    _exit(127);
}

void servant_kill(const struct servant *servant)
{
    if (servant->pid <= 0)
        return;
    kill(-servant->pid, SIGKILL);
    kill(servant->pid, SIGKILL);
}

/*
 * Its exit status as a shell would have it; what does not end within the limit is killed. Nothing
 * of its process group is left, and `pid` is 0.
 */
static int reap(struct servant *servant, double limit_s)
{
    int status = 0;
    uint64_t until = clock_ns() + (uint64_t)(limit_s * 1e9);
    pid_t done;
    while ((done = waitpid(servant->pid, &status, WNOHANG)) == 0 && clock_ns() < until)
        usleep(1000);
    servant_kill(servant);
    while (done <= 0 && (done = waitpid(servant->pid, &status, 0)) < 0 && errno == EINTR)
        ;
    servant->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void let_go(struct servant *servant)
{
    if (servant->in >= 0)
        close(servant->in);
    close(servant->out);
    if (servant->script >= 0)
        close(servant->script);
    servant->in = servant->out = servant->script = -1;
    servant->lives = false;
    free(servant->text);
    servant->text = NULL;
    servant->used = servant->room = servant->line = 0;
    if (servant->rows)
        close_file(servant->rows, servant, "rows");
    servant->rows = NULL;
}

/*
 * Ends it, with the status that was found; `why` goes behind what it has said itself. Without a
 * reason it has closed its output, and its own status counts. Always false.
 */
static bool give_up(struct servant *servant, int found, const char *why, ...)
    __attribute__((format(printf, 3, 4)));
static bool give_up(struct servant *servant, int found, const char *why, ...)
{
    const double grace_s = 5; /* it has closed its output, and ought to end by itself */
    va_list arguments;
    if (why) {
        FILE *err = open_file(servant, "err", "a");
        va_start(arguments, why);
        vfprintf(err, why, arguments);
        va_end(arguments);
        putc('\n', err);
        close_file(err, servant, "err");
    }
    if (servant->in >= 0)
        close(servant->in);
    servant->in = -1;
    int status = reap(servant, why ? 0 : grace_s);
    let_go(servant);
    say_status(servant, why || status == 0 ? found : status);
    return false;
}

/* ---- what it says ---- */

enum said { SAID_LINE, SAID_NOTHING, SAID_END };

/* Waits for output until the deadline. */
static enum said hear(struct servant *servant, uint64_t deadline_ns)
{
    for (;;) {
        uint64_t now = clock_ns();
        if (now >= deadline_ns)
            return SAID_NOTHING;
        struct pollfd poll_for[] = {{.fd = servant->out, .events = POLLIN},
                                    {.fd = servant->script}};
        int wait_ms = (int)((deadline_ns - now) / 1000000 + 1);
        int ready = poll(poll_for, 2, wait_ms < 1000 ? wait_ms : 1000);
        if (ready < 0 && errno != EINTR)
            die_errno(STATUS_SYSTEM, "poll");
        if (ready > 0 && poll_for[0].revents)
            break;
        if (ready > 0 && poll_for[1].revents)
            return SAID_END;
    }
    if (servant->used == servant->room) {
        servant->room = servant->room ? 2 * servant->room : 4096;
        servant->text = realloc(servant->text, servant->room);
        if (!servant->text)
            die(STATUS_SYSTEM, "out of memory");
    }
    ssize_t got = read(servant->out, servant->text + servant->used, servant->room - servant->used);
    if (got > 0)
        servant->used += (size_t)got;
    return got > 0 || (got < 0 && errno == EINTR) ? SAID_LINE : SAID_END;
}

/* The next line, without its newline, in *line: valid until the next call. */
static enum said next_line(struct servant *servant, uint64_t deadline_ns, char **line)
{
    size_t looked = servant->line;
    for (;;) {
        char *from = servant->text + servant->line;
        char *end = servant->used > looked
                        ? memchr(servant->text + looked, '\n', servant->used - looked)
                        : NULL;
        if (end) {
            *end = '\0';
            *line = from;
            servant->line = (size_t)(end - servant->text) + 1;
            return SAID_LINE;
        }
        if (servant->line) { /* what has been read makes room */
            servant->used -= servant->line;
            memmove(servant->text, servant->text + servant->line, servant->used);
            servant->line = 0;
        }
        looked = servant->used;
        enum said said = hear(servant, deadline_ns);
        if (said != SAID_LINE)
            return said;
    }
}

/* It is not what it was to be by now, or has ended without. Always false. */
static bool late(struct servant *servant, enum said said, const char *what, double limit_s)
{
    if (said == SAID_NOTHING)
        return give_up(servant, STATUS_HUNG, "not %s within %g s", what, limit_s);
    return give_up(servant, STATUS_SYSTEM, NULL);
}

static uint64_t deadline(double limit_s)
{
    return clock_ns() + (uint64_t)(limit_s * 1e9);
}

/* Writes a row with the turn in place of the repetition's number. */
static bool put_row(FILE *rows, char *line, uint64_t turn)
{
    char *comma[COLUMNS - 1], *at = line;
    for (int i = 0; i < COLUMNS - 1; i++, at++) {
        at = strchr(at, ',');
        if (!at)
            return false;
        comma[i] = at;
    }
    if (strchr(at, ','))
        return false;
    *comma[COLUMN_REP - 1] = '\0';
    fprintf(rows, "%s,%llu%s\n", line, (unsigned long long)turn, comma[COLUMN_REP]);
    return true;
}

/* The FIFOs that a servant's script has named. */
struct channel {
    char in[4096], out[4096];
};

static struct channel channel_of(const char *path)
{
    struct channel channel;
    snprintf(channel.in, sizeof channel.in, "%s.in", path);
    snprintf(channel.out, sizeof channel.out, "%s.out", path);
    return channel;
}

/*
 * The first is opened for both, since opening one whose other end is not there yet would wait.
 * False if they cannot be opened: errno says why.
 */
static bool take_channel(struct servant *servant, const struct channel *channel)
{
    int in = open(channel->in, O_RDWR | O_CLOEXEC);
    if (in < 0)
        return false;
    int out = open(channel->out, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (out < 0) {
        close(in);
        return false;
    }
    close(servant->in);
    servant->in = in;
    servant->script = servant->out;
    servant->out = out;
    return true;
}

/* ---- its use ---- */

void servant_start(struct servant *servant, const char *folder, double limit_s)
{
    static const char *const files[] = {"facts", "err"};
    int in[2], out[2];
    *servant = (struct servant){.folder = folder, .script = -1};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        close_file(open_file(servant, files[i], "w"), servant, files[i]);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        die_errno(STATUS_SYSTEM, "pipe");
    servant->rows = open_file(servant, "rows", "w");
    servant->pid = fork();
    if (servant->pid < 0)
        die_errno(STATUS_SYSTEM, "fork");
    if (servant->pid == 0)
        become(servant->folder, in[0], out[1]);
    setpgid(servant->pid, servant->pid); /* whoever comes first */
    close(in[0]);
    close(out[1]);
    servant->in = in[1];
    servant->out = out[0];

    uint64_t until = deadline(limit_s);
    static const char says[] = "channel ";
    struct channel channel;
    char *line = NULL;
    enum said said;
    while ((said = next_line(servant, until, &line)) == SAID_LINE && strcmp(line, "ready") != 0) {
        if (servant->script < 0 && strncmp(line, says, sizeof says - 1) == 0) {
            channel = channel_of(line + sizeof says - 1);
            if (!take_channel(servant, &channel)) {
                give_up(servant, STATUS_SYSTEM, "%s: %s", line, strerror(errno));
                return;
            }
        }
    }
    if (said == SAID_LINE && servant->script >= 0) { /* both ends are open: the names can go */
        unlink(channel.in);
        unlink(channel.out);
    }
    if (said == SAID_LINE)
        servant->lives = true;
    else
        late(servant, said, "ready", limit_s);
}

bool servant_step(struct servant *servant, uint64_t turn, double limit_s)
{
    uint64_t until = deadline(limit_s);
    char *line = NULL;
    enum said said = SAID_LINE;
    if (write(servant->in, "\n", 1) != 1)
        return give_up(servant, STATUS_SYSTEM, NULL);
    while ((said = next_line(servant, until, &line)) == SAID_LINE && strcmp(line, "end") != 0) {
        if (!put_row(servant->rows, line, turn))
            return give_up(servant, STATUS_SYSTEM, "'%.100s' is not a row", line);
    }
    if (said == SAID_LINE)
        return true;
    return late(servant, said, "done", limit_s);
}

bool servant_finish(struct servant *servant, double limit_s)
{
    uint64_t until = deadline(limit_s);
    char *line = NULL;
    enum said said;
    if (!servant->lives)
        return false;
    close(servant->in);
    servant->in = -1;
    FILE *facts = open_file(servant, "facts", "w");
    while ((said = next_line(servant, until, &line)) == SAID_LINE) {
        if (strncmp(line, "# ", 2) == 0)
            fprintf(facts, "%s\n", line + 2);
    }
    close_file(facts, servant, "facts");
    if (said == SAID_NOTHING)
        return late(servant, said, "ended", limit_s);
    int status = reap(servant, limit_s);
    let_go(servant);
    say_status(servant, status);
    return status == 0;
}
