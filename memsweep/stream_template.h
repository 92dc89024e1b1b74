/*
 * One instruction set's kernel. The including file defines
 *   NAME(f)        f with the instruction set's suffix
 *   TARGET         the function attribute that allows its instructions, or nothing
 *   VECTOR_BYTES   bytes per vector
 *   STORE_NT(p, v) a non-temporal store of vector v
 *   FENCE()        orders them
 * and this file undefines them. It is included once per instruction set; by itself it is empty.
 */
#ifdef NAME

typedef double NAME(vector) __attribute__((vector_size(VECTOR_BYTES)));

enum { NAME(lanes) = VECTOR_BYTES / sizeof(double) };

/* One vector, i doubles from the start. `op` and `nontemporal` are constants when inlined. */
static inline __attribute__((always_inline)) TARGET void NAME(step)(enum stream_op op,
                                                                    bool nontemporal, double *to,
                                                                    const double *x,
                                                                    const double *y, size_t i)
{
    const NAME(vector) scalar = {0};
    NAME(vector) value = *(const NAME(vector) *)(x + i);
    if (op == STREAM_SCALE)
        value = (scalar + STREAM_SCALAR) * value;
    if (op == STREAM_ADD)
        value += *(const NAME(vector) *)(y + i);
    if (op == STREAM_TRIAD)
        value += (scalar + STREAM_SCALAR) * *(const NAME(vector) *)(y + i);
    if (nontemporal)
        STORE_NT(to + i, value);
    else
        *(NAME(vector) *)(to + i) = value;
}

/* Four vectors a turn: with AVX-512 four lines, enough to hide the loop itself. */
static inline __attribute__((always_inline)) TARGET void NAME(loop)(enum stream_op op,
                                                                    bool nontemporal, double *to,
                                                                    const double *x,
                                                                    const double *y, size_t n)
{
    for (size_t i = 0; i < n; i += 4 * NAME(lanes)) {
        NAME(step)(op, nontemporal, to, x, y, i);
        NAME(step)(op, nontemporal, to, x, y, i + NAME(lanes));
        NAME(step)(op, nontemporal, to, x, y, i + 2 * NAME(lanes));
        NAME(step)(op, nontemporal, to, x, y, i + 3 * NAME(lanes));
    }
    if (nontemporal)
        FENCE();
}

static TARGET void NAME(stream)(enum stream_op op, bool nontemporal, double *to, const double *x,
                                const double *y, size_t n)
{
    switch (op) {
    case STREAM_COPY:
        if (nontemporal)
            NAME(loop)(STREAM_COPY, true, to, x, y, n);
        else
            NAME(loop)(STREAM_COPY, false, to, x, y, n);
        return;
    case STREAM_SCALE:
        if (nontemporal)
            NAME(loop)(STREAM_SCALE, true, to, x, y, n);
        else
            NAME(loop)(STREAM_SCALE, false, to, x, y, n);
        return;
    case STREAM_ADD:
        if (nontemporal)
            NAME(loop)(STREAM_ADD, true, to, x, y, n);
        else
            NAME(loop)(STREAM_ADD, false, to, x, y, n);
        return;
    default:
        if (nontemporal)
            NAME(loop)(STREAM_TRIAD, true, to, x, y, n);
        else
            NAME(loop)(STREAM_TRIAD, false, to, x, y, n);
    }
}

#undef NAME
#undef TARGET
#undef VECTOR_BYTES
#undef STORE_NT
#undef FENCE
#endif
