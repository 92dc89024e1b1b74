/* Curves: metrics `name[key=value]` by value, a line per platform. */
#include "sections.h"

#include "alloc.h"
#include "lines.h"
#include "numbers.h"
#include "parse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Splits `name[key=value]`; false if the metric is no point of a curve over numbers above 0. */
static bool curve_point(const char *metric, char name[64], char key[64], double *value)
{
    const char *open = strchr(metric, '['), *equals = open ? strchr(open, '=') : NULL;
    char digits[64];
    uint64_t bytes;
    if (!equals || metric[strlen(metric) - 1] != ']')
        return false;
    snprintf(name, 64, "%.*s", (int)(open - metric), metric);
    snprintf(key, 64, "%.*s", (int)(equals - open - 1), open + 1);
    snprintf(digits, sizeof digits, "%.*s", (int)strlen(equals + 1) - 1, equals + 1);
    if (parse_size(digits, &bytes))
        *value = (double)bytes;
    else if (!parse_real(digits, value))
        return false;
    return *value > 0;
}

bool section_is_point(const char *metric)
{
    char name[64], key[64];
    double value;
    return curve_point(metric, name, key, &value);
}

/* The rows of one curve: those of this benchmark whose name and key are the first one's. */
struct curve {
    char name[64], key[64];
    const struct row *rows[256];
    double x[256];
    size_t count;
};

static bool collect(const struct page *page, const char *benchmark, const struct row *first,
                    struct curve *curve)
{
    const struct row *row;
    double value;
    char name[64], key[64];
    curve->count = 0;
    if (!curve_point(first->metric->name, curve->name, curve->key, &value))
        return false;
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (strcmp(row->metric->benchmark, benchmark) != 0 || curve->count == 256 ||
            !curve_point(row->metric->name, name, key, &value) || strcmp(name, curve->name) != 0 ||
            strcmp(key, curve->key) != 0)
            continue;
        if (curve->count == 0 && row != first)
            return false; /* drawn already, at its first row */
        size_t i = curve->count++;
        for (; i > 0 && curve->x[i - 1] > value; i--) {
            curve->x[i] = curve->x[i - 1];
            curve->rows[i] = curve->rows[i - 1];
        }
        curve->x[i] = value;
        curve->rows[i] = row;
    }
    return curve->count >= 2;
}

/* The curve's own values below the axis, as far as they do not touch. */
static void put_curve_places(const struct page *page, const struct curve *curve,
                             const struct axis *x)
{
    FILE *out = page->out;
    char text[NUMBER];
    double apart = -100;
    for (size_t i = 0; i < curve->count; i++) {
        double place = axis_place(x, curve->x[i]);
        if (place - apart < 10)
            continue;
        apart = place;
        bool whole = curve->x[i] >= 1024 && curve->x[i] == floor(curve->x[i]);
        fprintf(out, "<i class=\"x\" style=\"left:%.1f%%\">%s</i>", place,
                whole ? format_size(text, (uint64_t)curve->x[i]) : number(text, curve->x[i]));
    }
}

static char *label_curve(const struct page *page, const struct curve *curve,
                         const struct unit *unit)
{
    const struct names *platforms = &page->analysis->model->platforms;
    char *label = alloc_text("", 0), text[NUMBER];
    for (size_t p = 0; p < platforms->count; p++) {
        char *words = alloc_text("", 0);
        for (size_t i = 0; i < curve->count; i++) {
            const struct result *result = page_result(curve->rows[i], platforms->at[p]);
            if (!result)
                continue;
            char *longer = alloc_format("%s%s%s", words, *words ? ", " : "",
                                        number(text, result->stats.median / unit->factor));
            free(words);
            words = longer;
        }
        if (*words)
            label = lines_label(label, platforms->at[p], words);
        free(words);
    }
    return label;
}

static void put_curve(const struct page *page, const struct curve *curve)
{
    const struct names *platforms = &page->analysis->model->platforms;
    FILE *out = page->out;
    struct axis x = {curve->x[0], curve->x[curve->count - 1], true};
    struct axis y = {.low = 1, .high = 0, .logarithmic = true};
    for (size_t i = 0; i < curve->count; i++) {
        for (size_t k = 0; k < curve->rows[i]->count; k++)
            axis_hold(&y, curve->rows[i]->results[k].stats.median);
    }
    struct unit unit = unit_for(curve->rows[0]->metric->unit, y.low);
    axis_pad(&y, 0.05);
    fprintf(out, "<h4>");
    plot_text(curve->name, out);
    fprintf(out, " by ");
    plot_text(curve->key, out);
    fprintf(out, ", in ");
    plot_text(unit.shown, out);
    fprintf(out, " (both logarithmic)</h4>");
    lines_begin(page, &y, &unit, label_curve(page, curve, &unit));
    for (size_t p = 0; p < platforms->count; p++) {
        char move = 'M';
        fprintf(out, "<path stroke=\"var(--p%d)\" d=\"", page_colour(page, platforms->at[p]));
        for (size_t i = 0; i < curve->count; i++) {
            const struct result *result = page_result(curve->rows[i], platforms->at[p]);
            if (!result || result->stats.median <= 0)
                continue;
            fprintf(out, "%c%.2f %.2f", move, axis_place(&x, curve->x[i]),
                    100 - axis_place(&y, result->stats.median));
            move = 'L';
        }
        fprintf(out, "\"/>");
    }
    fprintf(out, "</svg>");
    put_curve_places(page, curve, &x);
    fprintf(out, "</div>\n<div class=\"legend\">");
    for (size_t p = 0; p < platforms->count; p++) {
        if (page_result(curve->rows[0], platforms->at[p]))
            lines_legend(page, platforms->at[p]);
    }
    fprintf(out, "</div>\n");
}

void section_curves(const struct page *page, const char *benchmark)
{
    struct curve *curve = alloc_zero(1, sizeof *curve);
    const struct row *row;
    for (size_t at = 0; (row = page_row(page, &at));) {
        if (strcmp(row->metric->benchmark, benchmark) == 0 && strchr(row->metric->name, '[') &&
            collect(page, benchmark, row, curve))
            put_curve(page, curve);
    }
    free(curve);
}
