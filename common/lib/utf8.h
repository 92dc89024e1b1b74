#ifndef GM_UTF8_H
#define GM_UTF8_H

#include <stddef.h>

/*
 * Bytes of the UTF-8 character (RFC 3629) at the beginning of a NUL-terminated text, 1 to 4; 0 if
 * there is none: no sequence, too long a form, a surrogate, above U+10FFFF, or the text's end.
 */
size_t utf8_length(const char *text);

#endif
