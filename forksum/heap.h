/*
 * The C library's heap, in which a static program's thread has its own data, too. Children that are
 * copies of the program are system calls alone (node.h) and need neither: left out of what fork()
 * copies, a mapping and a page of its table, it saves them 5 % of their time.
 */
#ifndef GM_FORKSUM_HEAP_H
#define GM_FORKSUM_HEAP_H

#include <stdbool.h>

/*
 * Whether it can be withheld; before this, heap_withhold() has no effect. It cannot where no /proc
 * tells where the heap is, where the kernel declines, or where a child's code needs the thread's
 * data (stack protector, AddressSanitizer). Not to be called while the kernel writes into those
 * (rseq.h).
 */
bool heap_find(void);

/*
 * Until heap_restore(), a child made by a bare system call has no heap: to touch it ends the child.
 * The caller allocates nothing meanwhile, and does not use the C library's fork().
 */
void heap_withhold(void);
void heap_restore(void);

#endif
