/* Text in markdown. */
#ifndef GM_COMPARE_MARKDOWN_H
#define GM_COMPARE_MARKDOWN_H

#include <stdio.h>

/* A table's cell: what means something to markdown or HTML is escaped, line ends become spaces. */
void markdown_text(const char *text, FILE *out);

#endif
