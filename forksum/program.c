#include "anew.h"

#include <limits.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__GLIBC__) && defined(__has_builtin)
#if __GLIBC_PREREQ(2, 35) && __has_builtin(__builtin_thread_pointer)
#define HAVE_RSEQ 1
#include <sys/rseq.h>
#include <sys/syscall.h>
#ifndef RSEQ_SIG /* glibc names none where it registers nothing (riscv64); then __rseq_size is 0   \
                  */
#define RSEQ_SIG 0
#endif
#endif
#endif

void libc_step_aside(void)
{
#ifdef HAVE_RSEQ
    /* Registered are 32 bytes; newer versions of glibc may have registered as many as they say. */
    char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
    if (__rseq_size != 0 && syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) != 0)
        syscall(SYS_rseq, area, __rseq_size, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
#endif
}

static bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/*
 * The real path if there is one: looking up /proc/self in every new process is several
 * microseconds of work that a process as such does not need. Without /proc the path that the
 * kernel was given to start this program, which stays good as long as the folder does not change.
 */
const char *anew_program(void)
{
    static const char link[] = "/proc/self/exe";
    static char path[PATH_MAX];
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        return same_file(path, link) ? path : link;
    }
    return (const char *)getauxval(AT_EXECFN);
}
