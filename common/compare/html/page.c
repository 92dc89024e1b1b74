#include "page.h"

#include "catalog.h"
#include "plot.h"
#include "sections.h"

#include <string.h>

enum { COLOURS = 12 };

void page_begin(const char *title, FILE *out)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n"
            "<title>%s</title>\n<style>\n%s</style></head>\n<body><main>\n",
            title, html_style);
}

const struct row *page_row(const struct page *page, size_t *at)
{
    const struct analysis *analysis = page->analysis;
    while (*at < analysis->count) {
        const struct row *row = &analysis->rows[(*at)++];
        if (row->group == page->group)
            return row;
    }
    return NULL;
}

bool page_compared(const struct row *row, const struct result *result)
{
    return result != row->baseline && !(result == row->twin && row->baseline);
}

const struct result *page_result(const struct row *row, const char *platform)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->results[i].platform, platform) == 0)
            return &row->results[i];
    }
    return NULL;
}

void page_metric(const struct page *page, const struct measured *metric)
{
    plot_text(metric->benchmark, page->out);
    fputc(' ', page->out);
    plot_text(metric->name, page->out);
}

void page_marks(const struct page *page, const struct row *row, const char *platform)
{
    for (size_t i = 0; i < page->remarks->count; i++) {
        if (remark_touches(&page->remarks->at[i], row, platform))
            fprintf(page->out, "<sup><a href=\"#remark-%zu\">%zu</a></sup>", i + 1, i + 1);
    }
}

int page_colour(const struct page *page, const char *platform)
{
    const struct names *platforms = &page->analysis->model->platforms;
    int colour = 0;
    if (platform_kind(platform) == KIND_NATIVE)
        return 0;
    for (size_t i = 0; i < platforms->count; i++) {
        colour += platform_kind(platforms->at[i]) != KIND_NATIVE;
        if (strcmp(platforms->at[i], platform) == 0)
            break;
    }
    return 1 + (colour - 1) % (COLOURS - 1);
}
