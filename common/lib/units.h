/* How a figure in a base unit is shown to people. */
#ifndef GM_UNITS_H
#define GM_UNITS_H

/* A scaled unit: show value / factor, followed by `shown`. */
struct unit {
    double factor;
    char shown[24];
};

/*
 * The scale that leaves `value` at 1 or more, if there is one. Base units: s, B/s, bit/s, flop/s,
 * 1/s, 1 and s/THING, which is scaled as s and stays per THING; any other unit is shown as it is.
 */
struct unit unit_for(const char *base, double value);

#endif
