#include "range.h"

bool u128_parse(const char *text, u128 *value)
{
    const u128 most = ~(u128)0;
    u128 parsed = 0;
    if (*text == '\0')
        return false;
    for (; *text; text++) {
        unsigned digit = (unsigned)*text - '0';
        if (digit > 9 || parsed > (most - digit) / 10)
            return false;
        parsed = parsed * 10 + digit;
    }
    *value = parsed;
    return true;
}

const char *u128_format(u128 value, char buffer[U128_TEXT])
{
    char *text = &buffer[U128_TEXT - 1];
    *text = '\0';
    do {
        *--text = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value);
    return text;
}

bool range_fits(struct range range)
{
    u128 ends, count = range.last - range.first + 1, product;
    if (count == 1)
        return true;
    /* count is 0 for all 2^128 numbers. */
    if (count == 0 || __builtin_add_overflow(range.first, range.last, &ends))
        return false;
    if (count % 2)
        return !__builtin_mul_overflow(count, ends / 2, &product);
    return !__builtin_mul_overflow(count / 2, ends, &product);
}

/* All ranges of one level have one of two sizes: `size` or one more. */
struct shape range_shape(u128 count, u128 leaf)
{
    struct shape shape = {0};
    double of_size = 1, of_one_more = 0;
    for (u128 size = count;; size /= 2) {
        if (size <= leaf)
            of_size = 0;
        if (size + 1 <= leaf)
            of_one_more = 0;
        if (of_size + of_one_more == 0)
            return shape;
        shape.depth++;
        shape.processes += 2 * (of_size + of_one_more);
        if (size % 2)
            of_one_more = of_size + 2 * of_one_more;
        else
            of_size = 2 * of_size + of_one_more;
    }
}
