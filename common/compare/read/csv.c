#include "csv.h"

#include "alloc.h"
#include "err.h"
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { FIRST_ROOM = 1 << 6 }; /* small inputs shall meet the buffer's edge, too */
#else
enum { FIRST_ROOM = 1 << 18 };
#endif
enum { LARGEST_RECORD = 64 << 20 };

void csv_die(const struct csv *csv, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    die(STATUS_SYSTEM, "%s:%zu: %s", csv->path, csv->line, words_clean(message));
}

bool csv_open(struct csv *csv, const char *path)
{
    *csv = (struct csv){.path = path, .separator = ',', .next_line = 1};
    csv->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (csv->fd < 0)
        return false;
    csv->room = FIRST_ROOM;
    csv->buffer = alloc_zero(csv->room + 1, 1);
    return true;
}

void csv_close(struct csv *csv)
{
    close(csv->fd);
    free(csv->buffer);
}

/* Moves what is left to the buffer's beginning and reads more behind it. */
static void refill(struct csv *csv)
{
    memmove(csv->buffer, csv->buffer + csv->start, csv->end - csv->start);
    csv->end -= csv->start;
    csv->start = 0;
    if (csv->end == csv->room) {
        if (csv->room >= LARGEST_RECORD)
            csv_die(csv, "a record of more than %d MiB", LARGEST_RECORD >> 20);
        csv->room *= 2;
        char *larger = realloc(csv->buffer, csv->room + 1);
        if (!larger)
            csv_die(csv, "out of memory");
        csv->buffer = larger;
    }
    ssize_t got;
    do
        got = read(csv->fd, csv->buffer + csv->end, csv->room - csv->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        die_errno(STATUS_SYSTEM, "%s", csv->path);
    csv->ended = got == 0;
    csv->end += (size_t)got;
}

/* UTF-8's byte-order mark, which some programs put in front, is no part of the first field. */
static void skip_mark(struct csv *csv)
{
    while (csv->end - csv->start < 3 && !csv->ended)
        refill(csv);
    if (csv->end - csv->start >= 3 && memcmp(csv->buffer + csv->start, "\xef\xbb\xbf", 3) == 0)
        csv->start += 3;
}

/* How often a quote stands in these bytes. */
static size_t count_quotes(const char *text, size_t length)
{
    size_t count = 0;
    const char *end = text + length;
    for (const char *at = text; (at = memchr(at, '"', (size_t)(end - at))); at++)
        count++;
    return count;
}

/* Length of the record at the buffer's start without its line end; *next is where the next begins.
 * Every byte is looked at once, also where a quote does not close for many lines.
 */
static size_t find_record(struct csv *csv, size_t *next)
{
    size_t searched = 0, quotes = 0;
    for (;;) {
        char *text = csv->buffer + csv->start;
        size_t there = csv->end - csv->start;
        char *newline = memchr(text + searched, '\n', there - searched);
        size_t length = newline ? (size_t)(newline - text) : there;
        bool comment = csv->comments && there && *text == '#';
        quotes += comment ? 0 : count_quotes(text + searched, length - searched);
        searched = newline ? length + 1 : there;
        if (newline && quotes % 2 == 0) {
            csv->torn = false;
            *next = csv->start + searched;
            return length;
        }
        if (newline)
            continue;
        if (csv->ended) {
            csv->torn = true;
            *next = csv->end;
            return there;
        }
        refill(csv);
    }
}

/* Takes the quotes off the field that begins at `at`; returns what follows the closing one. */
static char *unquote(const struct csv *csv, char *at, struct field *field)
{
    char *to = at;
    field->text = at;
    for (char *from = at + 1; *from; from++) {
        if (*from == '"' && *++from != '"') {
            field->length = (size_t)(to - field->text);
            /* What follows is read before the field's end, which may lie on it, is written. */
            char *rest = from;
            if (*rest != csv->separator && *rest != '\0')
                csv_die(csv, "text behind a closing quote");
            return rest;
        }
        *to++ = *from;
    }
    if (!csv->torn)
        csv_die(csv, "a quote that does not close");
    field->length = (size_t)(to - field->text);
    return at + strlen(at);
}

/* Splits one record, NUL-terminated, in place. */
static size_t split(const struct csv *csv, char *at, char *end, struct field *fields, size_t room)
{
    struct field field;
    for (size_t count = 0;;) {
        char *stop;
        if (*at == '"') {
            stop = unquote(csv, at, &field);
        } else {
            field.text = at;
            stop = memchr(at, csv->separator, (size_t)(end - at));
            stop = stop ? stop : end;
            field.length = (size_t)(stop - at);
        }
        bool last = stop >= end;
        field.text[field.length] = '\0';
        if (count < room)
            fields[count] = field;
        count++;
        if (last)
            return count;
        at = stop + 1;
    }
}

size_t csv_next(struct csv *csv, struct field *fields, size_t room)
{
    for (;;) {
        size_t next;
        csv->line = csv->next_line;
        if (csv->line == 1)
            skip_mark(csv);
        size_t length = find_record(csv, &next);
        char *text = csv->buffer + csv->start;
        if (length == 0 && csv->torn)
            return 0;
        csv->next_line++;
        for (char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text))); at++)
            csv->next_line++;
        csv->start = next;
        if (length && text[length - 1] == '\r')
            length--;
        text[length] = '\0';
        if (memchr(text, '\0', length))
            csv_die(csv, "a NUL byte");
        if (length && !(csv->comments && *text == '#'))
            return split(csv, text, text + length, fields, room);
    }
}

