#include "stream_kernels.h"

#if defined __x86_64__
#include <immintrin.h>

#define NAME(f)        f##_avx512
#define TARGET         __attribute__((target("avx512f")))
#define VECTOR_BYTES   64
#define STORE_NT(p, v) _mm512_stream_pd(p, (__m512d)(v))
#define FENCE()        _mm_sfence()
#include "stream_template.h"

#define NAME(f)        f##_avx2
#define TARGET         __attribute__((target("avx2,fma")))
#define VECTOR_BYTES   32
#define STORE_NT(p, v) _mm256_stream_pd(p, (__m256d)(v))
#define FENCE()        _mm_sfence()
#include "stream_template.h"

#define NAME(f) f##_sse2
#define TARGET
#define VECTOR_BYTES   16
#define STORE_NT(p, v) _mm_stream_pd(p, (__m128d)(v))
#define FENCE()        _mm_sfence()
#include "stream_template.h"
#endif

/* No portable compiler builtin stores past the caches, so here the flag means nothing. */
#define NAME(f) f##_generic
#define TARGET
#define VECTOR_BYTES   16
#define STORE_NT(p, v) (*(vector_generic *)(p) = (v))
#define FENCE()        ((void)0)
#include "stream_template.h"

static const struct stream_isa best_first[] = {
#if defined __x86_64__
    {"avx512", ISA_AVX512, true, stream_avx512},
    {"avx2", ISA_AVX2, true, stream_avx2},
    {"sse2", ISA_SSE2, true, stream_sse2},
#endif
    {"generic", ISA_GENERIC, false, stream_generic},
};

bool stream_has(const struct stream_isa *isa, enum stream_way way)
{
    return isa->nontemporal || way < STREAM_PAST;
}

const struct stream_isa *stream_isa_choose(enum isa limit)
{
    const struct stream_isa *row = best_first;
    while (row->isa > limit || !cpu_has_isa(row->isa))
        row++;
    return row;
}

const char *const stream_stores_names[] = {"auto",
                                           [1 + STREAM_THROUGH] = "temporal",
                                           [1 + STREAM_THROUGH_FETCH] = "temporal-fetch",
                                           [1 + STREAM_PAST] = "nontemporal",
                                           [1 + STREAM_PAST_FETCH] = "nontemporal-fetch",
                                           [1 + STREAM_PAST_PAGES] = "nontemporal-pages",
                                           [1 + STREAM_WAYS] = NULL};
