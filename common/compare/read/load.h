/* Reads results folders into a model. */
#ifndef GM_COMPARE_LOAD_H
#define GM_COMPARE_LOAD_H

#include "model.h"

/*
 * Adds the folder at `path`: samples.csv must be there, the other files may be missing. Anything
 * malformed ends the process with status 1 and `file:line: what`; a torn last line is left out and
 * noted. `pool`: hosts of the same name are one group, whatever folder they come from.
 */
void load_results(struct model *model, const char *path, bool pool);

#endif
