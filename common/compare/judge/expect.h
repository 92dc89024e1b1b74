/* Whether the platforms' order is the one that one would expect: native, container, KVM, emulation.
 */
#ifndef GM_COMPARE_EXPECT_H
#define GM_COMPARE_EXPECT_H

#include "analysis.h"
#include "remarks.h"

enum expectation { EXPECT_HELD, EXPECT_OPEN, EXPECT_NOT_HELD, EXPECT_NOTHING };
extern const char *const expectation_names[]; /* "held", "open", "not held", "" */

/* Where the order does not hold, or is open: `cheaper` should not cost less than `dearer`. */
struct expected {
    enum expectation outcome;
    const struct result *cheaper, *dearer;
};

/*
 * Every pair of platforms of different kinds is looked at. Not held: the kind that should cost more
 * costs less, by intervals that do not overlap and by more than the noise floor. Open: its figure
 * is lower, but the intervals overlap. Nothing: fewer than two kinds were measured.
 */
struct expected expect_row(const struct row *row);

/* A sentence on what explains an order that does not hold: a guard if one fired, else the usual
 * suspect of this benchmark. Returns `text`. */
const char *expect_why(char *text, size_t bytes, const struct row *row,
                       const struct expected *expected, const struct remarks *remarks);

#endif
