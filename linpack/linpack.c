/*
 * linpack: how fast this machine solves a dense system of linear equations.
 *
 * What is measured: A x = b in doubles, factored with partial pivoting and solved. The figure is
 * (2/3 n^3 + 2 n^2) / time, the operations that the classic algorithm needs, whatever is done to
 * get there; so it can be compared with half a century of published results. The classic program
 * (--kernel classic) says what it always said, at the compiler's baseline; the blocked one comes
 * near the limit of the arithmetic units, so a lost instruction set or a throttled core shows at
 * once.
 * --peak measures that limit in the same process.
 *
 * Timed: from the matrix and the right side in memory, touched, to the solution. Not timed: making
 * the matrix (again for every solution), starting and waking threads, checking. A repetition's
 * figure is over all its solutions; small systems are solved many times.
 *
 * Valid only if both residuals are small, netlib's and HPL's, and if every solution of the run has
 * the same bits. The fingerprint of these bits is a fact: machines and guests with the same
 * instruction set must agree on it.
 */
#include "measure.h"

#include "err.h"
#include "mem.h"
#include "team.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const kernel_names[] = {"blocked", "classic", NULL};

static const char *const fault_names[] = {"none", "bit", "nan", "unsteady", "singular", NULL};

static const char *const isa_choices[] = {"auto", "generic", "sse2", "avx2", "avx512", NULL};

static struct config config = {
    .bench = BENCH_DEFAULTS,
    .sizes = {.count = 1, .at = {1000}},
    .pages = PAGES_THP,
};

static const struct opt options[] = {
    {"size", 'n', OPT_SIZES, &config.sizes, "LIST",
     "order of the system; a list, or a range as 100..4000, gives a curve", NULL, 1, 1 << 20},
    {"kernel", 'k', OPT_CHOICE, &config.kernel, "NAME", "algorithm", kernel_names, 0, 0},
    {"isa", 'i', OPT_CHOICE, &config.isa, "NAME", "instruction set", isa_choices, 0, 0},
    {"list-isa", 0, OPT_FLAG, &config.list_isa, NULL,
     "print the instruction sets that can be used here, best first, and exit", NULL, 0, 0},
    {"threads", 'T', OPT_INT, &config.threads, "N", "threads; 0: one per usable CPU", NULL, 0,
     1024},
    {"peak", 0, OPT_FLAG, &config.peak, NULL,
     "also measure the limit of the multiply-add units, and the share of it reached", NULL, 0, 0},
    {"matrix", 0, OPT_CHOICE, &config.matrix, "NAME",
     "generator; auto is netlib's for the classic kernel if the matrix is regular",
     matrix_kind_names, 0, 0},
    {"pages", 0, OPT_CHOICE, &config.pages, "NAME", "page size asked for", mem_pages_names, 0, 0},
    {"inject", 0, OPT_CHOICE, &config.fault, "FAULT", NULL, fault_names, 0, 0},
};

static const struct tool_metric tool_metrics[] = {
    {"lu", "flop/s", "(2/3 n^3 + 2 n^2) operations over the time to factor and to solve"},
    {"peak", "flop/s", "with --peak: what the multiply-add units can do"},
};

static const struct tool tool = {
    .name = "linpack",
    .operands = "",
    .summary = "Solves dense systems of linear equations and reports flop/s: netlib's classic\n"
               "LINPACK, or a blocked and threaded one that comes near the machine's limit.\n"
               "Every solution is checked.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .metrics = tool_metrics,
    .metric_count = sizeof tool_metrics / sizeof tool_metrics[0],
    .examples = "  linpack -n 100..4000 --format csv    a curve over the order of the system\n"
                "  linpack --kernel classic -n 100,200  what netlib's program prints\n",
};

/* ---- setup ---- */

static void list_isa(void)
{
    for (int isa = ISA_COUNT - 1; isa >= 0; isa--) {
        if (kernel_of((enum isa)isa) && cpu_has_isa((enum isa)isa))
            printf("%s\n", isa_names[isa]);
    }
    if (fflush(stdout) != 0)
        die_errno(STATUS_SYSTEM, "stdout");
}

static const struct isa_kernel *choose_kernel(void)
{
    enum isa isa = config.isa == 0 ? cpu_best_isa() : (enum isa)(config.isa - 1);
    const struct isa_kernel *kernel = kernel_of(isa);
    if (!kernel || !cpu_has_isa(isa))
        die(STATUS_UNAVAILABLE, "--isa %s: not offered by this CPU and system", isa_names[isa]);
    return kernel;
}

static struct team *start_team(void)
{
    struct cpu_list cpus = config.bench.cpus;
    int threads = config.threads ? config.threads : cpu_usable();
    if (config.kernel == KERNEL_CLASSIC) {
        if (config.threads > 1)
            opt_usage("--kernel classic: runs one thread");
        threads = 1;
    }
    struct team *team = team_new(threads, &cpus);
    if (!team)
        die_errno(STATUS_SYSTEM, "%d threads", threads);
    return team;
}

/* ---- report ---- */

static const char *isa_in_use(const struct isa_kernel *kernel)
{
    return config.kernel == KERNEL_BLOCKED ? isa_names[kernel->isa] : "baseline";
}

static void add_facts(const struct session *session)
{
    const struct findings *findings = &session->findings;
    const struct isa_kernel *kernel = session->kernel;
    struct report *report = session->report;
    bool blocked = config.kernel == KERNEL_BLOCKED;
    char size[32];
    report_note(report, "best: %.0f KFLOPS", findings->best / 1e3);
    if (config.peak)
        report_note(report, "that is %.1f %% of the peak", 100 * findings->best / findings->peak);
    bench_facts(&config.bench, &tool, &findings->usage, report);
    report_fact(report, "lu.kernel", "%s", kernel_names[config.kernel]);
    report_fact(report, "isa", "%s", isa_in_use(kernel));
    report_fact(report, "tile", blocked ? "%zux%zu" : "none", kernel->rows, kernel->columns);
    report_fact(report, "threads", "%d", team_threads(session->team));
    report_fact(report, "matrix", "%s",
                matrix_kind_names[measure_matrix(&config, config.sizes.at[0])]);
    report_fact(report, "pages.huge", "%s", format_size(size, findings->huge_bytes));
    report_fact(report, "residual.netlib", "%.4g", findings->worst.netlib);
    report_fact(report, "residual.hpl", "%.4g", findings->worst.hpl);
    report_fact(report, "fingerprint", "%016" PRIx64, findings->fingerprint);
    if (config.peak)
        report_fact(report, "peak.share", "%.4f", findings->best / findings->peak);
}

int main(int argc, char **argv)
{
    if (bench_parse(&config.bench, &tool, argc, argv) < argc)
        opt_usage("takes no operands");
    if (config.list_isa) {
        list_isa();
        return STATUS_GOOD;
    }
    struct session session = {.config = &config, .kernel = choose_kernel(), .team = start_team()};
    measure_require_memory(&session);

    session.report = report_new(tool.name);
    report_title(session.report, "LU with partial pivoting, %s, %s, %d threads",
                 kernel_names[config.kernel], isa_in_use(session.kernel),
                 team_threads(session.team));
    measure(&session);

    add_facts(&session);
    report_print(session.report, (enum format)config.bench.format);
    report_free(session.report);
    team_free(session.team);
    return STATUS_GOOD;
}
