/* Which method to measure by, found out by making a small tree with it. */
#ifndef GM_FORKSUM_CHOOSE_H
#define GM_FORKSUM_CHOOSE_H

#include "method.h"
#include "report.h"
#include "trees.h"

/*
 * Sets up trees->tree for `wanted`, or at METHOD_AUTO for the first method that works here, with a
 * warning and a note in the report if that is not fork. `exec`: children run the program anew.
 * Ends the process with status 77 where there is none, and with 2 for what does not go together.
 * Returns the method chosen.
 */
enum method_id choose_method(struct trees *trees, enum method_id wanted, bool exec,
                             struct report *report);

#endif
