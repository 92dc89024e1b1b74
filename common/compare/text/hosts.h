/* A fleet in words and for programs. */
#ifndef GM_COMPARE_HOSTS_H
#define GM_COMPARE_HOSTS_H

#include "fleet.h"

#include <stdio.h>

/* For terminals, at most 80 columns; `detail`: every metric, not only the primary ones. */
void hosts_text(const struct fleet *fleet, bool detail, FILE *out);

/* For an issue or a page. */
void hosts_markdown(const struct fleet *fleet, FILE *out);

/* One row per architecture, platform and metric; and, with a host's name, one per host of each. */
void hosts_csv(const struct fleet *fleet, FILE *out);

/* One document. */
void hosts_json(const struct fleet *fleet, FILE *out);

#endif
