/*
 * compare: from samples to verdicts.
 *
 * Reads results folders and says, for every platform and metric, what the platform costs as a
 * multiple of the native run, how sure that is, and what was left out. Platforms that took turns
 * are compared turn by turn, others by the mean of one invocation's repetitions; either gives one
 * figure per round, so that what disturbs a turn or a round cancels. The unit of analysis is that
 * figure; the second native run of every round is the noise floor.
 *
 * Valid where rounds are randomized blocks (run.sh makes them); folders that are not are compared
 * as independent samples, and the report says so.
 */
#include "alloc.h"
#include "analysis.h"
#include "answers.h"
#include "catalog.h"
#include "conditions.h"
#include "course.h"
#include "course_write.h"
#include "err.h"
#include "export.h"
#include "fleet.h"
#include "gating.h"
#include "hosts.h"
#include "hosts_page.h"
#include "html.h"
#include "load.h"
#include "need.h"
#include "opt.h"
#include "remarks.h"
#include "table.h"
#include "tables.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum output { OUTPUT_TEXT, OUTPUT_MARKDOWN, OUTPUT_CSV, OUTPUT_JSON, OUTPUT_HTML, OUTPUT_COURSE };
static const char *const output_names[] = {"text", "markdown", "csv", "json",
                                           "html", "course",   NULL};

static struct config {
    int format;
    const char *output, *metrics;
    const char *columns;
    bool answers, detail, need, pool;
    int runs;
    struct settings settings;
    double margin_percent, precision_percent, gate_percent;
} config = {
    .format = OUTPUT_TEXT,
    .settings = {.alpha = 0.05, .seed = 1},
    .margin_percent = 2,
    .precision_percent = 1.5,
};

static const struct opt options[] = {
    {"format", 'f', OPT_CHOICE, &config.format, "FORMAT", "what to write", output_names, 0, 0},
    {"output", 'o', OPT_TEXT, &config.output, "FILE",
     "where to write it, for course a folder; stdout otherwise", NULL, 0, 0},
    {"runs", 'n', OPT_INT, &config.runs, "N",
     "with course: so many rows each, single turns where there are fewer rounds; 0: the rounds",
     NULL, 0, 1000000},
    {"answers", 0, OPT_FLAG, &config.answers, NULL,
     "text, markdown: benchmark by benchmark, how platforms differ, by how much, and what was "
     "recorded that goes with it",
     NULL, 0, 0},
    {"detail", 0, OPT_FLAG, &config.detail, NULL,
     "every metric with n, mean, stddev and median below the verdicts", NULL, 0, 0},
    {"need", 0, OPT_FLAG, &config.need, NULL,
     "print only whether more rounds are needed (0: no, or up to which), what is still open and "
     "what is settled",
     NULL, 0, 0},
    {"baseline", 0, OPT_TEXT, &config.settings.baseline, "PLATFORM",
     "what the others are multiples of; native if it was measured, or else the first one", NULL, 0,
     0},
    {"margin", 0, OPT_REAL, &config.margin_percent, "PERCENT",
     "differences up to this do not matter", NULL, 0.01, 100},
    {"precision", 0, OPT_REAL, &config.precision_percent, "PERCENT",
     "half-width that an interval must reach before --need settles it", NULL, 0.01, 100},
    {"gate", 0, OPT_REAL, &config.gate_percent, "PERCENT",
     "end with 4 if a cost is different and more than so much higher, with 5 if that cannot be "
     "told yet; not with 0",
     NULL, 0.01, 1000},
    {"metrics", 0, OPT_TEXT, &config.metrics, "LIST",
     "what benchmarks measure: BENCHMARK.METRIC=UNIT:lower or :higher, with commas", NULL, 0, 0},
    {"pool", 0, OPT_FLAG, &config.pool, NULL,
     "rounds of one host belong together, whatever folder they are in", NULL, 0, 0},
    {"columns", 0, OPT_TEXT, &config.columns, "FILE", NULL, NULL, 0, 0},
    {"seed", 's', OPT_COUNT, &config.settings.seed, "N", "of the bootstrap", NULL, 0, 0},
};

static const struct tool tool = {
    .name = "compare",
    .operands = "FOLDER...",
    .summary = "Turns the samples in results folders into verdicts: what each platform costs as\n"
               "a multiple of native, how sure that is, and what was checked. Several folders\n"
               "are set against the first one; where they are of several hosts, or a fleet's,\n"
               "they become one report over hosts. Folders of PLATFORM-BENCHMARK.csv files with\n"
               "rows of time and value are read, and written by --format course, too; so are\n"
               "results-PLATFORM.csv files with a column per benchmark.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .notes = "Costs are ratios of geometric means, paired by round; above 1 costs more.\n"
             "different     the 95 % interval excludes 1 by more than the noise floor (what\n"
             "              the two native runs of a round differ by), and so does the test\n"
             "              at 5 % over all comparisons (exact Wilcoxon signed-rank, Holm)\n"
             "equivalent    the 90 % interval lies within the margin\n"
             "inconclusive  neither yet; +7 rounds: about so many more would tell\n"
             "With --gate also 4: worse; 5: cannot be told yet, or nothing to compare.\n",
    .examples = "  compare results/latest                       the verdicts\n"
                "  compare results/old results/new -f markdown  before and after\n"
                "  compare results/old results/new --gate 5     for a CI job: worse by 5 %?\n"
                "  compare results/latest -f course -o hand-in -n 48\n",
};

