/* Hosts one by one: a panel for each metric and platform. */
#include "alloc.h"
#include "hosts_sections.h"
#include "numbers.h"
#include "plot.h"
#include "sayings.h"
#include "sections.h"
#include "stats.h"
#include "units.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_NAMED = 40, NAMED_PIXELS = 15, LEAST_PIXELS = 200, MOST_PIXELS = 420 };

struct panel {
    const struct fleet *fleet;
    const struct table *table;
    const struct point **points; /* in the order of lines */
    struct axis axis;
    struct unit unit; /* of native; a ratio's factor is 1 */
    bool turned;      /* figures are exp(-log): native's where more is better */
    FILE *out;
};

static double figure(const struct panel *panel, double log_value)
{
    return exp(panel->turned ? -log_value : log_value);
}

static double place(const struct panel *panel, double log_value)
{
    return axis_place(&panel->axis, figure(panel, log_value));
}

static double half_of(const struct point *point)
{
    return 1.96 * point->error; /* moderated: close to a normal's */
}

static int compare_points(const void *left, const void *right)
{
    const struct point *a = *(const struct point *const *)left;
    const struct point *b = *(const struct point *const *)right;
    return a->log != b->log ? (a->log < b->log ? -1 : 1) : a->host - b->host;
}

/* Few hosts are in the fleet's order, with their names; many by what they show. */
static void set_points(struct panel *panel)
{
    const struct table *table = panel->table;
    panel->points = alloc_zero(table->count, sizeof(struct point *));
    panel->axis = (struct axis){.low = 1, .high = 0, .logarithmic = true};
    for (size_t i = 0; i < table->count; i++) {
        panel->points[i] = &table->points[i];
        axis_hold(&panel->axis, figure(panel, table->points[i].log));
    }
    if (table->count > MOST_NAMED)
        qsort(panel->points, table->count, sizeof(struct point *), compare_points);
    if (isfinite(table->meta.next_low) && !table->is_native) {
        double most = log(panel->axis.high / panel->axis.low) + 0.02;
        axis_hold(&panel->axis, exp(fmax(table->meta.next_low, table->meta.mean - most)));
        axis_hold(&panel->axis, exp(fmin(table->meta.next_high, table->meta.mean + most)));
    }
    panel->axis.logarithmic = panel->axis.high > 3 * panel->axis.low;
    axis_pad(&panel->axis, 0.06);
}

static void put_band(const struct panel *panel)
{
    const struct meta *meta = &panel->table->meta;
    double ends[2] = {place(panel, meta->next_low), place(panel, meta->next_high)};
    double left = fmin(ends[0], ends[1]), middle = place(panel, meta->mean);
    size_t n = panel->table->count;
    if (isfinite(meta->next_low))
        fprintf(panel->out,
                "<rect class=\"floor\" x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"%zu\"/>", left,
                fmax(ends[0], ends[1]) - left, n);
    fprintf(panel->out, "<path class=\"one\" d=\"M%.2f 0V%zu\"/>", middle, n);
}

/* Intervals, then dots; those that stand out in a colour of their own. */
static void put_points(const struct panel *panel)
{
    FILE *out = panel->out;
    size_t n = panel->table->count;
    const char *many = n > MOST_NAMED ? " many" : "";
    fprintf(out, "<g stroke=\"var(--p%d)\"><path class=\"reach\" d=\"", hosts_colour(panel->table));
    for (size_t i = 0; i < n; i++)
        fprintf(out, "M%.2f %.1fH%.2f",
                place(panel, panel->points[i]->log - half_of(panel->points[i])), (double)i + 0.5,
                place(panel, panel->points[i]->log + half_of(panel->points[i])));
    fprintf(out, "\"/><path class=\"dot%s\" d=\"", many);
    for (size_t i = 0; i < n; i++) {
        if (!standouts_has(panel->fleet, panel->points[i]))
            fprintf(out, "M%.2f %.1fh0", place(panel, panel->points[i]->log), (double)i + 0.5);
    }
    fprintf(out, "\"/></g><path class=\"dot odd\" d=\"");
    for (size_t i = 0; i < n; i++) {
        if (standouts_has(panel->fleet, panel->points[i]))
            fprintf(out, "M%.2f %.1fh0", place(panel, panel->points[i]->log), (double)i + 0.5);
    }
    fprintf(out, "\"/>");
}

