/*
 * libFuzzer target for whatever compare reads: `make fuzz-rows`. The first byte chooses which file
 * of a folder the rest is; the others are good. What is refused must be refused by die(); what is
 * taken must be judged and written in every format, and what is written must be UTF-8 without
 * control characters, whatever was read.
 */
#include "analysis.h"
#include "columns.h"
#include "conditions.h"
#include "course.h"
#include "err.h"
#include "export.h"
#include "html.h"
#include "load.h"
#include "remarks.h"
#include "table.h"
#include "utf8.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(bool condition)
{
    if (!condition)
        abort();
}

/* ---- die() comes back here, and what was allocated on the way is freed ---- */

static jmp_buf refused;

/* The Makefile links these in front of the allocator's own. */
void *__real_calloc(size_t count, size_t bytes);
void *__real_malloc(size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void __real_free(void *old);
int __real_vasprintf(char **text, const char *format, va_list arguments);
int __real_scandir(const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
                   int (*order)(const struct dirent **, const struct dirent **));
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void __wrap_free(void *old);
int __wrap_vasprintf(char **text, const char *format, va_list arguments);
int __wrap_scandir(const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
                   int (*order)(const struct dirent **, const struct dirent **));

enum { MOST_HELD = 1 << 15 };
static void *held[MOST_HELD]; /* a hash table; GONE where one was freed */
static size_t used[MOST_HELD], used_count;
static char gone;
#define GONE ((void *)&gone)

static size_t slot_of(const void *pointer)
{
    return (size_t)((uintptr_t)pointer * 0x9e3779b97f4a7c15u >> 32) % MOST_HELD;
}

static void *hold(void *pointer)
{
    size_t slot = slot_of(pointer);
    if (!pointer)
        return NULL;
    while (held[slot] && held[slot] != GONE)
        slot = (slot + 1) % MOST_HELD;
    if (!held[slot]) {
        must(used_count < MOST_HELD / 2);
        used[used_count++] = slot;
    }
    held[slot] = pointer;
    return pointer;
}

static void let_go(const void *pointer)
{
    for (size_t slot = slot_of(pointer); pointer && held[slot]; slot = (slot + 1) % MOST_HELD) {
        if (held[slot] == pointer) {
            held[slot] = GONE;
            return;
        }
    }
}

void *__wrap_malloc(size_t bytes)
{
    return hold(__real_malloc(bytes));
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return hold(__real_calloc(count, bytes));
}

void *__wrap_realloc(void *old, size_t bytes)
{
    let_go(old);
    return hold(__real_realloc(old, bytes));
}

void __wrap_free(void *old)
{
    let_go(old);
    __real_free(old);
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    int length = __real_vasprintf(text, format, arguments);
    if (length >= 0)
        hold(*text);
    return length;
}

int __wrap_scandir(const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
                   int (*order)(const struct dirent **, const struct dirent **))
{
    int count = __real_scandir(path, list, filter, order);
    for (int i = 0; i < count; i++)
        hold((*list)[i]);
    if (count >= 0)
        hold(*list);
    return count;
}

/* Frees all that is held; after a run that came to its end, that must be nothing. */
static void free_held(bool refusal)
{
    for (size_t i = 0; i < used_count; i++) {
        void *pointer = held[used[i]];
        must(refusal || pointer == GONE);
        held[used[i]] = NULL;
        if (pointer != GONE)
            __real_free(pointer);
    }
    used_count = 0;
}

/*
 * Where memory came from is not kept, little of what was freed is held back, and none of it is
 * filled: a fifth of the time.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "malloc_context_size=0:quarantine_size_mb=4:thread_local_quarantine_size_kb=64:"
           "max_malloc_fill_size=0";
}

const char *err_tool = "rows_fuzz";
const char html_style[] = "";

void warn(const char *format, ...)
{
    (void)format;
}

/*
 * What a terminal shows as it is; of a message, one line. That it looked at every character is
 * nothing for libFuzzer to learn from.
 */
__attribute__((no_sanitize("coverage"))) static void check_text(const char *text, bool one_line)
{
    while (*text) {
        if (*text >= ' ' && *text < 0x7f) {
            text++;
            continue;
        }
        size_t length = utf8_length(text);
        must(length > 0);
        must(length > 1 || (*text == '\n' && !one_line));
        text += length;
    }
}

_Noreturn void die(enum exit_status status, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    must(status == STATUS_SYSTEM);
    check_text(text, true);
    longjmp(refused, 1);
}

_Noreturn void die_errno(enum exit_status status, const char *format, ...)
{
    (void)status;
    (void)format;
    longjmp(refused, 1);
}

/* ---- folders ---- */

static const char samples[] =
    "time,host,platform,round," COLUMNS_ROW "\n"
    "1,h,native,1,linpack,lu,flop/s,higher,1,1e9\n1,h,docker,1,linpack,lu,flop/s,higher,1,9e8\n"
    "2,h,native,2,linpack,lu,flop/s,higher,1,1e9\n2,h,docker,2,linpack,lu,flop/s,higher,1,8e8\n"
    "3,h,native,3,linpack,lu,flop/s,higher,1,1e9\n3,h,docker,3,linpack,lu,flop/s,higher,1,8e8\n";
static const char rows[] = "time,value\n1,100\n2,101\n3,99\n";

/* By the first byte: the file that the rest is, and a good one beside it. */
static const struct kind {
    char letter;
    const char *name, *beside, *contents;
} kinds[] = {
    {'s', "samples.csv", NULL, NULL},
    {'g', "guards.csv", "samples.csv", samples},
    {'f', "facts.csv", "samples.csv", samples},
    {'x', "failures.csv", "samples.csv", samples},
    {'p', "platforms.csv", "samples.csv", samples},
    {'e', "environment.txt", "samples.csv", samples},
    {'c', "docker-mem.csv", "native-mem.csv", rows},
    {'w', "results-docker.csv", "native-cpu.csv", rows},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static char top[] = "/dev/shm/guestmark-fuzz.XXXXXX";
static int lowest; /* descriptors from here on are ours */

static void write_file(const char *folder, const char *name, const void *data, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    must(file >= 0 && write(file, data, bytes) == (ssize_t)bytes && close(file) == 0);
}

static const char *folder_of(size_t kind)
{
    static char path[KINDS][64];
    if (path[kind][0] == '\0')
        snprintf(path[kind], sizeof path[kind], "%s/%c", top, kinds[kind].letter);
    return path[kind];
}

static void remove_folders(void)
{
    char path[256];
    for (size_t i = 0; i < KINDS; i++) {
        const char *const names[] = {kinds[i].name, kinds[i].beside};
        for (size_t k = 0; k < 2 && names[k]; k++) {
            snprintf(path, sizeof path, "%s/%s", folder_of(i), names[k]);
            unlink(path);
        }
        rmdir(folder_of(i));
    }
    rmdir(top);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    must(mkdtemp(top) != NULL);
    for (size_t i = 0; i < KINDS; i++) {
        must(mkdir(folder_of(i), 0777) == 0);
        if (kinds[i].beside)
            write_file(folder_of(i), kinds[i].beside, kinds[i].contents, strlen(kinds[i].contents));
    }
    atexit(remove_folders);
    lowest = dup(0);
    close(lowest);
    used_count = 0;
    memset(held, 0, sizeof held);
    return 0;
}

/* ---- one input ---- */

/* Judges, and writes one format: all of them would take most of the time. */
static void write_one(const struct model *model, size_t format)
{
    static char text[1 << 20];
    struct settings settings = {
        .baseline = "native", .margin = 0.02, .precision = 0.02, .alpha = 0.05};
    struct analysis analysis = analyse(model, &settings);
    struct remarks remarks = remarks_of(&analysis);
    FILE *out = fmemopen(text, sizeof text, "w");
    must(out != NULL);
    switch (format) {
    case 0:
        table_print(&analysis, &remarks, false, out);
        table_detail(&analysis, out);
        table_versus(&analysis, false, out);
        break;
    case 1:
        html_report(&analysis, &remarks, out);
        break;
    case 2:
        export_csv(&analysis, out);
        break;
    case 3:
        export_json(&analysis, &remarks, out);
        break;
    case 4:
        export_markdown(&analysis, &remarks, out);
        break;
    }
    must(fclose(out) == 0);
    check_text(text, false);
    must(format != 1 || !strstr(text, "<script"));
    remarks_free(&remarks);
    analysis_free(&analysis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct model model = {.keep_samples = true};
    size_t kind = 0;
    if (bytes == 0)
        return 0;
    while (kind < KINDS && kinds[kind].letter != *data)
        kind++;
    kind = kind < KINDS ? kind : *data % KINDS;
    write_file(folder_of(kind), kinds[kind].name, data + 1, bytes - 1);
    if (setjmp(refused) != 0) {
        close_range((unsigned)lowest, ~0u, 0);
        free_held(true);
        return 0;
    }
    if (course_is(folder_of(kind)))
        course_load(&model, folder_of(kind));
    else
        load_results(&model, folder_of(kind), false);
    model_finish(&model);
    conditions_note(&model, folder_of(kind), true);
    if (bytes % 4 == 0) /* most of what can go wrong is in reading */
        write_one(&model, bytes / 4 % 5);
    model_free(&model);
    free_held(false);
    return 0;
}
