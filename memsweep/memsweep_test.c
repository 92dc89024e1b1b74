/* memsweep's parts: kernels against plain loops, sequences against their definition, every word of
 * a buffer damaged once. */
#include "chase.h"
#include "faults.h"
#include "kernels.h"
#include "space.h"
#include "stream_kernels.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

/* ---- STREAM ---- */

static double plain(enum stream_op op, double x, double y)
{
    switch (op) {
    case STREAM_COPY:
        return x;
    case STREAM_SCALE:
        return STREAM_SCALAR * x;
    case STREAM_ADD:
        return x + y;
    default:
        return x + STREAM_SCALAR * y;
    }
}

/* All arrays end at an inaccessible page, so that one element too many crashes. */
static bool stream_good(const struct stream_isa *isa, enum stream_op op, enum stream_way way,
                        size_t n)
{
    struct mem mem[3];
    double *data[3];
    bool good = true;
    for (int i = 0; i < 3; i++) {
        good = mem_map_guarded(&mem[i], n * sizeof(double)) == 0 && good;
        data[i] = mem[i].data;
    }
    for (size_t i = 0; good && i < n; i++) {
        data[0][i] = -1;
        data[1][i] = (double)i;
        data[2][i] = (double)(7 * i + 3);
    }
    if (good)
        isa->kernel(op, way, data[0], data[1], data[2], n);
    for (size_t i = 0; good && i < n; i++)
        good = data[0][i] == plain(op, data[1][i], data[2][i]) && data[1][i] == (double)i &&
               data[2][i] == (double)(7 * i + 3);
    for (int i = 0; i < 3; i++)
        mem_unmap(&mem[i]);
    return good;
}

static void test_stream(void)
{
    for (int limit = ISA_GENERIC; limit < ISA_COUNT; limit++) {
        const struct stream_isa *isa = stream_isa_choose((enum isa)limit);
        if ((int)isa->isa != limit) {
            tap_skip(isa_names[limit], "this CPU does not have it");
            continue;
        }
        bool good = true;
        for (int i = 0; i < STREAM_OPS * STREAM_WAYS; i++) {
            enum stream_op op = (enum stream_op)(i / STREAM_WAYS);
            enum stream_way way = (enum stream_way)(i % STREAM_WAYS);
            for (size_t pages = 0; pages <= 9; pages++)
                good = stream_good(isa, op, way, pages * STREAM_MULTIPLE) && good;
        }
        tap_ok(good, "%s: every way does what a plain loop computes", isa->name);
    }
}

/* ---- pointer chase ---- */

static size_t most_distance(const struct chase *chase, size_t steps)
{
    const struct chase_node *at = chase->at;
    uintptr_t low = UINTPTR_MAX, high = 0;
    for (size_t i = 0; i < steps; i++, at = at->next) {
        low = (uintptr_t)at < low ? (uintptr_t)at : low;
        high = (uintptr_t)at > high ? (uintptr_t)at : high;
    }
    return high - low;
}

static void test_chase(void)
{
    static const size_t strides[] = {64, 72, 256}, nodes[] = {1, 2, 3, 100, 1000};
    struct mem mem;
    struct chase chase;
    char why[WHY_BYTES];
    bool good = true;
    for (size_t s = 0; s < 3; s++) {
        for (size_t n = 0; n < 5; n++) {
            good = mem_map_guarded(&mem, strides[s] * nodes[n]) == 0 &&
                   chase_build(&chase, &mem, strides[s], n % 2 ? 1024 : 0, 7) == 0 && good;
            uint64_t from = chase.at->rank;
            chase_walk(&chase, 5);
            good = chase_verify(&chase, from, 5 * CHASE_UNROLL, why, sizeof why) && good;
            good = (nodes[n] == 1 ||
                    !chase_verify(&chase, from, 5 * CHASE_UNROLL + 1, why, sizeof why)) &&
                   good;
            mem_unmap(&mem);
        }
    }
    tap_ok(good, "cycles of any size and stride hold, and their length is checked");
    tap_ok(mem_map_guarded(&mem, 1 << 20) == 0 && chase_build(&chase, &mem, 64, 4096, 1) == 0 &&
               most_distance(&chase, 64) < 4096 && most_distance(&chase, 1024) > 4096,
           "locality: all of one block before the next");
    tap_ok(chase_build(&chase, &mem, 64, 0, 1) == 0 && most_distance(&chase, 64) > 1 << 19,
           "no locality: anywhere");
    mem_unmap(&mem);
    mem.bytes = 10;
    tap_ok(chase_build(&chase, &mem, 64, 0, 1) != 0, "less than a node is refused");
}

