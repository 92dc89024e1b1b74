/* The ways to make a process, and which of them this system has. */
#ifndef GM_FORKSUM_METHOD_H
#define GM_FORKSUM_METHOD_H

#include "node.h"

enum method_id {
    METHOD_FORK,   /* a copy of the caller's memory */
    METHOD_VFORK,  /* in the caller's memory, which stands still until the child ends */
    METHOD_SPAWN,  /* as vfork, and runs the program anew: what posix_spawn() does */
    METHOD_CLONE,  /* in the caller's memory, at the same time */
    METHOD_THREAD, /* no process at all: pthread_create() */
    METHOD_COUNT,
    METHOD_AUTO = METHOD_COUNT /* an option's value: the tool chooses */
};
extern const struct method methods[METHOD_COUNT];
extern const char *const method_names[]; /* those, then "auto", then NULL */

/* The last of the methods, in a file of its own since it needs libc. */
long thread_start(struct job *job);
int thread_wait(long handle);
void thread_kill(long handle);

/*
 * Whether errno says that this system does not offer processes of that kind at all (not built in,
 * or forbidden), rather than that it has none to spare.
 */
bool method_lacking(int error);

#endif
