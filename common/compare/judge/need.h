/* When to stop: whether more rounds would tell more, for run.sh to ask after each look. */
#ifndef COMPARE_NEED_H
#define COMPARE_NEED_H

#include "analysis.h"

#include <stdio.h>

/* The rounds after which campaigns are looked at. */
#define NEED_LOOKS                                                                                 \
    {                                                                                              \
        6, 8, 12, 16, 24, 32, 48                                                                   \
    }

struct need {
    uint32_t next; /* the next look; 0: nothing is open, or there is none */
    size_t open;   /* comparisons that are not settled */
};

/*
 * What is needed after so many rounds. A comparison is settled when at this look and the one before
 * it has a verdict or an interval narrow enough: two looks in a row, lest a lucky one end the
 * campaign. `visit`, if not NULL, is called for every open comparison.
 */
struct need need_at(const struct model *model, const struct settings *settings, uint32_t rounds,
                    void (*visit)(const struct row *row, const struct result *result,
                                  void *context),
                    void *context);

/* Prints `need N`, N as in struct need, then one line for every comparison that is still open. */
void need_print(const struct model *model, const struct settings *settings, FILE *out);

#endif
