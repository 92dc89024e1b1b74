/*
 * Children that are the program run anew: execve() of the program itself with the node's job in
 * its arguments.
 *
 * On x86-64 such a child never starts libc. The static binary's ELF entry point is
 * forksum_entry() (forksum_entry in the Makefile), which goes to the job at once if it was started
 * for one, and to libc's _start otherwise. Left out is what libc does before main(): relocating
 * its indirect functions, for which it asks the CPU for its features and caches (CPUID, dozens of
 * times, and every one of them is an exit to the hypervisor), then heap, TLS, stdio and tunables.
 * Elsewhere main() hands over to anew_main().
 */
#ifndef GM_FORKSUM_ANEW_H
#define GM_FORKSUM_ANEW_H

#include "node.h"

/* In the child: runs the program anew; comes back only when that failed, which it has answered. */
void anew_exec(const struct job *job);

/* Whether main()'s arguments are a job. */
bool anew_is_job(char **argv);

/* Does the job in argv and ends the process. */
_Noreturn void anew_main(char **argv);

/* The path to run this program by, in memory that lasts; NULL when there is none. */
const char *anew_program(void);

#endif