/* NO_COLOR: see no-color.org; set and not empty. A dumb terminal shows escapes as they are. */
static bool can_colour(FILE *out)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(out)) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

enum { STATUS_WORSE = 4, STATUS_OPEN = 5 };

/* The exit status that the gate asks for. What it found stands above a report that people read. */
static int pass_gate(const struct analysis *analysis, FILE *out)
{
    static const int statuses[] = {STATUS_GOOD, STATUS_OPEN, STATUS_WORSE};
    if (config.gate_percent == 0)
        return STATUS_GOOD;
    struct gate gate = gate_of(analysis, config.gate_percent);
    if (config.format == OUTPUT_MARKDOWN)
        gating_markdown(&gate, out);
    else
        gating_text(&gate, config.format == OUTPUT_TEXT ? out : stderr);
    int status = statuses[gate.outcome];
    gate_free(&gate);
    return status;
}

static int write_report(const struct model *model, FILE *out)
{
    struct analysis analysis = analyse(model, &config.settings);
    if (config.need) {
        need_print(&analysis, out);
        analysis_free(&analysis);
        return STATUS_GOOD;
    }
    int status = pass_gate(&analysis, out);
    struct remarks remarks = remarks_of(&analysis);
    bool colour;
    switch (config.format) {
    case OUTPUT_TEXT:
        colour = can_colour(out);
        table_print(&analysis, &remarks, colour, out);
        table_versus(&analysis, colour, out);
        if (config.answers)
            answers_text(&analysis, out);
        if (config.detail)
            table_detail(&analysis, out);
        break;
    case OUTPUT_MARKDOWN:
        export_markdown(&analysis, &remarks, out);
        if (config.answers)
            answers_markdown(&analysis, out);
        break;
    case OUTPUT_CSV:
        export_csv(&analysis, out);
        break;
    case OUTPUT_JSON:
        export_json(&analysis, &remarks, out);
        break;
    case OUTPUT_HTML:
        html_report(&analysis, &remarks, out);
        break;
    case OUTPUT_COURSE:
        break; /* files of their own: see main */
    }
    remarks_free(&remarks);
    analysis_free(&analysis);
    return status;
}

/* Several hosts in one report. */
static void write_fleet(const struct fleet *fleet, FILE *out)
{
    switch (config.format) {
    case OUTPUT_TEXT:
        hosts_text(fleet, config.detail, out);
        break;
    case OUTPUT_MARKDOWN:
        hosts_markdown(fleet, out);
        break;
    case OUTPUT_CSV:
        hosts_csv(fleet, out);
        break;
    case OUTPUT_JSON:
        hosts_json(fleet, out);
        break;
    case OUTPUT_HTML:
        hosts_page(fleet, out);
        break;
    case OUTPUT_COURSE:
        break; /* refused */
    }
}

/* Writes the one that is not NULL. */
static int write_output(const struct model *model, const struct fleet *fleet)
{
    int status = STATUS_GOOD;
    FILE *out = config.output ? fopen(config.output, "we") : stdout;
    if (!out)
        die_errno(STATUS_SYSTEM, "%s", config.output);
    if (fleet)
        write_fleet(fleet, out);
    else
        status = write_report(model, out);
    if (fflush(out) != 0 || ferror(out) || (config.output && fclose(out) != 0))
        die_errno(STATUS_SYSTEM, "%s", config.output ? config.output : "stdout");
    return status;
}

/* The folder's name without slashes at its end, so that DIR and DIR/ are told as one. */
static void trim_slashes(char *folder)
{
    for (size_t length = strlen(folder); length > 1 && folder[length - 1] == '/'; length--)
        folder[length - 1] = '\0';
}

static void refuse_twice(char **folders, int count)
{
    struct stat one, other;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < i; k++) {
            if (strcmp(folders[i], folders[k]) == 0)
                opt_usage("%s is given twice", folders[i]);
            if (stat(folders[i], &one) == 0 && stat(folders[k], &other) == 0 &&
                one.st_dev == other.st_dev && one.st_ino == other.st_ino)
                opt_usage("%s and %s are one folder", folders[i], folders[k]);
        }
    }
}

