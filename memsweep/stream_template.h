/*
 * One instruction set's kernel. The including file defines
 *   NAME(f)        f with the instruction set's suffix
 *   TARGET         the function attribute that allows its instructions, or nothing
 *   VECTOR_BYTES   bytes per vector
 *   STORE_NT(p, v) a non-temporal store of vector v
 *   FENCE()        makes them visible
 * and this file undefines them. It is included once per instruction set; by itself it is empty.
 */
#ifdef NAME

#define INLINE static inline __attribute__((always_inline)) TARGET

typedef double NAME(vector) __attribute__((vector_size(VECTOR_BYTES)));

enum { NAME(lanes) = VECTOR_BYTES / sizeof(double) };

/* One vector, i doubles from the start. `op` and `nontemporal` are constants when inlined. */
INLINE void NAME(step)(enum stream_op op, bool nontemporal, double *to, const double *x,
                       const double *y, size_t i)
{
    const NAME(vector) zero = {0};
    NAME(vector) value = *(const NAME(vector) *)(x + i);
    if (op == STREAM_SCALE)
        value = (zero + STREAM_SCALAR) * value;
    if (op == STREAM_ADD)
        value += *(const NAME(vector) *)(y + i);
    if (op == STREAM_TRIAD)
        value += (zero + STREAM_SCALAR) * *(const NAME(vector) *)(y + i);
    if (nontemporal)
        STORE_NT(to + i, value);
    else
        *(NAME(vector) *)(to + i) = value;
}

/* One cache line. */
INLINE void NAME(line)(enum stream_op op, bool nontemporal, double *to, const double *x,
                       const double *y, size_t i)
{
    NAME(step)(op, nontemporal, to, x, y, i);
    if (NAME(lanes) <= STREAM_LINE / 2)
        NAME(step)(op, nontemporal, to, x, y, i + NAME(lanes));
    if (NAME(lanes) <= STREAM_LINE / 4) {
        NAME(step)(op, nontemporal, to, x, y, i + 2 * NAME(lanes));
        NAME(step)(op, nontemporal, to, x, y, i + 3 * NAME(lanes));
    }
}

/* Two lines: not left to a loop, which gcc -O2 would not unroll. */
INLINE void NAME(lines)(enum stream_op op, bool nontemporal, double *to, const double *x,
                        const double *y, size_t i)
{
    NAME(line)(op, nontemporal, to, x, y, i);
    NAME(line)(op, nontemporal, to, x, y, i + STREAM_LINE);
}

/* The hardware fetches ahead within a page only. Addresses behind the end are not accessed. */
INLINE void NAME(fetch)(enum stream_op op, const double *x, const double *y, size_t i)
{
    const size_t ahead = STREAM_MULTIPLE;
    __builtin_prefetch(x + i + ahead);
    __builtin_prefetch(x + i + ahead + STREAM_LINE);
    if (op == STREAM_ADD || op == STREAM_TRIAD) {
        __builtin_prefetch(y + i + ahead);
        __builtin_prefetch(y + i + ahead + STREAM_LINE);
    }
}

INLINE void NAME(in_order)(enum stream_op op, bool nontemporal, bool fetch, double *to,
                           const double *x, const double *y, size_t n)
{
    for (size_t i = 0; i < n; i += 4 * STREAM_LINE) {
        if (fetch) {
            NAME(fetch)(op, x, y, i);
            NAME(fetch)(op, x, y, i + 2 * STREAM_LINE);
        }
        NAME(lines)(op, nontemporal, to, x, y, i);
        NAME(lines)(op, nontemporal, to, x, y, i + 2 * STREAM_LINE);
    }
}

/*
 * Past the caches one core is limited by how many lines it has under way, and the hardware fetches
 * ahead within a page only: so four pages are worked on in turn.
 */
INLINE void NAME(by_pages)(enum stream_op op, double *to, const double *x, const double *y,
                           size_t n)
{
    const size_t page = STREAM_MULTIPLE;
    size_t i = 0;
    for (; i + 4 * page <= n; i += 4 * page) {
        for (size_t at = i; at < i + page; at += 2 * STREAM_LINE) {
            NAME(lines)(op, true, to, x, y, at);
            NAME(lines)(op, true, to, x, y, at + page);
            NAME(lines)(op, true, to, x, y, at + 2 * page);
            NAME(lines)(op, true, to, x, y, at + 3 * page);
        }
    }
    NAME(in_order)(op, true, false, to + i, x + i, y + i, n - i);
}

INLINE void NAME(go)(enum stream_op op, enum stream_way way, double *to, const double *x,
                     const double *y, size_t n)
{
    switch (way) {
    case STREAM_THROUGH:
        NAME(in_order)(op, false, false, to, x, y, n);
        return;
    case STREAM_THROUGH_FETCH:
        NAME(in_order)(op, false, true, to, x, y, n);
        return;
    case STREAM_PAST:
        NAME(in_order)(op, true, false, to, x, y, n);
        break;
    case STREAM_PAST_FETCH:
        NAME(in_order)(op, true, true, to, x, y, n);
        break;
    default:
        NAME(by_pages)(op, to, x, y, n);
    }
    FENCE();
}

static TARGET void NAME(stream)(enum stream_op op, enum stream_way way, double *to, const double *x,
                                const double *y, size_t n)
{
    switch (op) {
    case STREAM_COPY:
        NAME(go)(STREAM_COPY, way, to, x, y, n);
        return;
    case STREAM_SCALE:
        NAME(go)(STREAM_SCALE, way, to, x, y, n);
        return;
    case STREAM_ADD:
        NAME(go)(STREAM_ADD, way, to, x, y, n);
        return;
    default:
        NAME(go)(STREAM_TRIAD, way, to, x, y, n);
    }
}

#undef INLINE
#undef NAME
#undef TARGET
#undef VECTOR_BYTES
#undef STORE_NT
#undef FENCE
#endif
