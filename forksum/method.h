/* The ways to make a process. */
#ifndef GM_FORKSUM_METHOD_H
#define GM_FORKSUM_METHOD_H

#include "node.h"

enum method_name { METHOD_FORK, METHOD_COUNT };
extern const struct method methods[METHOD_COUNT];
extern const char *const method_names[METHOD_COUNT + 1]; /* ends with NULL */

#endif