/* 10^0 to 10^22: the powers that a double holds exactly. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The C library's reading: slow, takes everything. Hexadecimal and leading space are refused. */
static bool slow_number(const struct field *field, char mark, double *value)
{
    char copy[512], *end;
    if (field->length == 0 || field->length >= sizeof copy || isspace((unsigned char)*field->text))
        return false;
    memcpy(copy, field->text, field->length + 1);
    char *decimal = strchr(copy, mark);
    if ((mark != '.' && strchr(copy, '.')) || strpbrk(copy, "xX("))
        return false;
    if (decimal)
        *decimal = '.';
    *value = strtod(copy, &end);
    return *end == '\0';
}

/*
 * A number of at most 15 digits with a power of ten of at most 22 is one exact integer multiplied
 * or divided by one exact power: correctly rounded (Clinger 1990). Anything else takes the slow
 * way.
 */
bool csv_number(const struct field *field, char mark, double *value)
{
    const char *at = field->text;
    bool negative = *at == '-';
    uint64_t digits = 0;
    int count = 0, exponent = 0;

    at += negative;
    for (; *at >= '0' && *at <= '9'; at++, count++)
        digits = digits * 10 + (uint64_t)(*at - '0');
    if (*at == mark) {
        const char *fraction = ++at;
        for (; *at >= '0' && *at <= '9'; at++, count++)
            digits = digits * 10 + (uint64_t)(*at - '0');
        exponent = -(int)(at - fraction);
    }
    if (count > 0 && count <= 15 && (*at == 'e' || *at == 'E')) {
        bool down = *++at == '-';
        int written = 0, places = 0;
        at += *at == '-' || *at == '+';
        for (; *at >= '0' && *at <= '9' && places < 4; at++, places++)
            written = written * 10 + (*at - '0');
        if (places == 0)
            return false;
        exponent += down ? -written : written;
    }
    if (*at != '\0' || count == 0 || count > 15 || exponent < -22 || exponent > 22)
        return slow_number(field, mark, value);
    double magnitude = (double)digits;
    magnitude = exponent < 0 ? magnitude / powers[-exponent] : magnitude * powers[exponent];
    *value = negative ? -magnitude : magnitude;
    return true;
}

void csv_put(const char *text, FILE *out)
{
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}
