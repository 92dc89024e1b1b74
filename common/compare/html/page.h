/* The page that is being written, and what all of its sections need of it. */
#ifndef GM_COMPARE_PAGE_H
#define GM_COMPARE_PAGE_H

#include "analysis.h"
#include "remarks.h"

#include <stdio.h>

struct page {
    const struct analysis *analysis;
    const struct remarks *remarks;
    int group; /* the one that is being written */
    FILE *out;
};

/* The document's beginning, with the style sheet, up to what main holds. */
void page_begin(const char *title, FILE *out);

/* The rows of the page's group: iterates with *at from 0; NULL at the end. */
const struct row *page_row(const struct page *page, size_t *at);

/* Whether a row has this result as a platform of its own, not the baseline or its twin. */
bool page_compared(const struct row *row, const struct result *result);

/* The platform's result in this row, or NULL. */
const struct result *page_result(const struct row *row, const char *platform);

/* BENCHMARK METRIC. */
void page_metric(const struct page *page, const struct measured *metric);

/* ` [1] [4]` as links to the remarks that belong to this figure. */
void page_marks(const struct page *page, const struct row *row, const char *platform);

/* The platform's number among those of the model, for colours: native ones are 0. */
int page_colour(const struct page *page, const char *platform);

#endif
