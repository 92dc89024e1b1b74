/* Whether the figures are the server's, and not the client's or the network's. */
#ifndef GM_NGINXLOAD_GUARDS_H
#define GM_NGINXLOAD_GUARDS_H

#include "summary.h"

/*
 * For each guard the fact `guard.NAME`: "pass", or a sentence with what was found, which then is a
 * note as well.
 *
 *   client       its threads used less than 90 % of the CPUs they can have
 *   connections  as many as were asked for
 *   rate         with --rate: at least 99 % of it was sent in time
 *   retransmits  hardly any segment had to be sent again
 */
void guards_report(const struct summary *summary, const struct config *config,
                   struct report *report);

#endif