static void put_labels(const struct panel *panel)
{
    double ticks[MOST_TICKS];
    size_t n = panel->table->count;
    size_t count = axis_ticks(&panel->axis, 20, !panel->table->is_native, ticks);
    for (size_t i = 0; i < n; i++) {
        if (n > MOST_NAMED && i > 0 && i + 1 < n)
            continue;
        fprintf(panel->out, "<i class=\"y host\" style=\"top:%.2f%%\">",
                100 * ((double)i + 0.5) / (double)n);
        plot_text(panel->fleet->hosts[panel->points[i]->host].name, panel->out);
        fprintf(panel->out, "</i>");
    }
    for (size_t i = 0; i < count; i++)
        fprintf(panel->out, "<i class=\"x\" style=\"left:%.2f%%\">%.4g%s</i>",
                axis_place(&panel->axis, ticks[i]), ticks[i] / panel->unit.factor,
                panel->table->is_native ? "" : "×");
}

static void put_title(const struct panel *panel)
{
    char a[NUMBER], b[NUMBER], c[NUMBER];
    const struct meta *meta = &panel->table->meta;
    FILE *out = panel->out;
    fprintf(out, "<div class=\"title\"><b>");
    plot_text(panel->fleet->platforms.at[panel->table->platform], out);
    fprintf(out, "</b><span class=\"soft\">%s",
            number(a, figure(panel, meta->mean) / panel->unit.factor));
    if (panel->table->is_native) {
        fputc(' ', out);
        plot_text(panel->unit.shown, out);
    }
    if (isfinite(meta->low) && !panel->table->is_native)
        fprintf(out, ", %s – %s; I² %.0f %%", number(b, exp(meta->low)), number(c, exp(meta->high)),
                100 * meta->i2);
    fprintf(out, "</span></div>");
}

static void put_panel(const struct fleet *fleet, const struct table *table, FILE *out)
{
    const struct measured *metric = &fleet->metrics[table->metric];
    struct panel panel = {.fleet = fleet, .table = table, .unit = {.factor = 1}, .out = out};
    size_t n = table->count, pixels = n * NAMED_PIXELS;
    char text[NUMBER];
    panel.turned = table->is_native && metric->better == BETTER_HIGHER;
    if (table->is_native)
        panel.unit = unit_for(metric->unit, figure(&panel, table->median));
    if (n > MOST_NAMED)
        pixels = n < LEAST_PIXELS ? LEAST_PIXELS : n > MOST_PIXELS ? MOST_PIXELS : n;
    set_points(&panel);
    fprintf(out, "<div class=\"panel\">");
    put_title(&panel);
    fprintf(out,
            "<div class=\"plot hosts\" style=\"height:%zupx\"><svg viewBox=\"0 0 100 %zu\" "
            "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%zu hosts, mean %s\">",
            pixels, n, n, number(text, figure(&panel, table->meta.mean) / panel.unit.factor));
    put_band(&panel);
    put_points(&panel);
    fprintf(out, "</svg>");
    put_labels(&panel);
    fprintf(out, "</div></div>\n");
    free(panel.points);
}

void hosts_forests(const struct fleet *fleet, int architecture, FILE *out)
{
    int metric = NAMES_NONE;
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        const struct measured *measured = &fleet->metrics[table->metric];
        if (table->architecture != architecture || section_is_point(measured->name))
            continue;
        if (table->metric != metric) {
            fprintf(out, "%s<details class=\"card\"%s><summary>",
                    metric == NAMES_NONE ? "" : "</div></details>\n",
                    measured->primary ? " open" : "");
            hosts_metric(fleet, table, out);
            fprintf(out, "</summary><div class=\"panels\">\n");
        }
        metric = table->metric;
        put_panel(fleet, table, out);
    }
    if (metric != NAMES_NONE)
        fprintf(out, "</div></details>\n");
}
