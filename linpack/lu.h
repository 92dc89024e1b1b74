/*
 * Solves A x = b by blocked LU factorization with partial pivoting, on all threads of a team.
 *
 * Right-looking, panel by panel. A panel is factored recursively on its columns, so that nearly all
 * of its work too is matrix multiplication. While one thread updates and factors the next panel
 * (look-ahead), the others update the columns behind it, in chunks that each takes as it gets free.
 * Rows of L left of a panel are not swapped: as in netlib's dgesl, the solve follows the order of
 * the elimination. Which thread does what changes no bit of the result.
 */
#ifndef GM_LINPACK_LU_H
#define GM_LINPACK_LU_H

#include "kernel.h"
#include "team.h"

#include <stdbool.h>
#include <stddef.h>

struct lu;

/* Distance between columns that keeps them from falling into the same cache sets. */
size_t lu_lda(size_t n);

/* Doubles of workspace that lu_new() wants, for n x n and `threads` threads. */
size_t lu_workspace(const struct isa_kernel *kernel, size_t n, int threads);

/*
 * `kernel`, `team` and `workspace` (64-byte aligned) are used, not owned. NULL and errno if there
 * is no memory.
 */
struct lu *lu_new(const struct isa_kernel *kernel, struct team *team, size_t n, double *workspace);
void lu_free(struct lu *lu);

/*
 * Overwrites A (column-major, lu_lda(n), 64-byte aligned, one vector of 64 bytes readable behind)
 * with its factors and b with x. *singular tells whether a pivot was zero; b is useless then.
 * Returns the seconds it took. Allocates nothing.
 */
double lu_solve(struct lu *lu, double *a, double *b, bool *singular);

/* Columns of a panel for matrices of size n. */
size_t lu_panel_width(const struct isa_kernel *kernel, size_t n);

#endif
