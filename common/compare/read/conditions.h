/* Under which conditions a folder's figures were taken, and on which machine. */
#ifndef GM_COMPARE_CONDITIONS_H
#define GM_COMPARE_CONDITIONS_H

#include "model.h"

/*
 * Notes what environment.txt and the facts say that a reader must know: the design, --quick, an
 * uncommitted tree, the instruction set that all were held to, other kernels in guests. `named`:
 * whether the folder's name stands before each.
 */
void conditions_note(struct model *model, const char *folder, bool named);

/*
 * What tells the machines of two folders apart although they bear one host name: CPU, kernel, or
 * the programs that were run; NULL if nothing is known to. A new text.
 */
char *conditions_differ(const struct model *model, const char *folder, const char *other);

#endif
