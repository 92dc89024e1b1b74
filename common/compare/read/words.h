/* Names and sentences that come from files: what they may hold. Whoever writes them escapes them.
 */
#ifndef GM_COMPARE_WORDS_H
#define GM_COMPARE_WORDS_H

#include <stdarg.h>

enum { NAME_MOST = 300, UNIT_MOST = 20 };

/*
 * Why `text` cannot be a name (of a platform, host, benchmark, metric, guard, fact): it is empty,
 * longer than `most` bytes, not UTF-8, or holds what a terminal or a reader would not see as it is:
 * a control character, or one that turns the direction of writing. NULL: it can.
 */
const char *words_fault(const char *text, int most);

/* Makes a sentence printable: such characters become blanks, bytes that are no UTF-8 question
 * marks. Returns `text`. */
char *words_clean(char *text);

/* A printable sentence of at most 1023 bytes, for the caller to free. */
char *words_format(const char *format, va_list arguments);

#endif
