/* What a command has said, and what its file says of itself. */
#ifndef GM_CMD_SAID_H
#define GM_CMD_SAID_H

#include <stdbool.h>
#include <stddef.h>

enum { SAID_MOST = 512 };

/* The last line of a file that holds more than blanks, cut to SAID_MOST - 1 bytes; "" without one.
 */
void said_last(int fd, char line[SAID_MOST]);

/*
 * The last number on a line: digits with a point or exponent that do not stand within a word, and
 * may have a unit right behind them ("took 1.25s", "12.5 MB/s", "sha256 81k" has 81). False without
 * one, or where it is not finite.
 */
bool said_number(const char *line, double *value);

/*
 * What the kernel needs besides the file to start it: a script's interpreter behind #!, or a
 * program's dynamic linker. False if it is neither.
 */
bool said_interpreter(const char *path, char *interpreter, size_t size);

#endif
