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
#include "bench.h"
#include "columns.h"
#include "err.h"
#include "kernel.h"
#include "peak.h"
#include "system.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * HPL's limit for its residual. netlib gives none for its own, which grows slowly with n: 1.7 at
 * n=100, about 10 at n=1000; a wrong solution is above 100 by far.
 */
static const double hpl_limit = 16, netlib_limit = 100;

enum { KERNEL_BLOCKED, KERNEL_CLASSIC };
static const char *const kernel_names[] = {"blocked", "classic", NULL};

enum fault { FAULT_NONE, FAULT_BIT, FAULT_NAN, FAULT_UNSTEADY, FAULT_SINGULAR };
static const char *const fault_names[] = {"none", "bit", "nan", "unsteady", "singular", NULL};

static const char *const isa_choices[] = {"auto", "generic", "sse2", "avx2", "avx512", NULL};

static struct config {
    struct bench bench;
    struct size_list sizes;
    int kernel, isa, threads, matrix, pages, fault;
    bool list_isa, peak;
} config = {
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

/* One metric: a size with its system, or the peak, which is a run of size 0. */
struct run {
    struct metric *metric;
    size_t n;
    struct system system;
    struct usage *usage;
    int rep;        /* that runs; 0: calibration, or warm-up */
    uint64_t units; /* solutions in a repetition */
    bool solved;
    uint64_t fingerprint; /* of the first solution */
};

/* What goes into the facts, over all runs. */
struct findings {
    struct residuals worst;
    uint64_t fingerprint;
    size_t huge_bytes;
    double best, peak; /* flop/s, of the counted repetitions */
    struct usage usage;
};

/* What all runs share. */
struct session {
    const struct isa_kernel *kernel;
    struct team *team;
    struct report *report;
    struct findings findings;
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

static enum matrix_kind matrix_kind_for(size_t n)
{
    bool singular = matrix_netlib_singular(n);
    if (config.matrix == MATRIX_NETLIB && singular)
        opt_usage("--matrix netlib: n=%zu repeats a column, so the matrix is singular", n);
    if (config.matrix != MATRIX_AUTO)
        return (enum matrix_kind)config.matrix;
    return config.kernel == KERNEL_CLASSIC && !singular ? MATRIX_NETLIB : MATRIX_UNIFORM;
}

/* What solves the systems: NULL is the classic algorithm. */
static const struct isa_kernel *solver(const struct isa_kernel *kernel)
{
    return config.kernel == KERNEL_BLOCKED ? kernel : NULL;
}

/* Refuses what does not fit before anything is allocated. A servant keeps all that it has. */
static void require_memory(const struct session *session)
{
    uint64_t kept = 0;
    for (size_t i = 0; i < config.sizes.count; i++) {
        char what[32];
        size_t n = (size_t)config.sizes.at[i];
        snprintf(what, sizeof what, "n=%zu", n);
        uint64_t bytes = system_bytes(solver(session->kernel), n, team_threads(session->team));
        mem_require(kept + bytes, what);
        if (config.bench.steps)
            kept += bytes;
    }
}

/* ---- measure ---- */

static void inject(const struct run *run, enum fault fault)
{
    const struct system *system = &run->system;
    size_t n = system->matrix.n;
    if (fault == FAULT_BIT)
        system->b[n / 2] *= 1 + 1e-6;
    else if (fault == FAULT_NAN)
        system->b[0] = NAN;
    else if (fault == FAULT_UNSTEADY && run->solved)
        system->b[0] = nextafter(system->b[0], 2);
    else if (fault == FAULT_SINGULAR && !run->solved)
        memset(system->a, 0, n * sizeof *system->a);
}

/* Makes the system and solves it; the solution is in b. Returns the seconds of solving. */
static double solve(struct run *run)
{
    double seconds;

    system_fill(&run->system);
    if (config.fault == FAULT_SINGULAR)
        inject(run, config.fault);
    usage_start(run->usage);
    bool solved = system_solve(&run->system, &seconds);
    usage_stop(run->usage, run->rep);
    if (!solved)
        die(STATUS_WRONG, "n=%zu: a pivot is zero, the matrix is singular", run->system.matrix.n);
    if (config.fault != FAULT_SINGULAR)
        inject(run, config.fault);
    return seconds;
}

/* `units` solutions, all with the same bits; see bench_calibrate(). */
static double solve_often(void *context, uint64_t units)
{
    struct run *run = context;
    double seconds = 0;
    for (uint64_t i = 0; i < units; i++) {
        seconds += solve(run);
        uint64_t fingerprint = matrix_fingerprint(run->system.b, run->system.matrix.n);
        if (!run->solved)
            run->fingerprint = fingerprint;
        run->solved = true;
        if (fingerprint != run->fingerprint)
            die(STATUS_WRONG, "n=%zu: two solutions of one system differ", run->system.matrix.n);
    }
    return seconds;
}

/* ---- verify ---- */

/* Solutions that are equal bit for bit have equal residuals: checking the last one is enough. */
static struct residuals check(const struct run *run)
{
    struct residuals found = system_residuals(&run->system);
    if (!(found.netlib < netlib_limit && found.hpl < hpl_limit))
        die(STATUS_WRONG, "n=%zu: residual %.3g (netlib; limit %g), %.3g (HPL; limit %g)",
            run->system.matrix.n, found.netlib, netlib_limit, found.hpl, hpl_limit);
    return found;
}

/* ---- one run ---- */

static void run_setup(struct run *run, struct session *session)
{
    char name[32] = "lu";
    if (run->n == 0) {
        run->metric = report_metric(session->report, "peak", "flop/s", BETTER_HIGHER);
        return;
    }
    if (config.sizes.count > 1)
        snprintf(name, sizeof name, "lu[n=%zu]", run->n);
    run->metric = report_metric(session->report, name, "flop/s", BETTER_HIGHER);
    run->usage = &session->findings.usage;
    struct matrix matrix = {matrix_kind_for(run->n), run->n, config.bench.seed};
    errno = system_new(&run->system, solver(session->kernel), session->team, matrix,
                       (enum mem_pages)config.pages);
    if (errno)
        die_errno(STATUS_SYSTEM, "n=%zu in %s pages", run->n, mem_pages_names[config.pages]);
    run->units = bench_calibrate(solve_often, run, config.bench.time_s);
}

static double repeat_solving(struct run *run, struct findings *findings, int rep)
{
    double n = (double)run->n, flops = 2.0 / 3 * n * n * n + 2 * n * n;
    run->rep = rep;
    double seconds = solve_often(run, run->units);
    struct residuals found = check(run);
    findings->worst.netlib = fmax(findings->worst.netlib, found.netlib);
    findings->worst.hpl = fmax(findings->worst.hpl, found.hpl);
    double rate = flops * (double)run->units / seconds;
    if (column_rep_counts(rep))
        findings->best = fmax(findings->best, rate);
    return rate;
}

static double repeat_peak(struct session *session, int rep)
{
    static const double least_s = 0.01; /* enough for the clock, whatever --time says */
    double rate = peak_measure(session->kernel, session->team, fmax(config.bench.time_s, least_s));
    if (column_rep_counts(rep))
        session->findings.peak = fmax(session->findings.peak, rate);
    return rate;
}

static void run_finish(struct run *run, struct findings *findings)
{
    if (run->n == 0)
        return;
    findings->fingerprint = findings->fingerprint * 31 + run->fingerprint;
    findings->huge_bytes += mem_huge_bytes(&run->system.memory);
    system_free(&run->system);
}

/* ---- all runs ---- */

/* Repetitions of all of these runs, in turn. */
static void measure_together(struct run *runs, size_t count, struct session *session)
{
    struct bench *bench = &config.bench;
    for (size_t i = 0; i < count; i++)
        run_setup(&runs[i], session);
    for (int rep = bench_first_rep(bench); bench_goes_on(bench, session->report, rep); rep++) {
        for (size_t i = 0; i < count; i++)
            metric_add(runs[i].metric, rep,
                       runs[i].n ? repeat_solving(&runs[i], &session->findings, rep)
                                 : repeat_peak(session, rep));
    }
    for (size_t i = 0; i < count; i++)
        run_finish(&runs[i], &session->findings);
}

/* One run after the other; a servant has to be ready for all of them. */
static void measure(struct session *session)
{
    static struct run runs[SIZE_LIST_MAX + 1];
    size_t count = config.sizes.count + config.peak;
    size_t together = config.bench.steps ? count : 1;
    for (size_t i = 0; i < config.sizes.count; i++)
        runs[i].n = (size_t)config.sizes.at[i];
    for (size_t i = 0; i < count; i += together)
        measure_together(runs + i, together, session);
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
    report_fact(report, "matrix", "%s", matrix_kind_names[matrix_kind_for(config.sizes.at[0])]);
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
    struct session session = {.kernel = choose_kernel(), .team = start_team()};
    require_memory(&session);

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
