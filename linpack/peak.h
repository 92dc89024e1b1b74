/* The limit: multiply-adds in registers, as fast as the instruction set and the threads can. */
#ifndef GM_LINPACK_PEAK_H
#define GM_LINPACK_PEAK_H

#include "kernel.h"
#include "team.h"

/* flop/s of all threads of the team together, over at least `time_s`. */
double peak_measure(const struct isa_kernel *kernel, struct team *team, double time_s);

#endif
