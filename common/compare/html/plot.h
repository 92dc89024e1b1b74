/*
 * Drawing without a script at any width: positions are percentages of the drawing, so that text
 * keeps its size while the drawing stretches; dots and lines keep theirs by non-scaling strokes.
 */
#ifndef GM_COMPARE_PLOT_H
#define GM_COMPARE_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* An axis from low to high, both > 0 if it is logarithmic. */
struct axis {
    double low, high;
    bool logarithmic;
};

/* Where a value lies, 0 to 100; values outside are put on the edge. */
double axis_place(const struct axis *axis, double value);

/* Widens the axis to hold the value; start from an axis with low > high. */
void axis_hold(struct axis *axis, double value);

/* Adds room on both sides, and makes an axis without extent have some. */
void axis_pad(struct axis *axis, double share);

enum { MOST_TICKS = 12 };

/*
 * Round values on the axis, at least `apart` percent from each other; returns how many. Ratios (an
 * axis around 1) prefer powers of two, other logarithmic axes powers of ten.
 */
size_t axis_ticks(const struct axis *axis, double apart, bool ratios, double ticks[MOST_TICKS]);

/* Text with <, >, & and quotes escaped; names may break behind `:`, `,` and `/`. */
void plot_text(const char *text, FILE *out);

/* The same for the value of an attribute, in double quotes. */
void plot_attribute(const char *text, FILE *out);

#endif