/*
 * A host's name is not all of it: rounds of two machines, or of two builds, are never pooled; where
 * one campaign is set against another, the reader is told what else is.
 */
static void compare_machines(struct model *model, const char *folder, const char *other)
{
    char *what = conditions_differ(model, folder, other);
    if (what && config.pool)
        die(STATUS_SYSTEM, "--pool: %s and %s bear one host name, but differ in %s", folder, other,
            what);
    if (what)
        model_note(model, "%s and %s bear one host name, but differ in %s", folder, other, what);
    free(what);
}

static void read_folders(struct model *model, char **folders, int count)
{
    for (int i = 0; i < count; i++) {
        if (course_is(folders[i]))
            course_load(model, folders[i]);
        else
            load_results(model, folders[i], config.pool);
    }
    model_finish(model);
    for (int i = 0; i < count; i++) {
        conditions_note(model, folders[i], count > 1);
        for (int k = 0; k < i; k++)
            compare_machines(model, folders[k], folders[i]);
    }
}

static void add_metrics(void)
{
    if (!config.metrics)
        return;
    const char *wrong = catalog_add(alloc_text(config.metrics, strlen(config.metrics)));
    if (wrong)
        opt_usage("--metrics: '%s' is not BENCHMARK.METRIC=UNIT:lower or :higher", wrong);
}

static void compare_hosts(struct fleet *fleet)
{
    if (config.need || config.gate_percent > 0 || config.format == OUTPUT_COURSE)
        opt_usage("%s is for one host, and these are several", config.need ? "--need"
                                                               : config.gate_percent > 0
                                                                   ? "--gate"
                                                                   : "--format course");
    write_output(NULL, fleet);
    fleet_free(fleet);
}

/* What courses ask for: the runs, and answers.md. */
static void write_course(const struct model *model)
{
    char *path = alloc_format("%s/answers.md", config.output);
    course_write(model, config.output, (size_t)config.runs);
    FILE *out = fopen(path, "wex");
    bool good = out;
    if (good) {
        struct analysis analysis = analyse(model, &config.settings);
        answers_markdown(&analysis, out);
        analysis_free(&analysis);
        good = !ferror(out);
        good = fclose(out) == 0 && good;
    }
    if (!good)
        die_errno(STATUS_SYSTEM, "%s", path);
    free(path);
}

static int compare_folders(char **folders, int count)
{
    int status = STATUS_GOOD;
    struct model model = {0};
    model.keep_samples = config.format == OUTPUT_HTML;
    model.keep_facts = !config.need;
    read_folders(&model, folders, count);
    if (fleet_is_model(&model)) {
        struct fleet fleet = fleet_of(&model, folders[0], &config.settings);
        compare_hosts(&fleet);
        model_free(&model);
        return STATUS_GOOD;
    }
    if (!config.settings.baseline)
        config.settings.baseline = analysis_baseline(&model);
    if (config.format == OUTPUT_COURSE)
        write_course(&model);
    else
        status = write_output(&model, NULL);
    model_free(&model);
    return status;
}

/* For the driver: the header of a file of a results folder. */
static int print_columns(const char *name)
{
    const char *header = table_header(name);
    if (!header)
        opt_usage("--columns %s: no file with columns", name);
    else if (puts(header) < 0 || fflush(stdout) != 0)
        die_errno(STATUS_SYSTEM, "stdout");
    return STATUS_GOOD;
}

int main(int argc, char **argv)
{
    int operand = opt_parse(&tool, NULL, 0, argc, argv);
    if (config.columns)
        return print_columns(config.columns);
    if (operand == argc)
        opt_usage("no results folder given");
    if (config.format == OUTPUT_COURSE && !config.output)
        opt_usage("--format course needs --output FOLDER");
    if (config.gate_percent > 0 && (config.need || config.format == OUTPUT_COURSE))
        opt_usage("--gate judges a report: neither --need nor --format course is one");
    config.settings.margin = config.margin_percent / 100;
    config.settings.precision = config.precision_percent / 100;
    config.settings.bootstrap = config.format != OUTPUT_TEXT && !config.need;
    const char *fault =
        config.settings.baseline ? words_fault(config.settings.baseline, NAME_MOST) : NULL;
    if (fault)
        opt_usage("the baseline's name %s", fault);
    add_metrics();
    char **folders = argv + operand;
    int count = argc - operand;
    for (int i = 0; i < count; i++)
        trim_slashes(folders[i]);
    refuse_twice(folders, count);
    if (config.pool || !fleet_is(folders, (size_t)count))
        return compare_folders(folders, count);
    struct settings settings = config.settings;
    settings.bootstrap = false;
    struct fleet fleet = fleet_load(folders, (size_t)count, &settings);
    compare_hosts(&fleet);
    return STATUS_GOOD;
}
