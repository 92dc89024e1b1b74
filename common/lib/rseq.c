#include "rseq.h"

#include <limits.h>
#include <stddef.h>

#if defined(__GLIBC__) && defined(__has_builtin)
#if __GLIBC_PREREQ(2, 35) && __has_builtin(__builtin_thread_pointer)
#define HAVE_RSEQ 1
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifndef RSEQ_SIG /* not where glibc registers nothing (riscv64); __rseq_size is 0 there */
#define RSEQ_SIG 0
#endif
#endif
#endif

#ifdef HAVE_RSEQ

volatile char *rseq_area(void)
{
    return __rseq_size ? (char *)__builtin_thread_pointer() + __rseq_offset : NULL;
}

/* Registered are 32 bytes; newer versions of glibc may have registered as many as they say. */
bool rseq_unregister(void)
{
    volatile char *area = rseq_area();
    return !area || syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) == 0 ||
           syscall(SYS_rseq, area, __rseq_size, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) == 0;
}

#else

volatile char *rseq_area(void)
{
    return NULL;
}

bool rseq_unregister(void)
{
    return true;
}

#endif
