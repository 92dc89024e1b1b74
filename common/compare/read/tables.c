#include "tables.h"

#include "alloc.h"
#include "columns.h"
#include "err.h"
#include "words.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 1 << 30, MOST_COLUMNS = 10 };

/* Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant 2013). */
static double days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (double)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Exactly `digits` digits, then `end` if it is not 0; returns what follows, or NULL. */
static const char *read_part(const char *text, int digits, char end, int *value)
{
    *value = 0;
    for (int i = 0; text && i < digits; i++, text++) {
        if (*text < '0' || *text > '9')
            return NULL;
        *value = 10 * *value + (*text - '0');
    }
    if (text && end && *text++ != end)
        return NULL;
    return text;
}

bool table_time(const char *text, double *seconds)
{
    int year, month, day, hour, minute, second;
    double fraction = 0;
    const char *at = read_part(text, 4, '-', &year);
    at = read_part(at, 2, '-', &month);
    at = read_part(at, 2, 0, &day);
    if (!at || (*at != 'T' && *at != ' ')) {
        struct field field = {.text = (char *)text, .length = strlen(text)};
        return csv_number(&field, '.', seconds) && isfinite(*seconds);
    }
    at = read_part(at + 1, 2, ':', &hour);
    at = read_part(at, 2, ':', &minute);
    at = read_part(at, 2, 0, &second);
    if (at && *at == '.') {
        double place = 0.1;
        for (at++; *at >= '0' && *at <= '9'; at++, place /= 10)
            fraction += place * (*at - '0');
    }
    if (!at || (strcmp(at, "Z") != 0 && *at != '\0') || year < 1970 || month < 1 || month > 12 ||
        day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
        return false;
    *seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second + fraction;
    return true;
}

double table_read_time(const struct csv *csv, const struct field *field)
{
    double seconds;
    if (!table_time(field->text, &seconds))
        csv_die(csv, "time '%.40s' is neither ISO 8601 nor a number", field->text);
    return seconds;
}

uint32_t table_read_count(const struct csv *csv, const struct field *field, const char *name,
                          uint32_t least)
{
    uint64_t value = 0;
    const char *at = field->text;
    for (; *at >= '0' && *at <= '9' && value < MOST_ROUNDS; at++)
        value = 10 * value + (uint64_t)(*at - '0');
    if (*at || field->length == 0 || value < least || value >= MOST_ROUNDS)
        csv_die(csv, "%s '%.40s' is no whole number from %u", name, field->text, least);
    return (uint32_t)value;
}

#define PLACE "time,host,platform,round,"

const char *table_header(const char *name)
{
    static const struct {
        const char *name, *header;
    } tables[] = {
        {"samples.csv", PLACE COLUMNS_ROW},
        {"facts.csv", PLACE "benchmark,key,value"},
        {"guards.csv", PLACE "benchmark,guard,outcome,evidence,advice"},
        {"failures.csv", PLACE "benchmark,reason"},
        {"platforms.csv", "platform,usable,reason"},
        {"fleet.csv", "host,status,reason,folder"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i].name, name) == 0)
            return tables[i].header;
    }
    return NULL;
}

bool table_open(struct csv *csv, const struct folder *folder, const char *name, bool needed)
{
    const char *header = table_header(name);
    struct field fields[MOST_COLUMNS];
    char *path = alloc_format("%s/%s", folder->path, name), found[256] = "";
    if (!csv_open(csv, path)) {
        if (needed || errno != ENOENT)
            die_errno(STATUS_SYSTEM, "%s", path);
        free(path);
        return false;
    }
    size_t count = csv_next(csv, fields, MOST_COLUMNS);
    for (size_t i = 0, used = 0; i < count && i < MOST_COLUMNS && used < sizeof found; i++)
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%s", i ? "," : "",
                                 fields[i].text);
    /* An empty file is a campaign of which nothing has been measured yet. */
    if (count && strcmp(found, header) != 0)
        csv_die(csv, "the header is not %s", header);
    return true;
}

void table_close(struct csv *csv)
{
    csv_close(csv);
    free((char *)csv->path);
}

bool table_next(struct csv *csv, struct model *model, struct field *fields, size_t columns)
{
    size_t count = csv_next(csv, fields, columns);
    if (count == 0)
        return false;
    if (csv->torn) {
        model_note(model, "%s:%zu: the last line is torn and was left out", csv->path, csv->line);
        return false;
    }
    if (count != columns)
        csv_die(csv, "%zu fields instead of %zu", count, columns);
    return true;
}

void table_check_name(const struct csv *csv, const struct field *field, const char *what)
{
    const char *fault = words_fault(field->text, NAME_MOST);
    if (fault)
        csv_die(csv, "%s '%.40s' %s", what, field->text, fault);
}

char *table_name(const struct csv *csv, const struct field *field, const char *what)
{
    table_check_name(csv, field, what);
    return alloc_text(field->text, field->length);
}

char *table_text(const struct field *field)
{
    return words_clean(alloc_text(field->text, field->length));
}
