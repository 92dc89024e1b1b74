/* Plots of lines, one per platform, over an axis. */
#ifndef GM_COMPARE_LINES_H
#define GM_COMPARE_LINES_H

#include "page.h"
#include "plot.h"
#include "units.h"

/* Adds `PLATFORM WORDS` to what a plot says in words; frees `label`, returns the longer one. */
char *lines_label(char *label, const char *platform, const char *words);

/*
 * Begins a plot with the ticks of its y axis, which is in base units; its lines follow, from 0 to
 * 100 either way, and `</svg>`. Frees `label`, its figures as text.
 */
void lines_begin(const struct page *page, const struct axis *y, const struct unit *unit,
                 char *label);

/* The platform's entry below the plot. */
void lines_legend(const struct page *page, const char *platform);

#endif
