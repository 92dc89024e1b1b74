/* Figures as people read them, shared by all outputs. */
#ifndef GM_COMPARE_NUMBERS_H
#define GM_COMPARE_NUMBERS_H

enum { NUMBER = 32 };

/* Four significant digits, without an exponent where that is short. Returns `text`. */
const char *number(char text[NUMBER], double value);

/* A share as percent: 0.012 is `1.2 %`. Returns `text`. */
const char *percent(char text[NUMBER], double share);

#endif
