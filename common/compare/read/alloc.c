#include "alloc.h"

#include "err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *pointer)
{
    if (!pointer)
        die(STATUS_SYSTEM, "out of memory");
    return pointer;
}

void *alloc_zero(size_t count, size_t bytes)
{
    return must(calloc(count ? count : 1, bytes));
}

void *alloc_grow(void *old, size_t count, size_t *room, size_t bytes)
{
    if (count < *room)
        return old;
    if (*room > SIZE_MAX / 2 / bytes)
        must(NULL);
    *room = *room ? 2 * *room : 8;
    return must(realloc(old, *room * bytes));
}

char *alloc_text(const char *text, size_t length)
{
    char *copy = must(malloc(length + 1));
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *alloc_format(const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return must(length < 0 ? NULL : text);
}
