/* Hosts by metrics against the fleet's middle: by name where few or far off, as a map where many.
 */
#include "alloc.h"
#include "hosts_sections.h"
#include "plot.h"
#include "sayings.h"
#include "sections.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_NAMED = 40, FURTHEST = 20, LEVELS = 5, LABELS = 12, ROW_PIXELS = 3 };

/* One platform's tables by metric, and each host's points in them. */
struct map {
    const struct fleet *fleet;
    const struct table **columns;
    const struct point **cells; /* host by column; NULL: none */
    int *rows;                  /* hosts that have any, in the fleet's order */
    size_t column_count, row_count;
    double *furthest; /* by host: the largest deviation */
};

static const struct point *cell_at(const struct map *map, int host, size_t column)
{
    return map->cells[(size_t)host * map->column_count + column];
}

static double apart_at(const struct map *map, int host, size_t column)
{
    const struct point *point = cell_at(map, host, column);
    return point ? point->log - map->columns[column]->median : 0;
}

/* 0 below 1 %, then a level for each doubling; negative where it costs less. */
static int level_of(double apart)
{
    int level = 0;
    for (double edge = 0.01; level < LEVELS && fabs(apart) >= log1p(edge); edge *= 2)
        level++;
    return apart < 0 ? -level : level;
}

static struct map map_of(const struct fleet *fleet, int architecture, int platform)
{
    struct map map = {.fleet = fleet};
    map.columns = alloc_zero(fleet->table_count, sizeof(struct table *));
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        if (table->architecture == architecture && table->platform == platform &&
            !section_is_point(fleet->metrics[table->metric].name))
            map.columns[map.column_count++] = table;
    }
    map.cells = alloc_zero(fleet->host_count * (map.column_count + 1), sizeof(struct point *));
    map.rows = alloc_zero(fleet->host_count, sizeof *map.rows);
    map.furthest = alloc_zero(fleet->host_count, sizeof *map.furthest);
    for (size_t i = 0; i < map.column_count; i++) {
        for (size_t k = 0; k < map.columns[i]->count; k++) {
            const struct point *point = &map.columns[i]->points[k];
            double apart = fabs(point->log - map.columns[i]->median);
            map.cells[(size_t)point->host * map.column_count + i] = point;
            map.furthest[point->host] = fmax(map.furthest[point->host], apart);
        }
    }
    for (size_t host = 0; host < fleet->host_count; host++) {
        bool there = false;
        for (size_t i = 0; i < map.column_count; i++)
            there = there || cell_at(&map, (int)host, i);
        if (there)
            map.rows[map.row_count++] = (int)host;
    }
    return map;
}

static void map_free(struct map *map)
{
    free(map->columns);
    free(map->cells);
    free(map->rows);
    free(map->furthest);
}

/* ---- by name ---- */

static void put_cell(const struct map *map, int host, size_t column, FILE *out)
{
    const struct point *point = cell_at(map, host, column);
    double apart = apart_at(map, host, column);
    int level = level_of(apart);
    if (!point) {
        fprintf(out, "<td></td>");
        return;
    }
    bool marked = standouts_has(map->fleet, point);
    fprintf(out, "<td class=\"%s%d\">%s%+.*f%s</td>", level < 0 ? "l" : "m", abs(level),
            marked ? "<b>" : "", fabs(apart) < 0.0995 ? 1 : 0, 100 * expm1(apart),
            marked ? "</b>" : "");
}

