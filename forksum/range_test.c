/* Ranges against brute force, and at the ends of 128 bits. */
#include "range.h"
#include "tap.h"

#include <string.h>

static bool parses_to(const char *text, u128 wanted)
{
    u128 value;
    return u128_parse(text, &value) && value == wanted;
}

static void test_text(void)
{
    static const char most[] = "340282366920938463463374607431768211455";
    static const char *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1e3",
                                      "0x1",
                                      "a",
                                      "/",
                                      ":",
                                      "340282366920938463463374607431768211456",
                                      "1000000000000000000000000000000000000000"};
    char buffer[U128_TEXT];
    u128 value;
    tap_ok(parses_to("0", 0) && parses_to("007", 7), "0 and 007");
    tap_ok(parses_to(most, ~(u128)0), "the largest number");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(!u128_parse(bad[i], &value), "'%s' is refused", bad[i]);
    tap_ok(strcmp(u128_format(~(u128)0, buffer), most) == 0, "and back");
    tap_ok(strcmp(u128_format(0, buffer), "0") == 0, "0 and back");
}

static bool fits(u128 first, u128 last)
{
    return range_fits((struct range){first, last});
}

static void test_sum(void)
{
    const u128 most = ~(u128)0, two64 = (u128)1 << 64;
    bool right = true;
    for (unsigned first = 0; first < 40; first++) {
        u128 sum = 0;
        for (unsigned last = first; last < 90; last++) {
            sum += last;
            right = right && range_sum((struct range){first, last}) == sum;
        }
    }
    tap_ok(right, "the closed form agrees with adding up");
    tap_ok(range_sum((struct range){0, two64 - 1}) == (two64 - 1) << 63, "all 64-bit numbers");
    tap_ok(range_sum((struct range){most, most}) == most, "the largest number alone");
    tap_ok(fits(most, most) && fits(most / 2, most / 2 + 1), "what just fits");
    tap_ok(!fits(most - 1, most) && !fits(0, most) && !fits(1, most) && !fits(0, most / 2) &&
               !fits(most / 2 + 1, most / 2 + 2),
           "what does not fit");
    tap_ok(fits(0, two64 + two64 / 3) && !fits(0, 2 * two64), "long ranges near 2^64");
}

static unsigned count_below(struct range range, unsigned leaf, unsigned depth, unsigned *deepest)
{
    if (depth > *deepest)
        *deepest = depth;
    if (range.last - range.first < leaf)
        return 0;
    return 2 + count_below(range_half(range, 0), leaf, depth + 1, deepest) +
           count_below(range_half(range, 1), leaf, depth + 1, deepest);
}

static void test_shape(void)
{
    bool right = true;
    for (unsigned leaf = 1; leaf < 20; leaf++) {
        for (unsigned count = 1; count < 300; count++) {
            unsigned deepest = 0;
            unsigned below = count_below((struct range){5, 4 + count}, leaf, 0, &deepest);
            struct shape shape = range_shape(count, leaf);
            right = right && shape.processes == below && shape.depth == deepest;
        }
    }
    tap_ok(right, "the tree's shape agrees with walking it");
    tap_ok(range_shape(5000, 1).processes == 9998 && range_shape(5000, 1).depth == 13,
           "1..5000 are 9998 processes in 13 levels");
}

int main(void)
{
    test_text();
    test_sum();
    test_shape();
    return tap_done();
}
