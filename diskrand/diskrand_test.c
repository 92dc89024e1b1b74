/* diskrand's parts against known answers: pattern, stamp, steady state, witnesses, extents. */
#include "account.h"
#include "place.h"
#include "stamp.h"
#include "steady.h"
#include "tap.h"

#include "pattern.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether a pass visits every block of its area once. */
static bool visits_all(uint64_t blocks, uint64_t seed)
{
    struct pattern pattern = {.kind = RANDWRITE, .first = 100, .blocks = blocks};
    unsigned char *seen = calloc(blocks, 1);
    bool good = seen;
    pattern_init(&pattern, seed, 3);
    for (int pass = 0; good && pass < 2; pass++) {
        memset(seen, 0, blocks);
        for (uint64_t i = 0; good && i < blocks; i++) {
            struct access access = pattern_next(&pattern);
            good = access.write && access.block >= 100 && access.block < 100 + blocks &&
                   !seen[access.block - 100]++;
        }
        good = good && pattern_wraps(&pattern);
    }
    free(seen);
    return good;
}

static void test_permutation(void)
{
    bool good = true;
    for (uint64_t blocks = 1; blocks <= 300; blocks++)
        good = good && visits_all(blocks, blocks) && visits_all(blocks, 7);
    tap_ok(good, "every pass over 1 to 300 blocks visits each block once");
    tap_ok(visits_all(16384, 1) && visits_all(16383, 1) && visits_all(16385, 1),
           "and over 16384 blocks and its neighbours");
}

/* Neighbours in time must not be neighbours on the disk: mean distance of random ones is n/3. */
static void test_spread(void)
{
    enum { blocks = 10000 };
    struct pattern one = {.kind = RANDREAD, .blocks = blocks}, same = one, other = one;
    double distance = 0;
    uint64_t last = 0, equal_same = 0, equal_other = 0, first_pass[blocks], equal_pass = 0;
    pattern_init(&one, 1, 0);
    pattern_init(&same, 1, 0);
    pattern_init(&other, 2, 0);
    for (int i = 0; i < blocks; i++) {
        uint64_t block = pattern_next(&one).block;
        first_pass[i] = block;
        distance += fabs((double)block - (double)last);
        last = block;
        equal_same += block == pattern_next(&same).block;
        equal_other += block == pattern_next(&other).block;
    }
    tap_near(distance / blocks, blocks / 3.0, 0.05, "random blocks are a third of the area apart");
    tap_ok(equal_same == blocks && equal_other < 10, "the seed, and nothing else, sets the order");
    for (int i = 0; i < blocks; i++)
        equal_pass += pattern_next(&one).block == first_pass[i];
    tap_ok(equal_pass < 10, "the next pass has another order");
}

static void test_kinds(void)
{
    struct pattern pattern = {.kind = WRITE, .first = 5, .blocks = 3};
    const uint64_t wanted[] = {5, 6, 7, 5};
    bool good = true;
    pattern_init(&pattern, 1, 0);
    for (int i = 0; i < 4; i++) {
        struct access access = pattern_next(&pattern);
        good = good && access.block == wanted[i] && access.write;
    }
    tap_ok(good, "write ascends and begins again");
    pattern = (struct pattern){.kind = RANDRW, .blocks = 1000, .read_share = 0.7};
    pattern_init(&pattern, 1, 0);
    int reads = 0;
    for (int i = 0; i < 10000; i++)
        reads += !pattern_next(&pattern).write;
    tap_near(reads / 10000.0, 0.7, 0.03, "randrw reads its share");
    pattern = (struct pattern){.kind = RANDREAD, .blocks = 1000, .repeating = true};
    pattern_init(&pattern, 1, 0);
    unsigned char seen[1000] = {0};
    int distinct = 0;
    for (int i = 0; i < 1000; i++)
        distinct += !seen[pattern_next(&pattern).block]++;
    tap_near(distinct, 632, 0.1, "independent draws visit 1 - 1/e of the blocks");
}

