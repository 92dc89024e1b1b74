/* Reading the one-line files of /proc, /sys and cgroups. */
#ifndef GM_FILES_H
#define GM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the first line without its newline. False if there is no such file or it is empty. */
bool file_read_line(const char *path, char *line, size_t bytes);

/* Reads a decimal number, alone on the first line. */
bool file_read_u64(const char *path, uint64_t *value);

/* Reads the number behind `key` in a file of `key value` or `key: value` lines. */
bool file_read_key(const char *path, const char *key, uint64_t *value);

#endif
