/*
 * Where the kernel writes into a thread: struct rseq, which newer C libraries register for each of
 * them. It writes there whenever the thread has lost its CPU.
 */
#ifndef GM_RSEQ_H
#define GM_RSEQ_H

#include <stdbool.h>

/* The calling thread's area, or NULL if its C library has registered none. */
volatile char *rseq_area(void);

/* Takes the calling thread's area back: nothing here uses it. Whether there is none any more. */
bool rseq_unregister(void);

#endif
