#include "opt.h"

#include "err.h"
#include "opt_help.h"
#include "version.h"

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 64 };

void opt_usage(const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    die(STATUS_USAGE, "%s; see %s --help", message, err_tool);
}

/* ---- parsing ---- */

static bool in_bounds(const struct opt *opt, double value)
{
    return (opt->min == 0 && opt->max == 0) || (value >= opt->min && value <= opt->max);
}

static bool set_choice(const struct opt *opt, const char *text)
{
    for (int i = 0; opt->choices[i]; i++) {
        if (strcmp(text, opt->choices[i]) == 0) {
            *(int *)opt->value = i;
            return true;
        }
    }
    return false;
}

/* Stores one option's argument; false if it is not of the option's type or out of its bounds. */
static bool set_value(const struct opt *opt, const char *text)
{
    uint64_t number;
    double real;
    switch (opt->type) {
    case OPT_FLAG:
        *(bool *)opt->value = true;
        return true;
    case OPT_COUNT:
    case OPT_SIZE:
        if (!(opt->type == OPT_SIZE ? parse_size : parse_u64)(text, &number) ||
            !in_bounds(opt, (double)number))
            return false;
        *(uint64_t *)opt->value = number;
        return true;
    case OPT_INT:
        if (!parse_u64(text, &number) || number > INT_MAX || !in_bounds(opt, (double)number))
            return false;
        *(int *)opt->value = (int)number;
        return true;
    case OPT_SIZES: {
        struct size_list sizes;
        if (!parse_sizes(text, &sizes))
            return false;
        for (size_t i = 0; i < sizes.count; i++) {
            if (!in_bounds(opt, (double)sizes.at[i]))
                return false;
        }
        *(struct size_list *)opt->value = sizes;
        return true;
    }
    case OPT_TIME:
    case OPT_REAL:
        if (!(opt->type == OPT_TIME ? parse_time : parse_real)(text, &real) ||
            !in_bounds(opt, real))
            return false;
        *(double *)opt->value = real;
        return true;
    case OPT_TEXT:
        *(const char **)opt->value = text;
        return true;
    case OPT_CHOICE:
        return set_choice(opt, text);
    case OPT_CPUS:
        return cpu_list_parse(text, opt->value);
    }
    return false;
}

static _Noreturn void refuse_value(const struct opt *opt, const char *text)
{
    static const char *const nouns[] = {
        [OPT_COUNT] = "whole number",  [OPT_INT] = "whole number", [OPT_SIZE] = "size",
        [OPT_SIZES] = "list of sizes", [OPT_TIME] = "time",        [OPT_REAL] = "number",
        [OPT_CPUS] = "list of CPUs",
    };
    char wanted[256];
    size_t used = 0;
    if (opt->type == OPT_CHOICE) {
        for (size_t i = 0; opt->choices[i]; i++)
            used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s%s", i ? ", " : "",
                                     opt->choices[i]);
        opt_usage("--%s: '%s' is none of %s", opt->name, text, wanted);
    }
    if (opt->min != 0 || opt->max != 0)
        opt_usage("--%s: '%s' is no %s from %.12g to %.12g", opt->name, text, nouns[opt->type],
                  opt->min, opt->max);
    opt_usage("--%s: '%s' is no %s", opt->name, text, nouns[opt->type]);
}

static _Noreturn void finish_stdout(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        die_errno(STATUS_SYSTEM, "stdout");
    exit(STATUS_GOOD);
}

/* getopt's view of the table: values of long options start above every option letter. */
enum { FIRST_LONG = 256, HELP = FIRST_LONG + MAX_OPTIONS, VERSION };

struct all_options {
    size_t count;
    const struct opt *opts[MAX_OPTIONS];
    struct option longs[MAX_OPTIONS + 3];
    char letters[2 * MAX_OPTIONS + 8];
};

static void table_add(struct all_options *table, const struct opt *options, size_t count)
{
    for (size_t i = 0; i < count && table->count < MAX_OPTIONS; i++) {
        const struct opt *opt = &options[i];
        int takes = opt->type == OPT_FLAG ? no_argument : required_argument;
        table->longs[table->count] =
            (struct option){opt->name, takes, NULL, FIRST_LONG + (int)table->count};
        table->opts[table->count++] = opt;
        if (opt->letter) {
            char letter[3] = {opt->letter, takes ? ':' : '\0', '\0'};
            strcat(table->letters, letter);
        }
    }
}

/* The option that getopt's answer stands for, or NULL. */
static const struct opt *table_find(const struct all_options *table, int got)
{
    for (size_t i = 0; i < table->count; i++) {
        if (got == table->longs[i].val || (got > 0 && got == table->opts[i]->letter))
            return table->opts[i];
    }
    return NULL;
}

static _Noreturn void refuse_option(int got, const char *word)
{
    if (got == ':')
        opt_usage("option '%s' needs an argument", word);
    if (optopt >= FIRST_LONG)
        opt_usage("option '%s' takes no argument", word);
    if (optopt > 0)
        opt_usage("unknown option '-%c'", optopt);
    opt_usage("unknown option '%s'", word);
}

/* Names of the options that opt_parse() has seen, each once. */
static const char *given[MAX_OPTIONS];
static size_t given_count;

bool opt_given(const char *name)
{
    for (size_t i = 0; i < given_count; i++) {
        if (strcmp(given[i], name) == 0)
            return true;
    }
    return false;
}

int opt_parse(const struct tool *tool, const struct opt *shared, size_t shared_count, int argc,
              char **argv)
{
    struct all_options table = {.letters = ":hV"};

    err_tool = tool->name;
    table_add(&table, tool->options, tool->option_count);
    table_add(&table, shared, shared_count);
    table.longs[table.count] = (struct option){"help", no_argument, NULL, HELP};
    table.longs[table.count + 1] = (struct option){"version", no_argument, NULL, VERSION};
    opterr = 0;
    optind = 1;
    for (int got; (got = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1;) {
        if (got == HELP || got == 'h') {
            opt_help(tool, shared, shared_count);
            finish_stdout();
        }
        if (got == VERSION || got == 'V') {
            printf("%s (guestmark) %s\n", tool->name, gm_version);
            finish_stdout();
        }
        const struct opt *opt = table_find(&table, got);
        if (!opt)
            refuse_option(got, argv[optind - 1]);
        else if (!set_value(opt, optarg))
            refuse_value(opt, optarg);
        else if (!opt_given(opt->name))
            given[given_count++] = opt->name;
    }
    return optind;
}
