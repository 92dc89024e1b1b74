/*
 * Rows of the files that courses, spreadsheets and scripts write: time, then one value or more.
 *
 * Read as they come: comma, semicolon or tab (whatever the first line that is no comment holds, or
 * what a line `sep=;` says; behind a semicolon or a tab the decimal mark may be a comma); blanks
 * around fields; comments, empty lines and a header anywhere, the header again further down;
 * fields left empty at a line's end; LF, CRLF, a byte-order mark.
 */
#ifndef GM_COMPARE_COURSE_ROWS_H
#define GM_COMPARE_COURSE_ROWS_H

#include "csv.h"

struct course_rows {
    struct csv csv;
    char *header; /* the fields of the one that was read, each with \x1f behind it; or NULL */
};

/* Ends the process with status 1 if the file cannot be read. `path` must outlive the rows. */
void course_rows_open(struct course_rows *rows, const char *path);
void course_rows_close(struct course_rows *rows);

/*
 * The next record that holds anything: the number of its fields, blanks around them gone; 0 at the
 * end. `is_header`: none of its fields is a number, a time, or a run that failed.
 */
size_t course_rows_next(struct course_rows *rows, struct field *fields, size_t room,
                        bool *is_header);

enum course_value {
    COURSE_NUMBER,
    COURSE_FAILED, /* empty, -1, or a word that says so: a run that has no value */
    COURSE_TEXT,   /* anything else */
};

/* Reads a value. `seconds`: m:ss and h:mm:ss, with or without a fraction, are numbers too. */
enum course_value course_rows_value(const struct course_rows *rows, const struct field *field,
                                    bool seconds, double *value);

/* A time as a date or in seconds; a course may have written anything there: then `row`. */
double course_rows_time(const struct course_rows *rows, const struct field *field, size_t row);

#endif
