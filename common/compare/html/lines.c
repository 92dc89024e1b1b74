#include "lines.h"

#include "alloc.h"
#include "plot.h"

#include <stdlib.h>

char *lines_label(char *label, const char *platform, const char *words)
{
    char *longer = alloc_format("%s%s%s %s", label, *label ? "; " : "", platform, words);
    free(label);
    return longer;
}

void lines_begin(const struct page *page, const struct axis *y, const struct unit *unit,
                 char *label)
{
    FILE *out = page->out;
    struct axis shown = *y;
    double ticks[MOST_TICKS];
    shown.low /= unit->factor;
    shown.high /= unit->factor;
    size_t count = axis_ticks(&shown, 11, false, ticks);
    fprintf(out, "<div class=\"plot wide\">");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "<i class=\"y\" style=\"top:%.1f%%\">%.6g</i>",
                100 - axis_place(&shown, ticks[i]), ticks[i]);
    fprintf(out, "<svg role=\"img\" aria-label=\"");
    plot_attribute(label, out);
    free(label);
    fprintf(out, "\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" fill=\"none\" "
                 "stroke-width=\"1.8\" stroke-linejoin=\"round\" stroke-linecap=\"round\">");
    for (size_t i = 0; i < count; i++)
        fprintf(out,
                "<line class=\"grid\" stroke-width=\"1\" x1=\"0\" x2=\"100\" y1=\"%.1f\" "
                "y2=\"%.1f\"/>",
                100 - axis_place(&shown, ticks[i]), 100 - axis_place(&shown, ticks[i]));
}

void lines_legend(const struct page *page, const char *platform)
{
    fprintf(page->out, "<span style=\"color:var(--p%d)\"><i></i><span>",
            page_colour(page, platform));
    plot_text(platform, page->out);
    fprintf(page->out, "</span></span>");
}
