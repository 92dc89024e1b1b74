#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads digits at `text`; returns what follows them, or NULL. strtoull alone would take "-1". */
static const char *read_digits(const char *text, uint64_t *value)
{
    char *end;
    if (!isdigit((unsigned char)text[0]))
        return NULL;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno ? NULL : end;
}

bool parse_u64(const char *text, uint64_t *value)
{
    const char *end = read_digits(text, value);
    return end && *end == '\0';
}

bool parse_size(const char *text, uint64_t *bytes)
{
    static const char suffixes[] = "kmgt";
    const char *end = read_digits(text, bytes);
    if (!end)
        return false;
    if (*end == '\0')
        return true;
    const char *suffix = strchr(suffixes, tolower((unsigned char)*end));
    if (!suffix || end[1] != '\0')
        return false;
    unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);
    if (*bytes > UINT64_MAX >> shift)
        return false;
    *bytes <<= shift;
    return true;
}

/* Reads a number like 12, 0.5 or .5 or 1e3 at `text`; returns what follows it, or NULL. */
static const char *read_real(const char *text, double *value)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) && text[0] != '.')
        return NULL;
    if (text[0] == '0' && tolower((unsigned char)text[1]) == 'x')
        return NULL;
    *value = strtod(text, &end);
    return end == text || !isfinite(*value) ? NULL : end;
}

bool parse_real(const char *text, double *value)
{
    const char *end = read_real(text, value);
    return end && *end == '\0';
}

bool parse_time(const char *text, double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1},      {"s", 1},  {"ms", 1e-3}, {"us", 1e-6},
                 {"ns", 1e-9}, {"m", 60}, {"h", 3600}};
    const char *end = read_real(text, seconds);
    if (!end)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].name) == 0) {
            *seconds *= units[i].seconds;
            return true;
        }
    }
    return false;
}

static bool add_size(struct size_list *sizes, uint64_t bytes)
{
    if (sizes->count == sizeof sizes->at / sizeof sizes->at[0])
        return false;
    sizes->at[sizes->count++] = bytes;
    return true;
}

static bool add_sizes(struct size_list *sizes, char *item)
{
    uint64_t low, high;
    char *dots = strstr(item, "..");
    if (!dots)
        return parse_size(item, &low) && add_size(sizes, low);
    *dots = '\0';
    if (!parse_size(item, &low) || !parse_size(dots + 2, &high) || low == 0 || low > high)
        return false;
    for (uint64_t size = low; size < high; size *= 2) {
        if (!add_size(sizes, size))
            return false;
        if (size > UINT64_MAX / 2)
            break;
    }
    return add_size(sizes, high);
}

bool parse_sizes(const char *text, struct size_list *sizes)
{
    char copy[1024];
    if (strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    sizes->count = 0;
    for (char *item = copy; item;) {
        char *comma = strchr(item, ',');
        if (comma)
            *comma++ = '\0';
        if (!add_sizes(sizes, item))
            return false;
        item = comma;
    }
    return true;
}

const char *format_size(char text[32], uint64_t bytes)
{
    static const char suffixes[] = "kMGT";
    int shift = 0;
    while (shift < 4 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        shift++;
    }
    if (shift)
        snprintf(text, 32, "%llu%c", (unsigned long long)bytes, suffixes[shift - 1]);
    else
        snprintf(text, 32, "%llu", (unsigned long long)bytes);
    return text;
}
