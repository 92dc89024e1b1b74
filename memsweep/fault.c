/*
 * fault, zero, cow: what the kernel does when a page is written for the first time.
 *
 *   fault  each page of a fresh mapping: allocate, clear, map
 *   zero   pages that were only read so far, and so all show the shared zero page
 *   cow    pages that a forked child shares: allocate, copy, map
 *
 * In a guest each of them may also cost exits to the hypervisor. Timed is the loop of one write per
 * page; mapping, reading, filling and forking are not. The bytes are checked afterwards, in the
 * child too, and so is the number of minor faults (faults.h).
 *
 * --pages default means base pages here, so that a page is a page on every platform.
 */
#include "kernels.h"

#include "err.h"
#include "faults.h"
#include "fetch.h"
#include "rseq.h"
#include "space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { FRESH, ZERO, COW };

struct fault {
    struct work work;
    struct session *session;
    const struct point *point;
    enum kind kind;
    enum mem_pages pages;
    struct mem mem; /* of the last unit */
    size_t bytes, words_per_page, words;
    struct faults faults; /* of the last run */
    bool child_good;      /* in the last run every child saw what was there before */
};

static enum kind kind_of(const struct kernel *kernel)
{
    if (strcmp(kernel->name, "zero") == 0)
        return ZERO;
    return strcmp(kernel->name, "cow") == 0 ? COW : FRESH;
}

struct work *fault_setup(struct session *session, const struct kernel *kernel,
                         const struct point *point)
{
    enum mem_pages asked = (enum mem_pages)session->config.pages;
    uint64_t unit = asked == PAGES_THP || asked == PAGES_HUGETLB ? 2 << 20 : mem_page_bytes();
    if (asked == PAGES_HUGETLB && kind_of(kernel) != FRESH)
        die(STATUS_UNAVAILABLE, "%s: --pages hugetlb: these pages have no %s", point->what,
            kind_of(kernel) == ZERO ? "zero page" : "copy on write that is sure of a page");
    if (point->bytes > SIZE_MAX / 4)
        die(STATUS_SYSTEM, "%s: more than any address space", point->what);
    struct fault *fault = state_new(sizeof *fault, point->what);
    fault->session = session;
    fault->point = point;
    fault->kind = kind_of(kernel);
    fault->pages = asked == PAGES_DEFAULT ? PAGES_4K : asked;
    fault->bytes = (size_t)((point->bytes + unit - 1) / unit * unit);
    fault->words_per_page = mem_page_bytes() / sizeof(uint64_t);
    fault->words = fault->bytes / sizeof(uint64_t);
    fault->work = (struct work){.per_unit = (double)(fault->words / fault->words_per_page),
                                .buffer = &fault->mem};
    return &fault->work;
}

/* What a word holds before the timed loop, which inverts the first one of each page. */
static uint64_t word_before(const struct fault *fault, size_t word)
{
    return fault->kind == COW ? word + 1 : 0;
}

/* The timed loop. A sanitizer's shadow memory would take faults of its own. */
__attribute__((no_sanitize("address"))) static void touch(void *context, int rank)
{
    struct fault *fault = context;
    volatile uint64_t *data = fault->mem.data;
    (void)rank;
    for (size_t word = 0; word < fault->words; word += fault->words_per_page)
        data[word] = ~word_before(fault, word);
}

static void read_pages(const struct fault *fault)
{
    const volatile uint64_t *data = fault->mem.data;
    for (size_t word = 0; word < fault->words; word += fault->words_per_page)
        (void)data[word];
}

/* ---- the child that shares the pages ---- */

struct child {
    pid_t pid;
    int release; /* closing it lets the child look at its pages and end */
};

static _Noreturn void child_main(const struct fault *fault, const int ends[2])
{
    const uint64_t *data = fault->mem.data;
    char byte;
    close(ends[1]);
    while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
        ;
    for (size_t word = 0; word < fault->words; word++) {
        if (data[word] != word_before(fault, word))
            _exit(STATUS_WRONG);
    }
    _exit(STATUS_GOOD);
}