static void put_named(const struct map *map, const int *hosts, size_t count, FILE *out)
{
    fprintf(out, "<div class=\"scroll\"><table class=\"heat\"><tr><th>%%</th>");
    for (size_t i = 0; i < map->column_count; i++) {
        fprintf(out, "<th><span>");
        hosts_metric(map->fleet, map->columns[i], out);
        fprintf(out, "</span></th>");
    }
    fprintf(out, "</tr>\n");
    for (size_t row = 0; row < count; row++) {
        fprintf(out, "<tr><td>");
        plot_text(map->fleet->hosts[hosts[row]].name, out);
        fprintf(out, "</td>");
        for (size_t i = 0; i < map->column_count; i++)
            put_cell(map, hosts[row], i, out);
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</table></div>\n");
}

static const double *sorted; /* for the comparison */

static int compare_hosts(const void *left, const void *right)
{
    int a = *(const int *)left, b = *(const int *)right;
    if (sorted[a] != sorted[b])
        return sorted[a] > sorted[b] ? -1 : 1;
    return a - b;
}

static void put_furthest(const struct map *map, FILE *out)
{
    int *hosts = alloc_zero(map->row_count, sizeof *hosts);
    for (size_t i = 0; i < map->row_count; i++)
        hosts[i] = map->rows[i];
    sorted = map->furthest;
    qsort(hosts, map->row_count, sizeof *hosts, compare_hosts);
    fprintf(out, "<h4>the %d that are furthest from the middle, in %%</h4>\n", FURTHEST);
    put_named(map, hosts, FURTHEST, out);
    free(hosts);
}

/* ---- as a map ---- */

/* All cells of one level are one path; those near the middle are left blank. */
static size_t put_level(const struct map *map, int level, FILE *out)
{
    size_t count = 0;
    for (size_t row = 0; row < map->row_count; row++) {
        for (size_t i = 0; i < map->column_count; i++) {
            if (level_of(apart_at(map, map->rows[row], i)) != level)
                continue;
            if (count++ == 0)
                fprintf(out, "<path class=\"%s%d\" d=\"", level < 0 ? "l" : "m", abs(level));
            fprintf(out, "M%zu %zuh1v1h-1z", i, row);
        }
    }
    if (count)
        fprintf(out, "\"/>");
    return count;
}

static void put_labels(const struct map *map, FILE *out)
{
    size_t step = (map->row_count + LABELS - 1) / LABELS;
    for (size_t row = 0; row < map->row_count; row += step) {
        fprintf(out, "<i class=\"y host\" style=\"top:%.2f%%\">",
                100 * ((double)row + 0.5) / (double)map->row_count);
        plot_text(map->fleet->hosts[map->rows[row]].name, out);
        fprintf(out, "</i>");
    }
    for (size_t i = 0; i < map->column_count; i++) {
        fprintf(out, "<i class=\"up\" style=\"left:%.2f%%\">",
                100 * ((double)i + 0.5) / (double)map->column_count);
        hosts_metric(map->fleet, map->columns[i], out);
        fprintf(out, "</i>");
    }
}

static void put_map(const struct map *map, FILE *out)
{
    size_t pixels = map->row_count * ROW_PIXELS;
    fprintf(
        out,
        "<h4>all %zu, in the fleet's order</h4>\n<div class=\"plot map\" style=\"height:%zupx\">"
        "<svg viewBox=\"0 0 %zu %zu\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"%zu hosts by %zu metrics\">",
        map->row_count, pixels < 1200 ? pixels : 1200, map->column_count, map->row_count,
        map->row_count, map->column_count);
    for (int level = -LEVELS; level <= LEVELS; level++) {
        if (level)
            put_level(map, level, out);
    }
    fprintf(out, "</svg>");
    put_labels(map, out);
    fprintf(out, "</div>\n");
}

static void put_platform(const struct fleet *fleet, int architecture, int platform, bool is_native,
                         FILE *out)
{
    struct map map = map_of(fleet, architecture, platform);
    if (map.column_count && map.row_count > 1) {
        fprintf(out, "<details class=\"card\"%s><summary>", is_native ? " open" : "");
        plot_text(fleet->platforms.at[platform], out);
        fprintf(out, is_native ? ": its own figures" : ": cost as a multiple of ");
        if (!is_native)
            plot_text(fleet->settings.baseline, out);
        fprintf(out, "</summary>\n");
        if (map.row_count <= MOST_NAMED) {
            put_named(&map, map.rows, map.row_count, out);
        } else {
            put_furthest(&map, out);
            put_map(&map, out);
        }
        fprintf(out, "</details>\n");
    }
    map_free(&map);
}

void hosts_maps(const struct fleet *fleet, int architecture, FILE *out)
{
    bool *done = alloc_zero(fleet->platforms.count, sizeof *done);
    for (size_t i = 0; i < fleet->table_count; i++) {
        const struct table *table = &fleet->tables[i];
        if (table->architecture != architecture || done[table->platform])
            continue;
        done[table->platform] = true;
        put_platform(fleet, architecture, table->platform, table->is_native, out);
    }
    free(done);
}
