#include "plot.h"

#include <math.h>
#include <string.h>

double axis_place(const struct axis *axis, double value)
{
    double place;
    if (axis->logarithmic)
        place = value > 0 ? log(value / axis->low) / log(axis->high / axis->low) : 0;
    else
        place = (value - axis->low) / (axis->high - axis->low);
    return 100 * fmin(1, fmax(0, place));
}

void axis_hold(struct axis *axis, double value)
{
    if (!isfinite(value) || (axis->logarithmic && value <= 0))
        return;
    if (axis->low > axis->high) {
        axis->low = axis->high = value;
        return;
    }
    axis->low = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
}

void axis_pad(struct axis *axis, double share)
{
    if (axis->low > axis->high)
        *axis =
            (struct axis){axis->logarithmic ? 1 : 0, axis->logarithmic ? 2 : 1, axis->logarithmic};
    if (axis->logarithmic) {
        double factor = pow(axis->high / axis->low, share);
        if (factor < 1.0001)
            factor = 1.05;
        axis->low /= factor;
        axis->high *= factor;
    } else {
        double room = (axis->high - axis->low) * share;
        if (room <= 0)
            room = axis->high != 0 ? fabs(axis->high) * 0.05 : 1;
        axis->low -= room;
        axis->high += room;
    }
}

static bool add_tick(const struct axis *axis, double apart, double value, double *ticks,
                     size_t *count)
{
    if (*count == MOST_TICKS || value < axis->low || value > axis->high)
        return false;
    for (size_t i = 0; i < *count; i++) {
        if (fabs(axis_place(axis, ticks[i]) - axis_place(axis, value)) < apart)
            return false;
    }
    ticks[(*count)++] = value;
    return true;
}

static size_t linear_ticks(const struct axis *axis, double apart, double *ticks)
{
    double least = (axis->high - axis->low) * apart / 100;
    double step = pow(10, floor(log10(least)));
    size_t count = 0;
    if (step < least)
        step *= 2;
    if (step < least)
        step *= 2.5;
    if (step < least)
        step *= 2;
    for (double k = ceil(axis->low / step); k * step <= axis->high && count < MOST_TICKS; k++)
        ticks[count++] = k * step;
    return count;
}

size_t axis_ticks(const struct axis *axis, double apart, bool ratios, double ticks[MOST_TICKS])
{
    static const double fine[] = {1.5, 1.25, 1.1, 1.2, 1.05, 1.02, 1.01};
    static const double parts[] = {5, 2, 3, 1.5, 7, 4, 6, 1.2, 2.5};
    size_t count = 0;
    if (!axis->logarithmic)
        return linear_ticks(axis, apart, ticks);
    if (ratios) {
        add_tick(axis, apart, 1, ticks, &count);
        for (int power = 1; power <= 20; power++) {
            add_tick(axis, apart, ldexp(1, power), ticks, &count);
            add_tick(axis, apart, ldexp(1, -power), ticks, &count);
        }
        for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
            add_tick(axis, apart, fine[i], ticks, &count);
            add_tick(axis, apart, 2 - fine[i] > 0.5 ? 2 - fine[i] : 1 / fine[i], ticks, &count);
        }
        return count;
    }
    for (int power = -15; power <= 18; power++)
        add_tick(axis, apart, pow(10, power), ticks, &count);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (int power = -15; power <= 18; power++)
            add_tick(axis, apart, parts[i] * pow(10, power), ticks, &count);
    }
    return count;
}

/* Writes one character so that it is itself anywhere in HTML. */
static void put_escaped(char c, FILE *out)
{
    const char *escaped = c == '&'   ? "&amp;"
                          : c == '<' ? "&lt;"
                          : c == '>' ? "&gt;"
                          : c == '"' ? "&quot;"
                                     : NULL;
    if (escaped)
        fputs(escaped, out);
    else
        fputc(c, out);
}

void plot_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        put_escaped(*text, out);
        if (strchr(":,/=", *text))
            fputs("<wbr>", out);
    }
}

void plot_attribute(const char *text, FILE *out)
{
    for (; *text; text++)
        put_escaped(*text, out);
}