static void test_chase_damage(void)
{
    enum { nodes = 16, stride = 64 };
    struct mem mem;
    struct chase chase;
    char why[WHY_BYTES];
    int missed = 0;
    if (mem_map_touched(&mem, nodes * stride, PAGES_4K) != 0 ||
        chase_build(&chase, &mem, stride, 0, 3) != 0)
        missed = -1;
    for (size_t bit = 0; missed >= 0 && bit < nodes * stride * 8; bit++) {
        unsigned char *byte = (unsigned char *)mem.data + bit / 8;
        *byte ^= (unsigned char)(1u << bit % 8);
        missed += chase_verify(&chase, 0, 0, why, sizeof why);
        *byte ^= (unsigned char)(1u << bit % 8);
    }
    tap_ok(missed == 0, "each bit flipped in a cycle is noticed (%d missed)", missed);
    mem_unmap(&mem);
}

/* ---- RandomAccess, faults, limits ---- */

static void test_gups(void)
{
    uint64_t value = 1;
    bool good = true;
    for (uint64_t k = 0; k < 5000; k++) {
        good = good && gups_power(k) == value;
        value = value << 1 ^ (value >> 63 ? 7 : 0);
    }
    tap_ok(good, "the k-th value is that of k steps");
    /* HPCC's PERIOD: the sequence returns to its start after so many steps. */
    tap_ok(gups_power(1317624576693539401u) == 1 && gups_power(1317624576693539402u) == 2,
           "the period is HPCC's");
}

static void test_faults(void)
{
    struct faults faults = faults_none(), unsaid = {0};
    struct mem mem;
    char why[WHY_BYTES];
    tap_ok(mem_map_touched(&mem, 10 * mem_page_bytes(), PAGES_4K) == 0, "ten pages");
    faults_add(&faults, &mem, 10);
    tap_ok(faults.expected == 10 && faults_verify(&faults, why, sizeof why), "take ten faults");
    faults_add(&faults, &mem, 9);
    tap_ok(!faults_verify(&faults, why, sizeof why), "nine would be wrong");
    faults_add(&faults, &mem, 11 + 1);
    if (faults.moved == 0 || faults.moved != faults_none().moved)
        tap_skip("one more is wrong", "this kernel moves pages just now, or does not say");
    else
        tap_ok(faults_verify(&faults, why, sizeof why) == faults_of_others(), "one more is wrong");
    faults_add(&unsaid, &mem, 10 + 8);
    tap_ok(faults_verify(&unsaid, why, sizeof why), "eight more are let pass where pages may move");
    faults_add(&faults, &mem, 2 * 10);
    tap_ok(faults_verify(&faults, why, sizeof why) == faults_of_others(),
           "twice as many are wrong");
    mem_unmap(&mem);
}

static void test_fitting(void)
{
    uint64_t available = mem_available();
    tap_ok(space_fitting(4096, 1) == 4096, "what fits is left alone");
    uint64_t got = space_fitting(UINT64_C(1) << 50, 3);
    tap_ok(got <= available / 6 + available / 60 && got >= available / 16,
           "what does not fit is halved until three fit into half");
}

int main(void)
{
    test_stream();
    test_chase();
    test_chase_damage();
    test_gups();
    test_faults();
    test_fitting();
    return tap_done();
}
