/*
 * When to stop: which comparisons are settled, for run.sh to ask after each round. What is settled
 * gets no more turns; the time goes to what is open.
 */
#ifndef GM_COMPARE_NEED_H
#define GM_COMPARE_NEED_H

#include "analysis.h"

#include <stdio.h>

/* Campaigns are looked at after every round from the first look to the last. */
enum { NEED_FIRST_LOOK = 4, NEED_LAST_LOOK = 48, NEED_WITHOUT_COMPARISONS = 6 };

/*
 * Whether this look would settle the comparison: it is equivalent, and known to settings.precision;
 * or different, and known to half of the difference, where turns were taken and it is less than
 * tenfold to twice settings.precision (no more than settings.precision is ever asked for); or it is
 * known three times as precisely, and still neither. A difference must hold at a third of alpha,
 * because there are many looks; the report takes what is still open at the end as it is.
 */
bool need_holds(const struct result *result, const struct settings *settings);

/*
 * Goes through the looks and sets `settled` of every comparison: the round of the second of two
 * looks in a row at which it holds, lest a lucky one end it; 0: it is open. A look at which a
 * comparison has no new round is none for it. Returns how many are open.
 */
size_t need_looks(struct analysis *analysis);

/* Prints `need N`, then a line for every comparison (common/driver/README.md has the format). */
void need_print(struct analysis *analysis, FILE *out);

#endif
