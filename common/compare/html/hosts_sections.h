/* The parts of a fleet's report, in the order in which they come. */
#ifndef GM_COMPARE_HOSTS_SECTIONS_H
#define GM_COMPARE_HOSTS_SECTIONS_H

#include "fleet.h"

#include <stdio.h>

/* What each platform costs over the hosts of one architecture, with what the next host will show.
 */
void hosts_means(const struct fleet *fleet, int architecture, FILE *out);

/* Hosts by metrics against their median, a map for native and one for each platform. */
void hosts_maps(const struct fleet *fleet, int architecture, FILE *out);

/* Every metric's hosts one by one, with their intervals. */
void hosts_forests(const struct fleet *fleet, int architecture, FILE *out);

/* Which hosts stand out, and in what. */
void hosts_standouts(const struct fleet *fleet, FILE *out);

/* In what they differ, what is to be said, and who they are. */
void hosts_facts(const struct fleet *fleet, FILE *out);

/* `BENCHMARK METRIC`. */
void hosts_metric(const struct fleet *fleet, const struct table *table, FILE *out);

/* The colour of a platform, as its number among the report's. */
int hosts_colour(const struct table *table);

#endif