static void test_stamp(void)
{
    enum { bytes = 4096 };
    _Alignas(8) static char block[bytes];
    struct rng rng;
    struct stamp found, wanted = {.number = 8, .generation = 5, .run = 77};
    rng_seed(&rng, 1, 0);
    stamp_fill(block, bytes, &rng, 0);
    stamp_put(block, bytes, wanted, true);
    tap_ok(stamp_check(block, bytes, wanted, &found) == STAMP_GOOD, "a stamped block is good");
    bool torn = true;
    for (size_t at = 0; at < bytes; at++) {
        block[at] ^= 1;
        torn = torn && stamp_check(block, bytes, wanted, &found) == STAMP_TORN;
        block[at] ^= 1;
    }
    tap_ok(torn, "one flipped bit in any byte is found");
    const struct {
        struct stamp stamp;
        enum stamp_fault fault;
    } cases[] = {{{9, 5, 77, 0}, STAMP_MISPLACED},
                 {{8, 4, 77, 0}, STAMP_STALE},
                 {{8, 0, 77, 0}, STAMP_LOST},
                 {{8, 5, 76, 0}, STAMP_LOST}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        stamp_put(block, bytes, cases[i].stamp, true);
        tap_ok(stamp_check(block, bytes, wanted, &found) == cases[i].fault, "block %d.%d.%d is %s",
               (int)cases[i].stamp.number, (int)cases[i].stamp.generation, (int)cases[i].stamp.run,
               stamp_fault_names[cases[i].fault]);
    }
    /* The second half of an older write under a newer first half. */
    static char older[bytes];
    memcpy(older, block, bytes);
    stamp_put(older, bytes, (struct stamp){8, 4, 77, 0}, true);
    stamp_put(block, bytes, wanted, true);
    memcpy(block + bytes / 2, older + bytes / 2, bytes / 2);
    tap_ok(stamp_check(block, bytes, wanted, &found) == STAMP_TORN, "half of an older write");
    stamp_fill(block, bytes, &rng, 50);
    int zeros = 0;
    for (int i = 0; i < bytes; i++)
        zeros += block[i] == 0;
    tap_near(zeros, bytes / 2.0, 0.02, "50 percent compressible is half zeros");
}

static void test_steady(void)
{
    const double flat[] = {100, 105, 95, 102, 99}, rising[] = {95, 97.5, 100, 102.5, 105.5},
                 wild[] = {100, 115, 100, 92, 100};
    tap_ok(steady_test(flat).steady, "a flat run is steady");
    struct steady steady = steady_test(rising);
    tap_ok(!steady.steady && steady.range < 0.2, "a slope of more than 10 %% is not");
    steady = steady_test(wild);
    tap_ok(!steady.steady && fabs(steady.slope) < 0.1, "a range of more than 20 %% is not");
    tap_near(steady_test((const double[]){96, 98, 100, 102, 104}).slope, 0.08, 1e-12,
             "the slope of a straight line");
}

static void test_witnesses(void)
{
    char text[160];
    struct account account = {
        .asked = {true, 1000, 500}, .process = {true, 1000, 500}, .device = {true, 1050, 540}};
    tap_ok(strcmp(account_verdict(&account, false, text, sizeof text), "passed") == 0,
           "witnesses within 10 %% pass");
    account.device.written = 100;
    tap_ok(strncmp(account_verdict(&account, true, text, sizeof text), "failed: the device", 18) ==
               0,
           "a device that saw less fails: %s", text);
    account.device.written = 900;
    tap_ok(strncmp(account_verdict(&account, false, text, sizeof text), "failed", 6) == 0 &&
               strcmp(account_verdict(&account, true, text, sizeof text), "passed") == 0,
           "more than asked for fails, unless metadata explains it");
    account.process.read = 0;
    tap_ok(strncmp(account_verdict(&account, true, text, sizeof text), "failed: the process", 19) ==
               0,
           "a process that read less fails");
    account.process.known = account.device.known = false;
    tap_ok(strncmp(account_verdict(&account, false, text, sizeof text), "unknown", 7) == 0,
           "no witness is no verdict");
}

/* A hole in the middle, on whatever filesystem the tests' folder is. */
static void test_extents(const char *folder)
{
    enum { bytes = 1 << 20 };
    char path[256];
    static char data[bytes / 4];
    snprintf(path, sizeof path, "%s/gm-extents.XXXXXX", folder);
    int fd = mkstemp(path);
    memset(data, 1, sizeof data);
    bool good =
        fd >= 0 && unlink(path) == 0 && pwrite(fd, data, sizeof data, 0) == (ssize_t)sizeof data &&
        pwrite(fd, data, sizeof data, 3 * bytes / 4) == (ssize_t)sizeof data && fsync(fd) == 0;
    tap_ok(good, "a file with a hole");
    struct extents extents = place_extents(fd, bytes);
    if (!extents.known) {
        tap_skip("the hole is found", "no FIEMAP on this filesystem");
    } else {
        tap_ok(extents.absent == bytes / 2, "the hole is found");
        struct extents longer = place_extents(fd, 2 * bytes);
        tap_ok(longer.absent == bytes / 2 + bytes, "and what lies past the end");
    }
    close(fd);
    if (stat("/dev/shm", &(struct stat){0}) != 0 || (fd = open("/dev/shm", O_RDONLY)) < 0) {
        tap_skip("/dev/shm is memory", "no /dev/shm");
        return;
    }
    struct place place;
    good = place_of(fd, &place) == 0 && place.kind == PLACE_MEMORY;
    tap_ok(good, "/dev/shm is memory");
    close(fd);
}

int main(void)
{
    const char *build = getenv("BUILD");
    test_permutation();
    test_spread();
    test_kinds();
    test_stamp();
    test_steady();
    test_witnesses();
    test_extents(build ? build : ".");
    return tap_done();
}
