#include "words.h"

#include "alloc.h"
#include "utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* C0, DEL, C1, the marks of direction (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and
 * line and paragraph separators (U+2028, U+2029). */
static bool is_control(const char *text, size_t length)
{
    const unsigned char *c = (const unsigned char *)text;
    if (length == 1)
        return *c < ' ' || *c == 0x7f;
    if (length == 2)
        return c[0] == 0xc2 && c[1] < 0xa0;
    if (length != 3 || c[0] != 0xe2)
        return false;
    return (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae))) ||
           (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
}

const char *words_fault(const char *text, int most)
{
    if (*text == '\0')
        return "is empty";
    if (strlen(text) > (size_t)most)
        return "is too long";
    while (*text) {
        size_t length = utf8_length(text);
        if (length == 0)
            return "is not UTF-8";
        if (is_control(text, length))
            return "holds a control character";
        text += length;
    }
    return NULL;
}

char *words_clean(char *text)
{
    for (char *at = text; *at;) {
        size_t length = utf8_length(at);
        if (length == 0)
            *at = '?';
        else if (is_control(at, length))
            memset(at, ' ', length);
        at += length ? length : 1;
    }
    return text;
}

char *words_format(const char *format, va_list arguments)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    words_clean(text);
    return alloc_text(text, strlen(text));
}
