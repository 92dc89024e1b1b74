/* Sentences for a terminal of 80 columns. */
#ifndef GM_WRAP_H
#define GM_WRAP_H

#include <stdio.h>

/*
 * Prints the words of `text` to `out`, where the cursor stands at `column`, and a newline. Lines
 * end before column 80; those after the first begin at `column`. A word that is longer stays whole.
 */
void wrap_print(FILE *out, const char *text, int column);

#endif
