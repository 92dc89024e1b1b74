#ifndef GM_JSON_H
#define GM_JSON_H

#include <stdio.h>

/* Writes `text` as a JSON string, in quotes; bytes that are no UTF-8 become U+FFFD. */
void json_string(const char *text, FILE *out);

#endif
