/*
 * System calls without libc. A child of the tree runs on these alone: after fork() every page that
 * it reads or writes is a page fault, and a libc function is a page of its own; before libc has
 * started (anew.c) nothing else may be called at all.
 *
 * All return what the kernel returns: a negative errno on failure.
 */
#ifndef GM_FORKSUM_SYS_H
#define GM_FORKSUM_SYS_H

#include <sys/syscall.h>

#if defined(__x86_64__)

#define SYS_WITHOUT_LIBC 1 /* nothing here needs libc to have started */

static inline long sys_call(long number, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

/*
 * Makes a child in the caller's memory (CLONE_VM) that runs run(argument) on `stack`, its upper
 * end, and then ends with status 0. With CLONE_VFORK `stack` may be NULL: the child then uses what
 * lies below the caller's own stack pointer and its red zone, since the caller stands still.
 */
static inline long sys_clone_run(long flags, void *stack, void (*run)(void *), void *argument)
{
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    long result;
    __asm__ volatile(
        "test %%rsi, %%rsi\n\t"
        "jnz 1f\n\t"
        "lea -256(%%rsp), %%rsi\n"
        "1:\tand $-16, %%rsi\n\t"
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 2f\n\t"
        "mov %[argument], %%rdi\n\t"
        "call *%[run]\n\t"
        "xor %%edi, %%edi\n\t"
        "mov %[exit_group], %%eax\n\t"
        "syscall\n\t"
        "hlt\n"
        "2:"
        : "=a"(result), "+S"(stack)
        : "0"((long)SYS_clone), "D"(flags), "d"(0L), "r"(r10),
          "r"(r8), [run] "r"(run), [argument] "r"(argument), [exit_group] "i"(SYS_exit_group)
        : "rcx", "r11", "cc", "memory");
    return result;
}

#elif defined(__aarch64__)

static inline long sys_call(long number, long a, long b, long c, long d, long e)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}

#elif defined(__riscv)

static inline long sys_call(long number, long a, long b, long c, long d, long e)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4) : "memory");
    return a0;
}

#else

#include <errno.h>
#include <unistd.h>

static inline long sys_call(long number, long a, long b, long c, long d, long e)
{
    long result = syscall(number, a, b, c, d, e);
    return result == -1 ? -errno : result;
}

#endif

#ifndef SYS_WITHOUT_LIBC

#include <errno.h>
#include <sched.h>

struct sys_clone_call {
    void (*run)(void *);
    void *argument;
};

static int sys_clone_called(void *call)
{
    struct sys_clone_call *child = call;
    child->run(child->argument);
    return 0;
}

/* The same by libc's clone(), which wants a stack: far below the caller's for a vfork. */
static inline long sys_clone_run(long flags, void *stack, void (*run)(void *), void *argument)
{
    static const long below = 16384;
    struct sys_clone_call call = {run, argument};
    char *top = stack ? stack : (char *)__builtin_frame_address(0) - below;
    top = (char *)((unsigned long)top & ~15ul);
    if (stack) { /* the caller's frame may be gone before the child reads it */
        top -= sizeof call;
        *(struct sys_clone_call *)top = call;
    }
    long pid = clone(sys_clone_called, (void *)((unsigned long)top & ~15ul), (int)flags,
                     stack ? (void *)top : (void *)&call);
    return pid == -1 ? -errno : pid;
}

#endif

#endif
