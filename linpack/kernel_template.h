/*
 * The functions of struct isa_kernel for one instruction set. kernel.c includes this file once per
 * instruction set, with ISA, ISA_ID, TARGET, VL, MV, NR, BASE, LEFT_STAYS and BY_LANE defined.
 */

/* gcc and clang agree that these need no alignment beyond a double's. */
typedef double NAME(vec) __attribute__((vector_size(8 * VL)));
typedef double NAME(memory_vec) __attribute__((vector_size(8 * VL), aligned(8), may_alias));
typedef int64_t NAME(bits) __attribute__((vector_size(8 * VL)));

#define vec        NAME(vec)
#define memory_vec NAME(memory_vec)
#define bits       NAME(bits)
#define MR         (MV * VL)
#define NV         (NR / VL)

/* cppcheck-suppress unknownMacro ; on its own, this file is not a program */
INLINE void NAME(tile_ld)(size_t k, const double *left, size_t ld, const double *right, double *c,
                          size_t ldc, const double *next)
{
    vec sum[NR][MV];
    const double *end = right;

    UNROLL
    for (int j = 0; j < NR; j++) {
        UNROLL
        for (int v = 0; v < MV; v++)
            sum[j][v] = (vec){0};
    }
    /* One column of the next tile at a time: more misses at once would hold up the operands. */
    for (size_t part = 1; part <= NR; part++, next += ldc) {
        for (int r = 0; r < MR; r += 8)
            __builtin_prefetch(next + r, 1);
        end += (k * part / NR - k * (part - 1) / NR) * NR;
        TWICE
        for (; right < end; left += ld, right += NR) {
            UNROLL
            for (int r = 0; !LEFT_STAYS && r < MR; r += 8)
                __builtin_prefetch(left + FETCH_AHEAD * ld + r);
            vec down[MV], across[NV];
            UNROLL
            for (int v = 0; v < MV; v++)
                down[v] = *(const memory_vec *)(left + v * VL);
            UNROLL
            for (int v = 0; BY_LANE && v < NV; v++)
                across[v] = *(const memory_vec *)(right + v * VL);
            UNROLL
            for (int j = 0; j < NR; j++) {
                double factor = BY_LANE ? across[j / VL][j % VL] : right[j];
                UNROLL
                for (int v = 0; v < MV; v++)
                    sum[j][v] += down[v] * factor;
            }
        }
    }
    UNROLL
    for (int j = 0; j < NR; j++) {
        UNROLL
        for (int v = 0; v < MV; v++)
            *(memory_vec *)(c + (size_t)j * ldc + v * VL) -= sum[j][v];
    }
}

/* A packed sliver's distance is a constant, which saves the instructions that compute addresses. */
static TARGET NOINLINE void NAME(tile_packed)(size_t k, const double *left, const double *right,
                                              double *c, size_t ldc, const double *next)
{
    NAME(tile_ld)(k, left, MR, right, c, ldc, next);
}

static TARGET NOINLINE void NAME(tile_in_place)(size_t k, const double *left, size_t ld,
                                                const double *right, double *c, size_t ldc,
                                                const double *next)
{
    NAME(tile_ld)(k, left, ld, right, c, ldc, next);
}

static TARGET void NAME(tile)(size_t k, const double *left, size_t ld, const double *right,
                              double *c, size_t ldc, const double *next)
{
    if (ld == MR)
        NAME(tile_packed)(k, left, right, c, ldc, next);
    else
        NAME(tile_in_place)(k, left, ld, right, c, ldc, next);
}

/* Rows done .. done + rows - 1 of x, with rows a constant; l is row `done` of L, column 0. */
INLINE void NAME(solve_rows)(const int rows, size_t done, const double *l, size_t ld, double *x)
{
    vec sum[MR][NV];
    double *own = x + done * NR;

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < NV; v++)
            sum[r][v] = *(memory_vec *)(own + r * NR + v * VL);
    }
    for (size_t p = 0; p < done; p++, l += ld) {
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int v = 0; v < NV; v++)
                sum[r][v] -= *(memory_vec *)(x + p * NR + v * VL) * l[r];
        }
    }
    UNROLL
    for (int s = 0; s < rows; s++, l += ld) {
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int v = 0; v < NV; v++) {
                if (r > s)
                    sum[r][v] -= sum[s][v] * l[r];
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < NV; v++)
            *(memory_vec *)(own + r * NR + v * VL) = sum[r][v];
    }
}

static TARGET void NAME(solve)(size_t k, const double *l, size_t ld, size_t step, double *x)
{
    size_t done = 0;
    for (; k - done >= MR; done += MR, l += step)
        NAME(solve_rows)(MR, done, l, ld, x);
    for (; k - done >= BASE; done += BASE, l += BASE)
        NAME(solve_rows)(BASE, done, l, ld, x);
    for (; done < k; done++, l++)
        NAME(solve_rows)(1, done, l, ld, x);
}

static TARGET void NAME(pack_left)(size_t m, size_t k, const double *a, size_t lda, double *packed)
{
    for (; m >= MR; m -= MR, a += MR) {
        for (size_t p = 0; p < k; p++, packed += MR) {
            UNROLL
            for (int v = 0; v < MV; v++)
                *(memory_vec *)(packed + v * VL) = *(const memory_vec *)(a + p * lda + v * VL);
        }
    }
    for (size_t p = 0; m > 0 && p < k; p++, packed += MR) {
        for (size_t r = 0; r < MR; r++)
            packed[r] = r < m ? a[p * lda + r] : 0;
    }
}

