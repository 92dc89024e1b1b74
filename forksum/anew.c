#include "anew.h"

#include "method.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>

/*
 * The arguments: MARK, the program's path, and one word of hexadecimal numbers of 16 digits each,
 * in this order. MARK is 8 bytes, compared as one by forksum_entry().
 */
#define MARK "forksum:"
enum field { LAST = 2, LEAF = 4, INJECTED = 6, PATIENCE = 8, MODE, DEPTH, OUT, ROOT, FIELDS };
enum { DIGITS = 16, TEXT = FIELDS * DIGITS + 1 };

static void put(char *text, int field, uint64_t value)
{
    for (int i = DIGITS - 1; i >= 0; i--) {
        text[field * DIGITS + i] = (char)('a' + (int)(value & 15));
        value >>= 4;
    }
}

static uint64_t get(const char *text, int field)
{
    uint64_t value = 0;
    for (int i = 0; i < DIGITS; i++)
        value = value << 4 | ((uint64_t)(text[field * DIGITS + i] - 'a') & 15);
    return value;
}

static void put_wide(char *text, int field, u128 value)
{
    put(text, field, (uint64_t)(value >> 64));
    put(text, field + 1, (uint64_t)value);
}

static u128 get_wide(const char *text, int field)
{
    return (u128)get(text, field) << 64 | get(text, field + 1);
}

/*
 * A vfork's child leaves this function by execve(), not by returning: marks that AddressSanitizer
 * sets around its variables would stay in the parent's memory.
 */
__attribute__((no_sanitize("address"))) void anew_exec(const struct job *job)
{
    const struct tree *tree = job->tree;
    char text[TEXT];
    const char *argv[] = {MARK, tree->program, text, NULL};
    const char *envp[] = {NULL};

    put_wide(text, 0, job->range.first);
    put_wide(text, LAST, job->range.last);
    put_wide(text, LEAF, tree->leaf);
    put_wide(text, INJECTED, tree->injected);
    put(text, PATIENCE, tree->patience_ns);
    put(text, MODE,
        (uint64_t)tree->method.id << 16 | (uint64_t)tree->order << 8 | (uint64_t)tree->inject);
    put(text, DEPTH, job->depth);
    put(text, OUT, (uint64_t)(int64_t)job->out);
    put(text, ROOT, (uint64_t)tree->root);
    text[TEXT - 1] = '\0';
    if (job->out >= 0)
        sys_call(SYS_fcntl, job->out, F_SETFD, 0, 0, 0);
    long error =
        sys_call(SYS_execve, (long)tree->program, (long)(void *)argv, (long)(void *)envp, 0, 0);
    if (job->out < 0)
        sys_call(SYS_exit_group, 127, 0, 0, 0, 0);
    job_fail(job, STEP_EXEC, (int)-error);
}

bool anew_is_job(char **argv)
{
    const char *word = argv[0];
    for (int i = 0; word && i < (int)sizeof MARK; i++) {
        if (word[i] != MARK[i])
            return false;
    }
    return word && argv[1] && argv[2];
}

void anew_main(char **argv)
{
    const char *text = argv[2];
    struct tree tree = {
        .method = methods[get(text, MODE) >> 16],
        .leaf = get_wide(text, LEAF),
        .injected = get_wide(text, INJECTED),
        .patience_ns = get(text, PATIENCE),
        .order = (int)(get(text, MODE) >> 8 & 255),
        .inject = (int)(get(text, MODE) & 255),
        .root = (long)get(text, ROOT),
        .program = argv[1],
    };
    const struct job job = {
        .tree = &tree,
        .range = {get_wide(text, 0), get_wide(text, LAST)},
        .depth = (unsigned)get(text, DEPTH),
        .out = (int)get(text, OUT),
        .foreign = {-1, -1, -1},
    };
    job_run(&job);
    for (;;)
        sys_call(SYS_exit_group, 0, 0, 0, 0, 0);
}

#if defined(__x86_64__)

/* argv[0] may be shorter than MARK, but is never the last 8 bytes of the stack: those are zero. */
__asm__(".text\n"
        ".globl forksum_entry\n"
        ".type forksum_entry, @function\n"
        "forksum_entry:\n"
        "    mov 8(%rsp), %rax\n"
        "    test %rax, %rax\n"
        "    jz 1f\n"
        "    movabs $0x3a6d75736b726f66, %rcx\n" /* "forksum:" */
        "    cmp %rcx, (%rax)\n"
        "    jne 1f\n"
        "    mov %rsp, %rdi\n"
        "    call anew_enter\n"
        "1:  jmp _start\n");

/* `stack` is what the kernel left: argc, then argv. Comes back if the arguments are no job. */
__attribute__((used)) void anew_enter(char **stack)
{
    if (anew_is_job(stack + 1))
        anew_main(stack + 1);
}

#endif
