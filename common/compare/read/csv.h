/*
 * Reads CSV (RFC 4180: quoted fields may hold separators, quotes and line ends; LF or CRLF) record
 * by record from a buffer that is as long as the longest record, however long the file is.
 */
#ifndef GM_COMPARE_CSV_H
#define GM_COMPARE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct field {
    char *text; /* NUL-terminated, without its quotes; valid until the next record */
    size_t length;
};

struct csv {
    const char *path;
    char separator;
    size_t line;   /* where the current record begins, from 1 */
    bool comments; /* set by the caller: records that begin with # are left out, quotes and all */
    bool torn;     /* the current record ends at the file's end, not at a line's */
    int fd;
    bool ended;
    char *buffer;
    size_t room, start, end, next_line;
};

/* Opens the file; false with errno set. `path` must outlive it. A byte-order mark is left out. */
bool csv_open(struct csv *csv, const char *path);
void csv_close(struct csv *csv);

/*
 * The next record that is not an empty line: returns the number of its fields, of which at most
 * `room` are stored; 0 at the end. A file that cannot be read, a record of more than 64 MiB and a
 * quote that does not close end the process with status 1 and a line naming file and line.
 */
size_t csv_next(struct csv *csv, struct field *fields, size_t room);

/* Ends the process with status 1: `path:line: message`. */
_Noreturn void csv_die(const struct csv *csv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Reads a whole field as a decimal number; nan and inf are numbers too. `comma` is the decimal
 * mark: '.' or ','.
 */
bool csv_number(const struct field *field, char mark, double *value);

/* Writes a field, in quotes if it needs them. */
void csv_put(const char *text, FILE *out);

#endif