static TARGET void NAME(pack_right)(size_t k, size_t n, const double *c, size_t ldc, double *packed)
{
    if (n == NR) {
        for (size_t p = 0; p < k; p++, packed += NR) {
            UNROLL
            for (size_t j = 0; j < NR; j++)
                packed[j] = c[p + j * ldc];
        }
        return;
    }
    for (size_t p = 0; p < k; p++, packed += NR) {
        for (size_t j = 0; j < NR; j++)
            packed[j] = j < n ? c[p + j * ldc] : 0;
    }
}

static TARGET void NAME(unpack_right)(size_t k, size_t n, const double *packed, double *c,
                                      size_t ldc)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t p = 0; p < k; p++)
            c[p + j * ldc] = packed[p * NR + j];
    }
}

/* One vector or one element of y - a x; k is a constant. */
INLINE vec NAME(subtract_vec)(const int k, const double *a, size_t lda, const double *x, vec y)
{
    UNROLL
    for (int p = 0; p < k; p++)
        y -= *(const memory_vec *)(a + (size_t)p * lda) * x[p];
    return y;
}

INLINE double NAME(subtract_one)(const int k, const double *a, size_t lda, const double *x,
                                 double y)
{
    UNROLL
    for (int p = 0; p < k; p++)
        y -= a[(size_t)p * lda] * x[p];
    return y;
}

INLINE double NAME(subtract_rows)(const int k, size_t m, const double *a, size_t lda,
                                  const double *x, double *y)
{
    const bits magnitude = (bits){0} + INT64_MAX;
    vec largest = {0};
    double max = 0;
    size_t i = 0;

    for (; i + VL <= m; i += VL) {
        vec sum = NAME(subtract_vec)(k, a + i, lda, x, *(const memory_vec *)(y + i));
        *(memory_vec *)(y + i) = sum;
        bits size = (bits)sum & magnitude;
        bits above = (vec)size > largest;
        largest = (vec)((size & above) | ((bits)largest & ~above));
    }
    for (int v = 0; v < VL; v++)
        max = largest[v] > max ? largest[v] : max;
    for (; i < m; i++) {
        y[i] = NAME(subtract_one)(k, a + i, lda, x, y[i]);
        double size = __builtin_fabs(y[i]);
        max = size > max ? size : max;
    }
    return max;
}

/* Returns the largest |y|. */
INLINE double NAME(subtract_any)(size_t k, size_t m, const double *a, size_t lda, const double *x,
                                 double *y)
{
    switch (k) {
    case 0:
        return NAME(subtract_rows)(0, m, a, lda, x, y);
    case 1:
        return NAME(subtract_rows)(1, m, a, lda, x, y);
    case 2:
        return NAME(subtract_rows)(2, m, a, lda, x, y);
    case 3:
        return NAME(subtract_rows)(3, m, a, lda, x, y);
    case 4:
        return NAME(subtract_rows)(4, m, a, lda, x, y);
    case 5:
        return NAME(subtract_rows)(5, m, a, lda, x, y);
    case 6:
        return NAME(subtract_rows)(6, m, a, lda, x, y);
    case 7:
        return NAME(subtract_rows)(7, m, a, lda, x, y);
    default:
        return NAME(subtract_rows)(8, m, a, lda, x, y);
    }
}

static TARGET void NAME(subtract)(size_t m, size_t k, const double *a, size_t lda, const double *x,
                                  double *y)
{
    NAME(subtract_any)(k, m, a, lda, x, y);
}

static TARGET size_t NAME(subtract_max)(size_t m, size_t k, const double *a, size_t lda,
                                        const double *x, double *y)
{
    double max = NAME(subtract_any)(k, m, a, lda, x, y);
    for (size_t i = 0; i < m; i++) {
        if (__builtin_fabs(y[i]) == max)
            return i;
    }
    return 0; /* only NaN: any row will do, the residual will tell */
}

static TARGET void NAME(scale)(size_t m, double factor, double *y)
{
    size_t i = 0;
    for (; i + VL <= m; i += VL)
        *(memory_vec *)(y + i) *= factor;
    for (; i < m; i++)
        y[i] *= factor;
}

/* As many chains as the tile has; values converge to 1, so nothing overflows or gets denormal. */
static TARGET double NAME(fma)(size_t rounds)
{
    vec sum[MV * NR], half = (vec){0} + 0.5;
    double total = 0;

    UNROLL
    for (int i = 0; i < MV * NR; i++)
        sum[i] = (vec){0} + 1.0 / (i + 2);
    for (size_t r = 0; r < rounds; r++) {
        UNROLL
        for (int i = 0; i < MV * NR; i++)
            sum[i] = sum[i] * half + half;
    }
    UNROLL
    for (int i = 0; i < MV * NR; i++)
        total += sum[i][0];
    return total;
}

static const struct isa_kernel NAME(kernel) = {
    .isa = ISA_ID,
    .rows = MR,
    .columns = NR,
    .base = BASE,
    .left_stays = LEFT_STAYS,
    .tile = NAME(tile),
    .solve = NAME(solve),
    .pack_left = NAME(pack_left),
    .pack_right = NAME(pack_right),
    .unpack_right = NAME(unpack_right),
    .subtract = NAME(subtract),
    .subtract_max = NAME(subtract_max),
    .scale = NAME(scale),
    .fma = NAME(fma),
    .fma_flops = 2.0 * MR * NR,
};

#undef vec
#undef memory_vec
#undef bits
#undef MR
#undef NV
#undef ISA
#undef ISA_ID
#undef TARGET
#undef VL
#undef MV
#undef NR
#undef BASE
#undef LEFT_STAYS
#undef BY_LANE
