/* The means over hosts: one forest for each architecture. */
#include "hosts_sections.h"
#include "numbers.h"
#include "plot.h"
#include "units.h"

#include <math.h>

static const char *class_of(const struct table *table)
{
    static const char *const classes[] = {"soft", "", "same", "open"};
    if (table->result.verdict == VERDICT_DIFFERENT)
        return table->meta.mean > 0 ? "more" : "less";
    return classes[table->result.verdict];
}

static bool is_shown(const struct fleet *fleet, const struct table *table, int architecture)
{
    return table->architecture == architecture && fleet->metrics[table->metric].primary;
}

static void put_grid(const struct axis *axis, FILE *out)
{
    double ticks[MOST_TICKS];
    size_t count = axis_ticks(axis, 9, true, ticks);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "<line class=\"%s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"100%%\"/>",
                ticks[i] == 1 ? "one" : "grid", axis_place(axis, ticks[i]),
                axis_place(axis, ticks[i]));
}

static void put_axis(const struct axis *axis, FILE *out)
{
    double ticks[MOST_TICKS];
    size_t count = axis_ticks(axis, 9, true, ticks);
    fprintf(out, "<div class=\"axis\"><svg height=\"20\" aria-hidden=\"true\">");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "<text x=\"%.2f%%\" y=\"14\" text-anchor=\"middle\">%.4g×</text>",
                axis_place(axis, ticks[i]), ticks[i]);
    fprintf(out, "</svg></div>\n");
}

static void put_bar(const struct axis *axis, const char *class, double low, double high, FILE *out)
{
    if (isfinite(low))
        fprintf(out,
                "<line class=\"%s\" stroke=\"currentColor\" x1=\"%.2f%%\" x2=\"%.2f%%\" "
                "y1=\"50%%\" y2=\"50%%\"/>",
                class, axis_place(axis, exp(low)), axis_place(axis, exp(high)));
}

static void put_mean(const struct fleet *fleet, const struct table *table, const struct axis *axis,
                     FILE *out)
{
    char a[NUMBER], b[NUMBER], c[NUMBER];
    const struct meta *meta = &table->meta;
    const char *class = class_of(table);
    fprintf(out, "<div class=\"name\">");
    plot_text(fleet->platforms.at[table->platform], out);
    fprintf(out,
            " <span class=\"soft\">%zu hosts</span></div><div class=\"draw %s\"><svg "
            "role=\"img\" aria-label=\"%s\">",
            meta->k, class, number(a, exp(meta->mean)));
    put_grid(axis, out);
    put_bar(axis, "next", meta->next_low, meta->next_high, out);
    put_bar(axis, "ci", meta->low, meta->high, out);
    fprintf(out,
            "<circle cx=\"%.2f%%\" cy=\"50%%\" r=\"4\" fill=\"currentColor\"/></svg></div><div "
            "class=\"figure\"><b>%s</b>",
            axis_place(axis, exp(meta->mean)), a);
    if (isfinite(meta->low))
        fprintf(out, " <span class=\"soft\">%s – %s</span>", number(b, exp(meta->low)),
                number(c, exp(meta->high)));
    fprintf(out, "</div><div class=\"word %s\">%s", class, verdict_names[table->result.verdict]);
    if (isfinite(meta->low))
        fprintf(out, "<span class=\"soft next\">next host %s – %s</span>",
                number(b, exp(meta->next_low)), number(c, exp(meta->next_high)));
    fprintf(out, "</div>\n");
}

static struct axis axis_for(const struct fleet *fleet, int architecture)
{
    struct axis axis = {.low = 1, .high = 1, .logarithmic = true};
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        if (!is_shown(fleet, table, architecture) || table->is_native)
            continue;
        axis_hold(&axis, exp(table->meta.mean));
        /* The interval of three hosts may span decades. */
        axis_hold(&axis, exp(fmax(table->meta.next_low, table->meta.mean - 2)));
        axis_hold(&axis, exp(fmin(table->meta.next_high, table->meta.mean + 2)));
    }
    axis_pad(&axis, 0.05);
    return axis;
}

static void put_metric(const struct fleet *fleet, const struct table *table, FILE *out)
{
    const struct table *native = fleet_native(fleet, table);
    const struct measured *metric = &fleet->metrics[table->metric];
    char text[NUMBER];
    fprintf(out, "<div class=\"head\">");
    hosts_metric(fleet, table, out);
    if (native) {
        double median = exp(metric->better == BETTER_HIGHER ? -native->median : native->median);
        struct unit unit = unit_for(metric->unit, median);
        fprintf(out, " <span>");
        plot_text(fleet->platforms.at[native->platform], out);
        fprintf(out, " %s ", number(text, median / unit.factor));
        plot_text(unit.shown, out);
        if (native->count > 2)
            fprintf(out, ", hosts ±%s", percent(text, expm1(sqrt(native->meta.tau2))));
        fprintf(out, "</span>");
    }
    fprintf(out, "</div>\n");
}

void hosts_means(const struct fleet *fleet, int architecture, FILE *out)
{
    struct axis axis = axis_for(fleet, architecture);
    int metric = NAMES_NONE;
    fprintf(out, "<div class=\"card forest\">\n");
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        if (!is_shown(fleet, table, architecture))
            continue;
        if (table->metric != metric)
            put_metric(fleet, table, out);
        metric = table->metric;
        if (!table->is_native)
            put_mean(fleet, table, &axis, out);
    }
    put_axis(&axis, out);
    fprintf(out, "</div>\n");
}
