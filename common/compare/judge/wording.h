/* How a verdict is put into words, the same in every output. */
#ifndef GM_COMPARE_WORDING_H
#define GM_COMPARE_WORDING_H

#include "analysis.h"

enum { PHRASE = 80 };

/*
 * What follows the verdict's name: `+30 %`, `31.4 times`, `1/4.02`, `within 2 %`,
 * `about 7 more rounds`, or "".
 */
const char *wording_of(char text[PHRASE], const struct result *result,
                       const struct settings *settings);

/* The same in at most 15 columns: `+7 rounds`. */
const char *wording_short(char text[PHRASE], const struct result *result,
                          const struct settings *settings);

/* How much a figure rests on: `480 turns in 12 rounds`, or `12 rounds` without turns. */
const char *wording_turns(char text[PHRASE], const struct cell *cell);

#endif
