#include "kernel.h"

#include <stdint.h>

#define CONCAT_(a, b) a##_##b
#define CONCAT(a, b)  CONCAT_(a, b)
#define NAME(name)    CONCAT(name, ISA)
#define INLINE        static inline __attribute__((always_inline)) TARGET
#define NOINLINE      __attribute__((noinline))

/* Tiles and register rows must be unrolled to live in registers; gcc does so at -O2 only if told.
 */
#if defined __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#define TWICE  _Pragma("clang loop unroll_count(2)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#define TWICE  _Pragma("GCC unroll 2")
#endif

/*
 * How many columns ahead a tile fetches left slivers that pass by from the second-level cache,
 * which the processor's own prefetchers do too late: a column takes the tile 6 to 12 cycles, the
 * cache 15, more when two hardware threads share it. Right slivers that pass by are a third of the
 * bytes: for them an instruction more per column costs what it gains, 4 % on Zen 3.
 */
enum { FETCH_AHEAD = 16 };

/*
 * The tile: MV vectors of VL doubles down, NR columns across, accumulated in MV * NR registers;
 * MV more hold the left operand and one the right, so MV * (NR + 1) + 1 must not exceed the
 * register file. Enough accumulators to cover the latency of the multiply-add: 4 cycles times two
 * units on current CPUs. NR must be a multiple of VL, since solve() has columns in vectors.
 *
 * LEFT_STAYS where the tile is so much taller than wide that a left sliver passing by is what
 * costs, and where a sliver of 192 columns fits half of a first-level cache of 32 KiB: 12 rows do,
 * 24 don't.
 */

/* The portable one: two doubles are NEON on aarch64, SSE2 on x86-64, scalars elsewhere. */
#define ISA    generic
#define ISA_ID ISA_GENERIC
#define TARGET
#define VL 2
#if defined __aarch64__
#define MV      4
#define NR      6
#define BY_LANE true
#else
#define MV      2
#define NR      4
#define BY_LANE false
#endif
#define BASE       4
#define LEFT_STAYS false
#include "kernel_template.h"

#ifdef __x86_64__

/* 16 registers: 8 accumulators, 2 left, 1 right, and one for the product, without FMA. */
#define ISA        sse2
#define ISA_ID     ISA_SSE2
#define TARGET     __attribute__((target("sse2")))
#define VL         2
#define MV         2
#define NR         4
#define BASE       4
#define LEFT_STAYS false
#define BY_LANE    false
#include "kernel_template.h"

/* 16 registers: 12 accumulators, 3 left, 1 right. */
#define ISA        avx2
#define ISA_ID     ISA_AVX2
#define TARGET     __attribute__((target("avx2,fma")))
#define VL         4
#define MV         3
#define NR         4
#define BASE       4
#define LEFT_STAYS true
#define BY_LANE    false
#include "kernel_template.h"

/* 32 registers: 24 accumulators, 3 left, 1 right. */
#define ISA        avx512
#define ISA_ID     ISA_AVX512
#define TARGET     __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")))
#define VL         8
#define MV         3
#define NR         8
#define BASE       8
#define LEFT_STAYS false
#define BY_LANE    false
#include "kernel_template.h"

#endif

const struct isa_kernel *kernel_of(enum isa isa)
{
    static const struct isa_kernel *const kernels[] = {
        &kernel_generic,
#ifdef __x86_64__
        &kernel_sse2,
        &kernel_avx2,
        &kernel_avx512,
#endif
    };
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (kernels[i]->isa == isa)
            return kernels[i];
    }
    return NULL;
}
