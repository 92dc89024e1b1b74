/* report.html of a fleet. */
#ifndef GM_COMPARE_HOSTS_PAGE_H
#define GM_COMPARE_HOSTS_PAGE_H

#include "fleet.h"

#include <stdio.h>

/* One file that needs nothing but a browser; hosts' own reports are linked to. */
void hosts_page(const struct fleet *fleet, FILE *out);

#endif
