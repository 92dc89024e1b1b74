/* When to stop: whether more rounds would tell more, for run.sh to ask after each look. */
#ifndef COMPARE_NEED_H
#define COMPARE_NEED_H

#include "analysis.h"

#include <stdio.h>

/*
 * Prints `need N`: the round number of the next look (6, 8, 12, 16, 24, 32 or 48), or 0 when
 * nothing is open or 48 rounds are done. Then one line for every comparison that is still open.
 *
 * A comparison is settled when at this look and the one before it has a verdict or an interval
 * narrow enough: two looks in a row, lest a lucky one end the campaign.
 */
void need_print(const struct model *model, const struct settings *settings, FILE *out);

#endif
