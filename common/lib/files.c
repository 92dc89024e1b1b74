#include "files.h"

#include "parse.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool file_read_line(const char *path, char *line, size_t bytes)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool good = fgets(line, (int)bytes, file);
    fclose(file);
    if (good)
        line[strcspn(line, "\n")] = '\0';
    return good && line[0];
}

bool file_read_u64(const char *path, uint64_t *value)
{
    char line[64];
    return file_read_line(path, line, sizeof line) && parse_u64(line, value);
}

bool file_read_key(const char *path, const char *key, uint64_t *value)
{
    char line[512];
    size_t length = strlen(key);
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        const char *rest = line + length;
        if (strncmp(line, key, length) != 0 || !strchr(": \t", *rest))
            continue;
        rest += strspn(rest, ": \t");
        if (isdigit((unsigned char)*rest)) {
            *value = strtoull(rest, NULL, 10);
            found = true;
        }
    }
    if (file)
        fclose(file);
    return found;
}
