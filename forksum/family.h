/*
 * All processes below this one: ended and reaped together, whatever happened to those between.
 * Each child of the root leads a process group in which its descendants stay (node.c), and orphans
 * come to the root, the subreaper, instead of to init.
 */
#ifndef GM_FORKSUM_FAMILY_H
#define GM_FORKSUM_FAMILY_H

#include <sys/types.h>

enum { FAMILY_MAX = 1024 };

/* Where living children of the root are noted: process ids, 0 for none; [0] and [1] the tree's. */
extern volatile long family[FAMILY_MAX];

/*
 * To be called once, before the first child: SIGCHLD as it must be, orphans to us, and on SIGINT,
 * SIGTERM and SIGHUP the whole family ends before this process does (even as process 1, which has
 * no default action). A signal that the caller had ignored stays ignored.
 */
void family_init(void);

/* In a child of a noted one: it does not answer for the family. Clears the notes. */
void family_leave(void);

/* Ends and reaps whatever is left of the family. */
void family_end(void);

/* Reaps orphans of others: process 1 is given all of them. */
void family_sweep(void);

#endif
