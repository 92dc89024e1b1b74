/*
 * The workload against a disk that fails on command: an engine whose completions say what a script
 * tells them to, as a kernel's do in an io_event or an io_uring entry, where strace cannot reach.
 * What it moves, it moves in a memory file, so that the contents can be verified.
 */
#include "err.h"
#include "tap.h"
#include "verify.h"
#include "workload.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { block_bytes = 4096, blocks = 256, depth = 16, all_of_it = INT32_MAX, nothing = -INT32_MAX };
enum { together = 3 }; /* the engine is deep enough to be asked for so many */

/* Completions first .. first+count-1 end with `result`; those before and after are good. */
struct script {
    int first, count;
    int64_t result; /* bytes or -errno; nothing: says all_of_it, but moves no byte */
};

/* ---- the engine ---- */

struct scripted {
    int fd, ended, handed;
    struct io *waiting[depth];
};
static struct script script; /* of the case that runs: engine->open() has no room for it */

static void *scripted_open(const struct engine_setup *setup)
{
    struct scripted *queue = calloc(1, sizeof *queue);
    if (queue)
        queue->fd = setup->fd;
    return queue;
}

/* Takes one at a time, as a kernel may: the rest has to be handed over again. */
static int scripted_submit(void *opaque, struct io *const *ios, int count)
{
    struct scripted *queue = opaque;
    (void)count;
    queue->waiting[queue->handed++] = ios[0];
    return 1;
}

static void move(int fd, struct io *io, int64_t most)
{
    char *from = io->buffer + io->done;
    size_t left = io->bytes - io->done, bytes = most < (int64_t)left ? (size_t)most : left;
    off_t at = (off_t)(io->offset + io->done);
    io->result = io->write ? pwrite(fd, from, bytes, at) : pread(fd, from, bytes, at);
}

static int scripted_reap(void *opaque, struct io **ended, int least, int most)
{
    struct scripted *queue = opaque;
    if (most != together)
        return -EINVAL;
    if (least == 0 || queue->handed == 0)
        return 0;
    struct io *io = queue->waiting[--queue->handed]; /* the last first: order is not promised */
    int number = ++queue->ended;
    bool now = number >= script.first && number < script.first + script.count;
    if (!now || script.result >= 0)
        move(queue->fd, io, now ? script.result : all_of_it);
    else
        io->result = script.result == nothing ? (int64_t)(io->bytes - io->done) : script.result;
    ended[0] = io;
    return 1;
}

static const char *scripted_describe(const void *queue)
{
    (void)queue;
    return "scripted";
}

static const struct engine scripted = {.name = "scripted",
                                       .together = together,
                                       .open = scripted_open,
                                       .submit = scripted_submit,
                                       .reap = scripted_reap,
                                       .close = free,
                                       .describe = scripted_describe};

/* ---- one run ---- */

/* Enough for several passes over the file; ends the process as diskrand would. */
static _Noreturn void run_script(enum pattern_kind pattern)
{
    const struct cpu_list no_cpus = {0};
    static struct work_file file = {
        .name = "the file", .bytes = blocks * block_bytes, .place = {.direct_offset = 512}};
    file.fd = memfd_create("worker_test", MFD_CLOEXEC);
    if (file.fd < 0 || ftruncate(file.fd, blocks * block_bytes) != 0)
        die_errno(STATUS_UNAVAILABLE, "memfd_create");
    const struct workload_want want = {.engine = &scripted,
                                       .file = &file,
                                       .cpus = &no_cpus,
                                       .pattern = pattern,
                                       .block = block_bytes,
                                       .depth = depth,
                                       .jobs = 1,
                                       .verify = pattern == RANDWRITE,
                                       .run = 7};
    struct workload *load = workload_new(&want);
    workload_run(load, 0.02);
    const struct tally *tally = workload_tally(load);
    printf("%d short, %d EINTR, %d EAGAIN\n", (int)tally->continued, (int)tally->interrupted,
           (int)tally->again);
    const struct verify verify = {
        .file = &file, .block = block_bytes, .run = 7, .generations = workload_generations(load)};
    if (want.verify)
        verify_all(&verify);
    workload_free(load);
    exit(0);
}

