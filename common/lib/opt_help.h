/* What opt.c prints for --help: the option table as text. Nobody else's business. */
#ifndef GM_OPT_HELP_H
#define GM_OPT_HELP_H

#include "opt.h"

/* Prints the help to stdout. Man pages are made from it: common/dev/man.sh knows its layout. */
void opt_help(const struct tool *tool, const struct opt *shared, size_t shared_count);

#endif
