#include "system.h"

#include "classic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Doubles of A and b, which lie one behind the other, as they were made. Making them takes half as
 * long as solving a small system, copying them a twentieth.
 */
static size_t original_doubles(size_t n)
{
    const uint64_t small = (1 << 20) / sizeof(double);
    uint64_t doubles = (uint64_t)lu_lda(n) * (n + 1);
    return doubles <= small ? (size_t)doubles : 0;
}

/* Doubles of the matrix and b, twice if small, of what the check and the factorization need. */
uint64_t system_bytes(const struct isa_kernel *kernel, size_t n, int threads)
{
    uint64_t lda = lu_lda(n), work = kernel ? lu_workspace(kernel, n, threads) : 0;
    return sizeof(double) * (lda * (n + 1) + original_doubles(n) + matrix_scratch(lda) + work);
}

int system_new(struct system *system, const struct isa_kernel *kernel, struct team *team,
               struct matrix matrix, enum mem_pages pages)
{
    size_t n = matrix.n, lda = lu_lda(n);
    size_t bytes = (size_t)system_bytes(kernel, n, team_threads(team));
    *system = (struct system){.matrix = matrix, .team = team, .lda = lda};

    int error = mem_map_touched(&system->memory, bytes, pages);
    if (error == EINVAL && pages == PAGES_THP)
        error = mem_map_touched(&system->memory, bytes, PAGES_DEFAULT);
    if (error)
        return error;
    system->a = system->memory.data;
    system->b = system->a + lda * n;
    system->original = system->b + lda;
    system->scratch = system->original + original_doubles(n);
    if (kernel)
        system->lu = lu_new(kernel, team, n, system->scratch + matrix_scratch(lda));
    else
        system->pivots = malloc(n * sizeof *system->pivots);
    return system->lu || system->pivots ? 0 : ENOMEM;
}

void system_free(struct system *system)
{
    lu_free(system->lu);
    free(system->pivots);
    mem_unmap(&system->memory);
}

void system_fill(struct system *system)
{
    size_t doubles = original_doubles(system->matrix.n);
    if (!system->made || doubles == 0)
        matrix_fill(&system->matrix, system->a, system->lda, system->b);
    if (!system->made)
        memcpy(system->original, system->a, doubles * sizeof *system->a);
    else if (doubles > 0)
        memcpy(system->a, system->original, doubles * sizeof *system->a);
    system->made = true;
}

static void solve_classic(void *context, int rank)
{
    struct system *system = context;
    size_t n = system->matrix.n;
    (void)rank;
    system->singular = !classic_factor(n, system->a, system->lda, system->pivots);
    if (!system->singular)
        classic_solve(n, system->a, system->lda, system->pivots, system->b);
}

bool system_solve(struct system *system, double *seconds)
{
    if (system->lu)
        *seconds = lu_solve(system->lu, system->a, system->b, &system->singular);
    else
        *seconds = team_run(system->team, solve_classic, system);
    return !system->singular;
}

struct residuals system_residuals(const struct system *system)
{
    return matrix_residuals(&system->matrix, system->b, system->scratch);
}
