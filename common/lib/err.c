#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *err_tool = "guestmark";

/* One write per message, so that lines of several processes do not mix. */
static void message(const char *reason, const char *format, va_list arguments)
{
    char line[1024];
    int saved = errno;
    int used = snprintf(line, sizeof line, "%s: ", err_tool);
    vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
    fflush(stdout);
    fprintf(stderr, reason ? "%s: %s\n" : "%s\n", line, reason);
    errno = saved;
}

void warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    message(NULL, format, arguments);
    va_end(arguments);
}

void die(enum exit_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    message(NULL, format, arguments);
    va_end(arguments);
    exit(status);
}

void die_errno(enum exit_status status, const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list arguments;
    va_start(arguments, format);
    message(reason, format, arguments);
    va_end(arguments);
    exit(status);
}
