#include "measure.h"

#include "columns.h"
#include "err.h"
#include "peak.h"
#include "system.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/*
 * HPL's limit for its residual. netlib gives none for its own, which grows slowly with n: 1.7 at
 * n=100, about 10 at n=1000; a wrong solution is above 100 by far.
 */
static const double hpl_limit = 16, netlib_limit = 100;

/* One metric: a size with its system, or the peak, which is a run of size 0. */
struct run {
    const struct config *config;
    struct metric *metric;
    size_t n;
    struct system system;
    struct usage *usage;
    int rep;        /* that runs; 0: calibration, or warm-up */
    uint64_t units; /* solutions in a repetition */
    bool solved;
    uint64_t fingerprint; /* of the first solution */
};

/* ---- setup ---- */

enum matrix_kind measure_matrix(const struct config *config, size_t n)
{
    bool singular = matrix_netlib_singular(n);
    if (config->matrix == MATRIX_NETLIB && singular)
        opt_usage("--matrix netlib: n=%zu repeats a column, so the matrix is singular", n);
    if (config->matrix != MATRIX_AUTO)
        return (enum matrix_kind)config->matrix;
    return config->kernel == KERNEL_CLASSIC && !singular ? MATRIX_NETLIB : MATRIX_UNIFORM;
}

/* What solves the systems: NULL is the classic algorithm. */
static const struct isa_kernel *solver(const struct session *session)
{
    return session->config->kernel == KERNEL_BLOCKED ? session->kernel : NULL;
}

/* Refuses what does not fit before anything is allocated. A servant keeps all that it has. */
void measure_require_memory(const struct session *session)
{
    uint64_t kept = 0;
    for (size_t i = 0; i < session->config->sizes.count; i++) {
        char what[32];
        size_t n = (size_t)session->config->sizes.at[i];
        snprintf(what, sizeof what, "n=%zu", n);
        uint64_t bytes = system_bytes(solver(session), n, team_threads(session->team));
        mem_require(kept + bytes, what);
        if (session->config->bench.steps)
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
    if (run->config->fault == FAULT_SINGULAR)
        inject(run, run->config->fault);
    usage_start(run->usage);
    bool solved = system_solve(&run->system, &seconds);
    usage_stop(run->usage, run->rep);
    if (!solved)
        die(STATUS_WRONG, "n=%zu: a pivot is zero, the matrix is singular", run->system.matrix.n);
    if (run->config->fault != FAULT_SINGULAR)
        inject(run, run->config->fault);
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
    const struct config *config = session->config;
    char name[32] = "lu";
    run->config = config;
    if (run->n == 0) {
        run->metric = report_metric(session->report, "peak", "flop/s", BETTER_HIGHER);
        return;
    }
    if (config->sizes.count > 1)
        snprintf(name, sizeof name, "lu[n=%zu]", run->n);
    run->metric = report_metric(session->report, name, "flop/s", BETTER_HIGHER);
    run->usage = &session->findings.usage;
    struct matrix matrix = {measure_matrix(run->config, run->n), run->n, config->bench.seed};
    errno = system_new(&run->system, solver(session), session->team, matrix,
                       (enum mem_pages)config->pages);
    if (errno)
        die_errno(STATUS_SYSTEM, "n=%zu in %s pages", run->n, mem_pages_names[config->pages]);
    run->units = bench_calibrate(solve_often, run, config->bench.time_s);
}

static double repeat_solving(struct run *run, struct findings *findings, int rep)
{
    double n = (double)run->n, flops = 2.0 / 3 * n * n * n + 2 * n * n;
    if (run->config->bench.steps && column_rep_counts(rep)) { /* others had the caches meanwhile */
        run->rep = 0;
        solve_often(run, 1);
    }
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
    double rate =
        peak_measure(session->kernel, session->team, fmax(session->config->bench.time_s, least_s));
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
    struct bench *bench = &session->config->bench;
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
void measure(struct session *session)
{
    static struct run runs[SIZE_LIST_MAX + 1];
    size_t count = session->config->sizes.count + session->config->peak;
    size_t together = session->config->bench.steps ? count : 1;
    for (size_t i = 0; i < session->config->sizes.count; i++)
        runs[i].n = (size_t)session->config->sizes.at[i];
    for (size_t i = 0; i < count; i += together)
        measure_together(runs + i, together, session);
}
