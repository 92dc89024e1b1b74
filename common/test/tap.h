/*
 * TAP for tests written in C: every check prints `ok` or `not ok`; tap_done() prints the plan.
 */
#ifndef GM_TAP_H
#define GM_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

/* Checks one condition; `name` says what must hold. Returns the condition. */
__attribute__((format(printf, 2, 3))) static inline bool tap_ok(bool good, const char *name, ...)
{
    va_list arguments;
    printf("%sok %d - ", good ? "" : "not ", ++tap_count);
    va_start(arguments, name);
    vprintf(name, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
    tap_failed += !good;
    return good;
}

/* Whether two numbers agree within `relative` of the larger one. */
static inline bool tap_near(double got, double wanted, double relative, const char *name)
{
    bool good = fabs(got - wanted) <= relative * fmax(fabs(got), fabs(wanted));
    tap_ok(good, "%s", name);
    if (!good)
        printf("# got %.17g, wanted %.17g\n", got, wanted);
    return good;
}

static inline void tap_skip(const char *name, const char *reason)
{
    printf("ok %d - %s # SKIP %s\n", ++tap_count, name, reason);
}

/* The value for main() to return. */
static inline int tap_done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed != 0;
}

#endif