static struct child child_start(struct fault *fault)
{
    uint64_t *data = fault->mem.data;
    int ends[2];
    space_share(&fault->mem);
    for (size_t word = 0; word < fault->words; word++)
        data[word] = word_before(fault, word);
    space_check(&fault->mem, fault->pages, fault->point->what, fault->session->report);
    if (pipe(ends) != 0)
        die_errno(STATUS_SYSTEM, "%s: pipe", fault->point->what);
    pid_t pid = fork();
    if (pid < 0)
        die_errno(errno == ENOSYS ? STATUS_UNAVAILABLE : STATUS_SYSTEM, "%s: fork",
                  fault->point->what);
    if (pid == 0)
        child_main(fault, ends);
    close(ends[0]);
    return (struct child){.pid = pid, .release = ends[1]};
}

static bool child_end(struct child child)
{
    int status;
    close(child.release);
    while (waitpid(child.pid, &status, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == STATUS_GOOD;
}

/* ---- measure ---- */

static double run_once(struct fault *fault)
{
    struct session *session = fault->session;
    struct child child = {0};
    mem_unmap(&fault->mem);
    space_map(&fault->mem, fault->bytes, fault->pages, fault->point->what);
    if (fault->kind == ZERO)
        read_pages(fault);
    if (fault->kind == COW)
        child = child_start(fault);
    /*
     * Forking has made the stack and the session shared, too; let them take their faults now. So do
     * the bytes to which the kernel writes when it takes the CPU away: a fault that is not timed
     * unless other work is on this CPU.
     */
    volatile char *area = rseq_area();
    if (area) {
        char byte = *area;
        *area = byte;
    }
    fault->words = 0;
    session_time(session, NULL, touch, fault);
    fault->words = fault->bytes / sizeof(uint64_t);
    long before = session->usage.minor_faults;
    double seconds = session_time(session, NULL, touch, fault);
    faults_add(&fault->faults, &fault->mem, session->usage.minor_faults - before);
    if (fault->kind == COW)
        fault->child_good &= child_end(child);
    return seconds;
}

double fault_run(void *work, uint64_t units)
{
    struct fault *fault = work;
    double seconds = 0;
    fault->faults = faults_none();
    fault->child_good = true;
    for (uint64_t unit = 0; unit < units; unit++)
        seconds += run_once(fault);
    return seconds;
}

/* ---- verify ---- */

static uint64_t word_after(const struct fault *fault, size_t word)
{
    uint64_t before = word_before(fault, word);
    return word % fault->words_per_page == 0 ? ~before : before;
}

/* Whether the page that begins with this word is as it must be: no branch, nor division, per word.
 */
static bool page_good(const struct fault *fault, size_t first)
{
    const uint64_t *page = (const uint64_t *)fault->mem.data + first;
    uint64_t before = word_before(fault, first), step = word_before(fault, first + 1) - before;
    uint64_t wrong = page[0] ^ ~before;
    for (size_t i = 1; i < fault->words_per_page; i++)
        wrong |= page[i] ^ (before + i * step);
    return wrong == 0;
}

bool fault_verify(void *work, char why[WHY_BYTES])
{
    struct fault *fault = work;
    const uint64_t *data = fault->mem.data;
    for (size_t word = 0; word < fault->words; word += fault->words_per_page) {
        fetch_page(data + word + fault->words_per_page);
        if (page_good(fault, word))
            continue;
        while (data[word] == word_after(fault, word))
            word++;
        snprintf(why, WHY_BYTES, "word %zu of %zu is %#llx, must be %#llx", word, fault->words,
                 (unsigned long long)data[word], (unsigned long long)word_after(fault, word));
        return false;
    }
    if (!fault->child_good) {
        snprintf(why, WHY_BYTES, "the forked child did not keep its pages as they were");
        return false;
    }
    return faults_verify(&fault->faults, why, WHY_BYTES);
}

void fault_finish(void *work)
{
    struct fault *fault = work;
    struct report *report = fault->session->report;
    faults_fact(&fault->faults, fault->point->what, report);
    if (fault->kind != COW)
        space_check(&fault->mem, fault->pages, fault->point->what, report);
    mem_unmap(&fault->mem);
    free(fault);
}
