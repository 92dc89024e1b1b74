#include "evidence.h"

#include "err.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char between[] = " .. ";

/* Length of the number at `at`, digits and at most one point; 0: there is none. */
static size_t number_length(const char *at)
{
    size_t length = strspn(at, "0123456789");
    if (length && at[length] == '.' && at[length + 1] >= '0' && at[length + 1] <= '9')
        length += 1 + strspn(at + length + 1, "0123456789");
    return length;
}

struct part {
    const char *low, *high; /* two places in a text; the same one where there is no range */
    size_t low_length, high_length;
};

/* Takes a number or a range off the text; false if it does not begin with one. */
static bool take_part(const char **at, struct part *part)
{
    part->low_length = number_length(*at);
    if (part->low_length == 0)
        return false;
    part->low = part->high = *at;
    part->high_length = part->low_length;
    *at += part->low_length;
    size_t length = strlen(between);
    size_t high = strncmp(*at, between, length) == 0 ? number_length(*at + length) : 0;
    if (high) {
        part->high = *at + length;
        part->high_length = high;
        *at += length + high;
    }
    return true;
}

static void put_part(const struct part *a, const struct part *b, FILE *out)
{
    struct part both = *a;
    if (strtod(b->low, NULL) < strtod(both.low, NULL)) {
        both.low = b->low;
        both.low_length = b->low_length;
    }
    if (strtod(b->high, NULL) > strtod(both.high, NULL)) {
        both.high = b->high;
        both.high_length = b->high_length;
    }
    fprintf(out, "%.*s", (int)both.low_length, both.low);
    if (strtod(both.low, NULL) < strtod(both.high, NULL))
        fprintf(out, "%s%.*s", between, (int)both.high_length, both.high);
}

char *evidence_join(const char *joined, const char *evidence)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    bool same = out != NULL;
    while (same && (*joined || *evidence)) {
        struct part a, b;
        bool is_number = take_part(&joined, &a);
        if (is_number && take_part(&evidence, &b)) {
            put_part(&a, &b, out);
            continue;
        }
        same = !is_number && *joined == *evidence;
        if (same) {
            fputc(*joined++, out);
            evidence++;
        }
    }
    if (!out || fclose(out) != 0)
        die(STATUS_SYSTEM, "out of memory");
    if (same)
        return text;
    free(text);
    return NULL;
}
