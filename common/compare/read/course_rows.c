#include "course_rows.h"

#include "alloc.h"
#include "err.h"
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char separator_line[] = "sep=";

/* The separator that the first line chooses which is neither empty nor a comment. */
static char find_separator(const char *path)
{
    char line[4096], found = ',';
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        const char *text = line;
        if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
            text += 3;
        text += strspn(text, " \t\r\n");
        if (*text == '#' || *text == '\0')
            continue;
        if (strncasecmp(text, separator_line, strlen(separator_line)) == 0)
            text += strlen(separator_line);
        found = strchr(text, ';') ? ';' : strchr(text, ',') ? ',' : strchr(text, '\t') ? '\t' : ',';
        break;
    }
    if (file)
        fclose(file);
    return found;
}

void course_rows_open(struct course_rows *rows, const char *path)
{
    *rows = (struct course_rows){0};
    if (!csv_open(&rows->csv, path))
        die_errno(STATUS_SYSTEM, "%s", path);
    rows->csv.separator = find_separator(path);
    rows->csv.comments = true;
}

void course_rows_close(struct course_rows *rows)
{
    csv_close(&rows->csv);
    free(rows->header);
}

static void trim(struct field *field)
{
    while (field->length && strchr(" \t\r", field->text[field->length - 1]))
        field->text[--field->length] = '\0';
    size_t front = strspn(field->text, " \t");
    field->text += front;
    field->length -= front;
}

/* ---- numbers ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the marks between groups of three digits out of `1.234,5`; false if it is not of that form.
 */
static bool ungroup(const char *text, char group, char mark, char plain[64])
{
    size_t used = 0, since = 0, groups = 0;
    if (strlen(text) >= 64)
        return false;
    for (; is_digit(*text) || (*text == group && since && (groups ? since == 3 : since <= 3));
         text++) {
        since = *text == group ? 0 : since + 1;
        groups += *text == group;
        if (*text != group)
            plain[used++] = *text;
    }
    if (groups == 0 || since != 3 || *text != mark)
        return false;
    snprintf(plain + used, 64 - used, "%s", text);
    return true;
}

static bool read_number(const struct course_rows *rows, const char *text, double *value)
{
    struct field field = {.text = (char *)text, .length = strlen(text)};
    char plain[64];
    bool commas = rows->csv.separator != ',';
    if ((commas && csv_number(&field, ',', value)) || csv_number(&field, '.', value))
        return true;
    bool grouped = commas && ungroup(text, '.', ',', plain);
    field = (struct field){.text = plain, .length = grouped ? strlen(plain) : 0};
    if (grouped)
        return csv_number(&field, ',', value);
    grouped = ungroup(text, ',', '.', plain);
    field.length = grouped ? strlen(plain) : 0;
    return grouped && csv_number(&field, '.', value);
}

/* `m:ss.cc` and `h:mm:ss`, as /usr/bin/time writes them. */
static bool read_clock(const struct course_rows *rows, const char *text, double *value)
{
    double sum = 0;
    for (int part = 0; part < 2; part++) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 6 || text[digits] != ':')
            break;
        sum = 60 * (sum + atoi(text));
        text += digits + 1;
    }
    if (sum == 0 && strchr(text, ':'))
        return false;
    if (!is_digit(text[0]) || !is_digit(text[1]) || !read_number(rows, text, value) || *value >= 60)
        return false;
    *value += sum;
    return true;
}

enum course_value course_rows_value(const struct course_rows *rows, const struct field *field,
                                    bool seconds, double *value)
{
    static const char *const failures[] = {"",     "-",    "n/a",    "na",    "nan",
                                           "null", "none", "failed", "error", "timeout"};
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (strcasecmp(field->text, failures[i]) == 0)
            return COURSE_FAILED;
    }
    if (read_number(rows, field->text, value))
        return *value == -1 ? COURSE_FAILED : COURSE_NUMBER;
    if (seconds && strchr(field->text, ':') && read_clock(rows, field->text, value))
        return COURSE_NUMBER;
    return COURSE_TEXT;
}

double course_rows_time(const struct course_rows *rows, const struct field *field, size_t row)
{
    double seconds;
    if (table_time(field->text, &seconds) || read_number(rows, field->text, &seconds))
        return seconds;
    return (double)row;
}

/* ---- records ---- */

static bool are_words(const struct course_rows *rows, const struct field *fields, size_t count)
{
    double value;
    for (size_t i = 0; i < count; i++) {
        if (table_time(fields[i].text, &value) ||
            (fields[i].length && course_rows_value(rows, &fields[i], true, &value) != COURSE_TEXT))
            return false;
    }
    return true;
}

/* Whether this is the file's header: the first record of words, and any later one that is equal. */
static bool take_header(struct course_rows *rows, const struct field *fields, size_t count)
{
    size_t bytes = 1;
    if (!are_words(rows, fields, count))
        return false;
    for (size_t i = 0; i < count; i++)
        bytes += fields[i].length + 1;
    char *text = alloc_zero(bytes, 1), *end = text;
    for (size_t i = 0; i < count; i++) {
        end = stpcpy(end, fields[i].text);
        *end++ = '\x1f';
    }
    if (!rows->header) {
        rows->header = text;
        return true;
    }
    bool same = strcmp(text, rows->header) == 0;
    free(text);
    return same;
}

size_t course_rows_next(struct course_rows *rows, struct field *fields, size_t room,
                        bool *is_header)
{
    for (size_t count; (count = csv_next(&rows->csv, fields, room)) != 0;) {
        size_t stored = count < room ? count : room, filled = 0;
        for (size_t i = 0; i < stored; i++) {
            trim(&fields[i]);
            filled = fields[i].length ? i + 1 : filled;
        }
        if (filled == 0 || fields[0].text[0] == '#' ||
            strncasecmp(fields[0].text, separator_line, strlen(separator_line)) == 0)
            continue;
        *is_header = take_header(rows, fields, stored);
        return count;
    }
    return 0;
}
