/* What is measured: each kernel at each of its points, one after the other or, for a servant, all
 * in each step. */
#ifndef GM_MEMSWEEP_CELLS_H
#define GM_MEMSWEEP_CELLS_H

#include "kernels.h"

/* Puts a kernel's points behind those that there are. Each kernel once. */
void cells_add(struct session *session, const struct kernel *kernel);

/* Measures all of them. Ends the process when something is not to be had (1, 77) or wrong (3). */
void cells_measure(struct session *session);

#endif
