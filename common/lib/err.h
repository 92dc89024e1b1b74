/*
 * Errors: one line on stderr, `tool: what object: reason`, and the exit status that all tools
 * share.
 *
 * Library functions return errors; only die(), the option parser and a tool's own files end the
 * process.
 */
#ifndef GM_ERR_H
#define GM_ERR_H

enum exit_status {
    STATUS_GOOD = 0,
    STATUS_SYSTEM = 1,      /* the system refused something: memory, a file, a connection */
    STATUS_USAGE = 2,       /* the command line is wrong */
    STATUS_WRONG = 3,       /* a result was computed and is wrong: nothing was reported */
    STATUS_UNAVAILABLE = 77 /* this guest does not offer it: an ISA, O_DIRECT, fork, a server */
};

/* The name in front of every message; opt_parse() sets it. */
extern const char *err_tool;

/* Prints `tool: message`. errno is unchanged afterwards. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints `tool: message` and exits with `status`. */
_Noreturn void die(enum exit_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints `tool: message: strerror(errno)` and exits with `status`. */
_Noreturn void die_errno(enum exit_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
