#ifndef GM_JSON_H
#define GM_JSON_H

#include <stdio.h>

/* Writes `text` as a JSON string, in quotes. Bytes that are not ASCII go out as they are (UTF-8).
 */
void json_string(const char *text, FILE *out);

#endif
