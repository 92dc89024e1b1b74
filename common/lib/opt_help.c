#include "opt_help.h"

#include "wrap.h"

#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 26 };

static void format_value(const struct opt *opt, char *text, size_t bytes)
{
    char size[32];
    text[0] = '\0';
    switch (opt->type) {
    case OPT_FLAG:
        snprintf(text, bytes, "%s", *(bool *)opt->value ? "yes" : "");
        break;
    case OPT_COUNT:
        snprintf(text, bytes, "%llu", (unsigned long long)*(uint64_t *)opt->value);
        break;
    case OPT_INT:
        snprintf(text, bytes, "%d", *(int *)opt->value);
        break;
    case OPT_SIZE:
        snprintf(text, bytes, "%s", format_size(size, *(uint64_t *)opt->value));
        break;
    case OPT_SIZES: {
        const struct size_list *sizes = opt->value;
        for (size_t i = 0, used = 0; i < sizes->count && used < bytes; i++)
            used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? "," : "",
                                     format_size(size, sizes->at[i]));
        break;
    }
    case OPT_TIME:
        snprintf(text, bytes, "%gs", *(double *)opt->value);
        break;
    case OPT_REAL:
        snprintf(text, bytes, "%g", *(double *)opt->value);
        break;
    case OPT_TEXT:
        snprintf(text, bytes, "%s", *(const char **)opt->value ? *(const char **)opt->value : "");
        break;
    case OPT_CHOICE:
        snprintf(text, bytes, "%s", opt->choices[*(int *)opt->value]);
        break;
    case OPT_CPUS:
        cpu_list_format(opt->value, text, bytes);
        break;
    }
}

static void print_option(const struct opt *opt)
{
    char head[64], help[512], text[256];
    size_t used;
    if (opt->letter)
        snprintf(head, sizeof head, "  -%c, --%s%s%s", opt->letter, opt->name, opt->arg ? " " : "",
                 opt->arg ? opt->arg : "");
    else
        snprintf(head, sizeof head, "      --%s%s%s", opt->name, opt->arg ? " " : "",
                 opt->arg ? opt->arg : "");
    used = (size_t)snprintf(help, sizeof help, "%s", opt->help);
    for (size_t i = 0; opt->type == OPT_CHOICE && opt->choices[i]; i++)
        used += (size_t)snprintf(help + used, sizeof help - used, "%s%s", i ? ", " : ": ",
                                 opt->choices[i]);
    format_value(opt, text, sizeof text);
    if (text[0])
        snprintf(help + used, sizeof help - used, " (%s)", text);
    printf("%-*s", HELP_COLUMN, head);
    if (strlen(head) >= HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    wrap_print(stdout, help, HELP_COLUMN);
}

static void print_options(const struct opt *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (options[i].help)
            print_option(&options[i]);
    }
}

static void print_metrics(const struct tool *tool)
{
    if (tool->metric_count)
        printf("\nMetrics; --format value prints the first one:\n");
    for (size_t i = 0; i < tool->metric_count; i++) {
        const struct tool_metric *metric = &tool->metrics[i];
        char head[64];
        snprintf(head, sizeof head, "  %s (%s)", metric->name, metric->unit);
        printf("%-*s", HELP_COLUMN, head);
        wrap_print(stdout, metric->help, HELP_COLUMN);
    }
}

void opt_help(const struct tool *tool, const struct opt *shared, size_t shared_count)
{
    printf("usage: %s [options]%s%s\n\n%s\nOptions, with their defaults:\n", tool->name,
           tool->operands[0] ? " " : "", tool->operands, tool->summary);
    print_options(tool->options, tool->option_count);
    if (tool->option_count && shared_count)
        printf("\nOptions of every tool:\n");
    print_options(shared, shared_count);
    printf("  -h, --help              print this and exit\n"
           "  -V, --version           print the version and exit\n");
    print_metrics(tool);
    if (tool->notes)
        printf("\n%s", tool->notes);
    if (tool->examples)
        printf("\nExamples:\n%s", tool->examples);
    printf("\nSizes are bytes or 4k 8M 1G (powers of 1024), times 0.5s 20ms.\n"
           "Exit status: 0 good, 1 system failure, 2 usage, 3 wrong answer, 77 not\n"
           "available here.\n");
}

void opt_describe(const struct opt *options, size_t count, void *context,
                  void (*each)(void *context, const char *name, const char *value))
{
    char text[256];
    for (size_t i = 0; i < count; i++) {
        format_value(&options[i], text, sizeof text);
        if (text[0])
            each(context, options[i].name, text);
    }
}