/* Runs it in a process of its own; returns its exit status, and what it printed on both streams. */
static int observe(enum pattern_kind pattern, char *text, size_t bytes)
{
    int ends[2], status = 0;
    fflush(NULL);
    if (pipe(ends) != 0)
        die_errno(STATUS_SYSTEM, "pipe");
    pid_t child = fork();
    if (child < 0)
        die_errno(STATUS_SYSTEM, "fork");
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        run_script(pattern);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    text[output ? fread(text, 1, bytes - 1, output) : 0] = '\0';
    if (output)
        fclose(output);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool matches(const char *text, const char *pattern)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool good = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return good;
}

static bool is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end && end[1] == '\0';
}

/* ---- the cases ---- */

#define FAILED(what) "^[^:]*: the file: " what " of 4096 bytes at offset [0-9]+: "

static const struct {
    const char *name;
    enum pattern_kind pattern;
    struct script script;
    enum exit_status status;
    const char *line;
} cases[] = {
    {"no fault", RANDWRITE, {0}, 0, "^0 short, 0 EINTR, 0 EAGAIN"},
    {"EIO of a write",
     RANDWRITE,
     {100, 1, -EIO},
     STATUS_SYSTEM,
     FAILED("write") "Input/output error"},
    {"EIO of the first write", RANDWRITE, {1, 1, -EIO}, STATUS_SYSTEM, FAILED("write") "Input"},
    {"EIO of a read", RANDREAD, {100, 1, -EIO}, STATUS_SYSTEM, FAILED("read") "Input/output error"},
    {"EIO of all", RANDWRITE, {1, 1 << 30, -EIO}, STATUS_SYSTEM, FAILED("write") "Input"},
    {"ENOSPC", RANDWRITE, {100, 1, -ENOSPC}, STATUS_SYSTEM, FAILED("write") "No space left"},
    {"nothing written",
     RANDWRITE,
     {100, 1, 0},
     STATUS_SYSTEM,
     FAILED("write") "only 0 bytes moved"},
    {"the end of the file",
     RANDREAD,
     {100, 1, 0},
     STATUS_SYSTEM,
     FAILED("read") "only 0 bytes moved"},
    {"part of a sector", RANDWRITE, {100, 1, 100}, STATUS_SYSTEM, FAILED("write") "only 100 bytes"},
    {"EAGAIN for ever",
     RANDWRITE,
     {100, 1 << 30, -EAGAIN},
     STATUS_SYSTEM,
     FAILED("write") "Resource"},
    {"EINTR for ever",
     RANDREAD,
     {100, 1 << 30, -EINTR},
     STATUS_SYSTEM,
     FAILED("read") "Interrupted"},
    {"three short writes", RANDWRITE, {100, 3, 512}, 0, "^3 short, 0 EINTR, 0 EAGAIN"},
    {"three short reads", RANDREAD, {100, 3, 1024}, 0, "^3 short, 0 EINTR, 0 EAGAIN"},
    {"nothing but short writes",
     RANDWRITE,
     {1, 1 << 30, 1536},
     0,
     "^[1-9][0-9]* short, 0 EINTR, 0"},
    {"three EINTR", RANDWRITE, {100, 3, -EINTR}, 0, "^0 short, 3 EINTR, 0 EAGAIN"},
    {"three EAGAIN", RANDREAD, {100, 3, -EAGAIN}, 0, "^0 short, 0 EINTR, 3 EAGAIN"},
    {"writes that did not happen",
     RANDWRITE,
     {1, 1 << 30, nothing},
     STATUS_WRONG,
     "offset 0: block 0 is "},
};

int main(void)
{
    char text[1024];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        script = cases[i].script;
        int status = observe(cases[i].pattern, text, sizeof text);
        bool good = status == (int)cases[i].status && matches(text, cases[i].line);
        if (!tap_ok(good && (status == STATUS_WRONG || is_one_line(text)),
                    "%s: status %d, and what it says", cases[i].name, (int)cases[i].status))
            printf("# status %d: %s\n", status, text);
    }
    return tap_done();
}
