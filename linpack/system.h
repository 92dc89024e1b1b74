/*
 * One linear system in memory, to be made and solved as often as wanted, blocked or classic.
 */
#ifndef GM_LINPACK_SYSTEM_H
#define GM_LINPACK_SYSTEM_H

#include "lu.h"
#include "matrix.h"
#include "mem.h"

struct system {
    struct matrix matrix;
    double *a, *b; /* A, column-major with lu_lda(n); b, after system_solve() x */

    /* private */
    struct team *team;
    struct lu *lu; /* NULL: classic */
    struct mem memory;
    double *original; /* A and b as they were made, if they are small */
    bool made;
    double *scratch;
    size_t lda, *pivots;
    bool singular;
};

/* Bytes that system_new() maps. `kernel` NULL: classic. */
uint64_t system_bytes(const struct isa_kernel *kernel, size_t n, int threads);

/*
 * Maps and touches the memory. `kernel` and `team` are used, not owned; NULL for the kernel means
 * the classic algorithm. Without huge pages in this kernel, PAGES_THP are ordinary ones. Returns 0
 * or an errno; system_free() is right after both.
 */
int system_new(struct system *system, const struct isa_kernel *kernel, struct team *team,
               struct matrix matrix, enum mem_pages pages);
void system_free(struct system *system);

/* Writes A and b. */
void system_fill(struct system *system);

/*
 * Overwrites A with its factors and b with x; *seconds is the time of that alone. False if the
 * matrix is singular.
 */
bool system_solve(struct system *system, double *seconds);

/* Of the x in b; makes the matrix again. */
struct residuals system_residuals(const struct system *system);

#endif
