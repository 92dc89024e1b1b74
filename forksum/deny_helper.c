/*
 * Runs a command under a seccomp filter that leaves threads but no processes: fork, vfork and
 * clone without CLONE_THREAD fail with the errno given; clone3, whose flags a filter cannot see,
 * is "not implemented", as container engines have it.
 * usage: deny ERRNO COMMAND...
 */
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of linux/filter.h, linux/bpf_common.h and linux/seccomp.h, which musl-gcc does not have. */
struct instruction {
    uint16_t code;
    uint8_t if_true, if_false;
    uint32_t k;
};
struct program {
    unsigned short length;
    struct instruction *code;
};
enum { LOAD_WORD = 0x20, JUMP_EQUAL = 0x15, JUMP_BITS = 0x45, RETURN = 0x06 };
enum { FILTER_MODE = 2, AT_NUMBER = 0, AT_FIRST_ARGUMENT = 16 };
static const uint32_t allow = 0x7fff0000, fail = 0x00050000;

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifdef SYS_fork
enum { fork_number = SYS_fork, vfork_number = SYS_vfork };
#else
enum { fork_number = SYS_clone, vfork_number = SYS_clone }; /* newer architectures have no other */
#endif

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    uint32_t refuse = fail | (uint32_t)atoi(argv[1]);
    struct instruction code[] = {
        {LOAD_WORD, 0, 0, AT_NUMBER},    {JUMP_EQUAL, 0, 1, SYS_clone3},
        {RETURN, 0, 0, fail | ENOSYS},   {JUMP_EQUAL, 3, 0, SYS_clone},
        {JUMP_EQUAL, 4, 0, fork_number}, {JUMP_EQUAL, 3, 0, vfork_number},
        {RETURN, 0, 0, allow},           {LOAD_WORD, 0, 0, AT_FIRST_ARGUMENT},
        {JUMP_BITS, 1, 0, CLONE_THREAD}, {RETURN, 0, 0, refuse},
        {RETURN, 0, 0, allow},
    };
    struct program program = {sizeof code / sizeof code[0], code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, FILTER_MODE, &program) != 0) {
        perror("seccomp");
        return 77;
    }
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return 1;
}
