/*
 * One option table per tool yields parsing, --help and its defaults: an option that is not in the
 * table cannot exist, and one that is cannot be undocumented.
 *
 * A letter means the same in every program and in run.sh: common/lib/lib.t holds the list.
 */
#ifndef GM_OPT_H
#define GM_OPT_H

#include "cpu.h"
#include "parse.h"

#include <stddef.h>

enum opt_type {
    OPT_FLAG,   /* bool: given or not */
    OPT_COUNT,  /* uint64_t */
    OPT_INT,    /* int */
    OPT_SIZE,   /* uint64_t bytes: 4k 8M 1G */
    OPT_SIZES,  /* struct size_list: 16k,1M or 16k..1g */
    OPT_TIME,   /* double seconds: 0.5s 20ms */
    OPT_REAL,   /* double */
    OPT_TEXT,   /* const char * */
    OPT_CHOICE, /* int: index of the word in `choices`, which ends with NULL */
    OPT_CPUS    /* struct cpu_list: 0,2-3 */
};

struct opt {
    const char *name; /* long name without dashes */
    char letter;      /* or 0 */
    enum opt_type type;
    void *value;      /* where it goes; what is there already is the default that --help shows */
    const char *arg;  /* what --help calls the argument; NULL for a flag */
    const char *help; /* one phrase; NULL: for tests only, accepted but not shown */
    const char *const *choices;
    double min, max; /* bounds of a number; both 0: none but the type's own */
};

struct tool_metric {
    const char *name, *unit;
    const char *help; /* one phrase */
};

struct tool {
    const char *name;
    const char *operands; /* as the synopsis shows them: "START END", or "" */
    const char *summary;  /* one sentence or a few lines, each at most 78 columns, ends with \n */
    const struct opt *options;
    size_t option_count;
    const char *time_help; /* what --time is, where that is not the duration of calibrated work */
    const struct tool_metric *metrics; /* the first is what --format value prints */
    size_t metric_count;
    const char *notes;    /* printed below the options, or NULL */
    const char *examples; /* lines, each "  command" and what it is for, or NULL */
};

/*
 * Reads the tool's options and then those in `shared` (see bench_options()). Handles --help and
 * --version itself; anything wrong ends the process with status 2 and one line. Returns the index
 * of the first operand in argv, which is permuted so that operands come last, as GNU programs do.
 */
int opt_parse(const struct tool *tool, const struct opt *shared, size_t shared_count, int argc,
              char **argv);

/* Whether opt_parse() has seen the option of that name, whatever its value. */
bool opt_given(const char *name);

/* Calls `each` for every option that has a value, with the value as --help would show it. */
void opt_describe(const struct opt *options, size_t count, void *context,
                  void (*each)(void *context, const char *name, const char *value));

/* Ends the process with status 2: `tool: message; see tool --help`. */
_Noreturn void opt_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
