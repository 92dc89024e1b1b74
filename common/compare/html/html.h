/*
 * The report: one file that needs nothing but a browser, no script, dark and light, phone, desktop
 * and paper.
 */
#ifndef GM_COMPARE_HTML_H
#define GM_COMPARE_HTML_H

#include "analysis.h"
#include "remarks.h"

#include <stdio.h>

void html_report(const struct analysis *analysis, const struct remarks *remarks, FILE *out);

#endif
