#include "lu.h"

#include "panel.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    LINE = 8,   /* doubles of a cache line */
    CHUNK = 192 /* most columns that a thread updates at a time: they stay in its cache */
};

struct lu {
    const struct isa_kernel *kernel;
    struct team *team;
    int threads;
    size_t n, lda, width, steps;
    double *panels[2];       /* the factored panel, packed: the one in use and the next */
    size_t *pivots;          /* row numbers count from the panel's first row */
    struct scratch *scratch; /* per thread */
    atomic_size_t *next;     /* per step: the next chunk that nobody has taken yet */
    double *a, *b;           /* the system being solved */
    bool regular;
};

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t round_up(size_t value, size_t unit)
{
    return (value + unit - 1) / unit * unit;
}

size_t lu_lda(size_t n)
{
    /* An odd number of cache lines: consecutive columns spread over all sets. */
    return round_up(n, LINE) | LINE;
}

size_t lu_panel_width(const struct isa_kernel *kernel, size_t n)
{
    /* Wider panels multiply faster, narrower ones leave less work outside multiplication. */
    size_t wanted = n < 400 ? 48 : n < 1500 ? 72 : n < 3000 ? 144 : 192;
    return round_up(wanted, kernel->rows);
}

static size_t panel_doubles(const struct isa_kernel *kernel, size_t n)
{
    return round_up(round_up(n, kernel->rows) * lu_panel_width(kernel, n), LINE);
}

static size_t scratch_doubles(const struct isa_kernel *kernel, size_t n)
{
    size_t width = lu_panel_width(kernel, n);
    return round_up(right_doubles(kernel, width, CHUNK), LINE) +
           round_up(kernel->rows * width, LINE);
}

size_t lu_workspace(const struct isa_kernel *kernel, size_t n, int threads)
{
    return 2 * panel_doubles(kernel, n) + (size_t)threads * scratch_doubles(kernel, n);
}

struct lu *lu_new(const struct isa_kernel *kernel, struct team *team, size_t n, double *workspace)
{
    struct lu *lu = calloc(1, sizeof *lu);
    if (!lu)
        return NULL;
    *lu = (struct lu){.kernel = kernel, .team = team, .threads = team_threads(team), .n = n};
    lu->lda = lu_lda(n);
    lu->width = lu_panel_width(kernel, n);
    lu->steps = (n + lu->width - 1) / lu->width;
    lu->pivots = calloc(n, sizeof *lu->pivots);
    lu->scratch = calloc((size_t)lu->threads, sizeof *lu->scratch);
    lu->next = calloc(lu->steps, sizeof *lu->next);
    if (!lu->pivots || !lu->scratch || !lu->next) {
        lu_free(lu);
        errno = ENOMEM;
        return NULL;
    }
    for (int i = 0; i < 2; i++, workspace += panel_doubles(kernel, n))
        lu->panels[i] = workspace;
    for (int rank = 0; rank < lu->threads; rank++, workspace += scratch_doubles(kernel, n)) {
        double *edge = workspace + round_up(right_doubles(kernel, lu->width, CHUNK), LINE);
        lu->scratch[rank] = (struct scratch){.right = workspace, .edge = edge, .columns = CHUNK};
    }
    return lu;
}

void lu_free(struct lu *lu)
{
    if (!lu)
        return;
    free(lu->pivots);
    free(lu->scratch);
    free(lu->next);
    free(lu);
}

/* Factors the panel of a step, lets it act on b, and packs it if there are columns right of it. */
static void factor_step(struct lu *lu, size_t step, struct scratch *scratch)
{
    size_t from = step * lu->width, m = lu->n - from, w = min(lu->width, m);
    double *a = lu->a + from * lu->lda + from;
    size_t *pivots = lu->pivots + from;

    if (!panel_factor(lu->kernel, m, w, a, lu->lda, pivots, scratch))
        lu->regular = false;
    panel_apply_column(lu->kernel, m, w, a, lu->lda, pivots, lu->b + from);
    if (m > w)
        lu->kernel->pack_left(m, w, a, lu->lda, lu->panels[step % 2]);
}

/* Lets the panel of a step act on the columns first .. last - 1. */
static void update(struct lu *lu, size_t step, size_t first, size_t last, struct scratch *scratch)
{
    size_t from = step * lu->width;
    panel_apply(lu->kernel, lu->n - from, last - first, lu->width,
                left_packed(lu->kernel, lu->panels[step % 2], lu->width), lu->pivots + from,
                lu->a + first * lu->lda + from, lu->lda, scratch);
}

/* The first chunk is the next panel, which is factored at once; the rest is cut evenly. */
static void run_step(struct lu *lu, size_t step, struct scratch *scratch)
{
    size_t next_panel = (step + 1) * lu->width, rest = min(next_panel + lu->width, lu->n);
    size_t share = (lu->n - rest) / (size_t)(4 * lu->threads);
    size_t chunk = min(round_up(share + 1, lu->kernel->columns), CHUNK);

    for (;;) {
        size_t mine = atomic_fetch_add_explicit(&lu->next[step], 1, memory_order_relaxed);
        if (mine == 0) {
            update(lu, step, next_panel, rest, scratch);
            factor_step(lu, step + 1, scratch);
            continue;
        }
        size_t first = rest + (mine - 1) * chunk;
        if (first >= lu->n)
            return;
        update(lu, step, first, min(first + chunk, lu->n), scratch);
    }
}

/* b := U^-1 b from the last column to the first, a panel's columns at a time. */
static void solve_upper(struct lu *lu, int rank)
{
    const struct isa_kernel *kernel = lu->kernel;
    size_t base = kernel->base, lda = lu->lda;

    for (size_t step = lu->steps; step-- > 0;) {
        size_t from = step * lu->width, to = min(from + lu->width, lu->n);
        for (size_t last = to, first; rank == 0 && last > from; last = first) {
            first = from + (last - from - 1) / base * base;
            for (size_t k = last; k-- > first;) {
                const double *column = lu->a + k * lda;
                lu->b[k] /= column[k];
                for (size_t i = first; i < k; i++)
                    lu->b[i] -= column[i] * lu->b[k];
            }
            kernel->subtract(first - from, last - first, lu->a + first * lda + from, lda,
                             lu->b + first, lu->b + from);
        }
        team_barrier(lu->team);
        size_t share = round_up(from / (size_t)lu->threads + 1, LINE);
        size_t top = min((size_t)rank * share, from), bottom = min(top + share, from);
        for (size_t first = from; first < to; first += base)
            kernel->subtract(bottom - top, min(base, to - first), lu->a + first * lda + top, lda,
                             lu->b + first, lu->b + top);
        team_barrier(lu->team);
    }
}

static void work(void *context, int rank)
{
    struct lu *lu = context;
    struct scratch *scratch = &lu->scratch[rank];

    if (rank == 0)
        factor_step(lu, 0, scratch);
    for (size_t step = 0; step + 1 < lu->steps; step++) {
        team_barrier(lu->team);
        run_step(lu, step, scratch);
    }
    team_barrier(lu->team);
    solve_upper(lu, rank);
}

double lu_solve(struct lu *lu, double *a, double *b, bool *singular)
{
    lu->a = a;
    lu->b = b;
    lu->regular = true;
    for (size_t step = 0; step < lu->steps; step++)
        atomic_init(&lu->next[step], 0);
    double seconds = team_run(lu->team, work, lu);
    *singular = !lu->regular;
    return seconds;
}
