/*
 * The questions that assignments ask, answered benchmark by benchmark in sentences: how do the
 * platforms differ, by how much, and what explains it: only what was measured and recorded; where
 * nothing was, it says that.
 */
#ifndef GM_COMPARE_ANSWERS_H
#define GM_COMPARE_ANSWERS_H

#include "analysis.h"

#include <stdio.h>

void answers_text(const struct analysis *analysis, FILE *out);
void answers_markdown(const struct analysis *analysis, FILE *out);

#endif
