/* Memory that is there, or the process ends with status 1: compare can do nothing useful without.
 */
#ifndef GM_COMPARE_ALLOC_H
#define GM_COMPARE_ALLOC_H

#include <stddef.h>

void *alloc_zero(size_t count, size_t bytes);

/* Room for at least one element more than `count`; `room` is doubled when it is used up. */
void *alloc_grow(void *old, size_t count, size_t *room, size_t bytes);

/* A NUL-terminated copy of `length` bytes. */
char *alloc_text(const char *text, size_t length);

/* A formatted string. */
char *alloc_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
