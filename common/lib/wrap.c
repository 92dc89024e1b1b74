#include "wrap.h"

#include <string.h>

void wrap_print(FILE *out, const char *text, int column)
{
    int at = column;
    for (const char *space = ""; *text; space = " ") {
        int length = (int)strcspn(text, " ");
        if (at > column && at + length + 1 >= 80) {
            fprintf(out, "\n%*s", column, "");
            at = column;
            space = "";
        }
        at += fprintf(out, "%s%.*s", space, length, text);
        text += length + (text[length] == ' ');
    }
    fprintf(out, "\n");
}
