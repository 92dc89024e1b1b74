/* Which guestmark this is, and what compiled it. The Makefile writes the definitions. */
#ifndef GM_VERSION_H
#define GM_VERSION_H

extern const char gm_version[];  /* "0.2", or "0.2-14-g1c6668f" after 14 commits */
extern const char gm_compiler[]; /* the first line of its --version */

#endif
