/* Joining what several trials showed. */
#include "evidence.h"

#include "tap.h"

#include <stdlib.h>
#include <string.h>

static bool joins(const char *joined, const char *evidence, const char *wanted)
{
    char *text = evidence_join(joined, evidence);
    bool good = wanted ? text && strcmp(text, wanted) == 0 : !text;
    if (!good)
        printf("# '%s' and '%s': '%s'\n", joined, evidence, text ? text : "(none)");
    free(text);
    return good;
}

int main(void)
{
    tap_ok(joins("steal 4.1 %, at most 1 %", "steal 2.25 %, at most 1 %",
                 "steal 2.25 .. 4.1 %, at most 1 %"),
           "two numbers are a range, equal ones are not");
    tap_ok(joins("took 2 .. 7.7 % of it", "took 3 % of it", "took 2 .. 7.7 % of it"),
           "one within a range");
    tap_ok(joins("took 2 .. 7.7 %", "took 12 %", "took 2 .. 12 %"), "one above it");
    tap_ok(joins("took 2 .. 7.7 %", "took 0.5 %", "took 0.5 .. 7.7 %"), "one below it");
    tap_ok(joins("9 of 10", "10 of 9", "9 .. 10 of 9 .. 10"), "by size, not by letters");
    tap_ok(joins("no number", "no number", "no number"), "words alone");
    tap_ok(joins("1.", "2.", "1 .. 2."), "a full stop is none of the number's");
    tap_ok(joins("", "", ""), "nothing");
    tap_ok(joins("on disk a", "on disk b", NULL), "other words are not joined");
    tap_ok(joins("a 1", "a", NULL) && joins("a", "a 1", NULL), "nor is more or less");
    tap_ok(joins("1x", "x1", NULL), "nor another order");
    return tap_done();
}
