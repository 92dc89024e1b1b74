/*
 * The witnesses: bytes that the kernel accounted to this process (/proc/self/io, which counts what
 * goes to the block layer) and to the block device (its stat file in sysfs), beside those that
 * were asked for. Without O_DIRECT, or with a cache in between, they do not agree.
 */
#ifndef GM_DISKRAND_ACCOUNT_H
#define GM_DISKRAND_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct account_bytes {
    bool known;
    uint64_t read, written;
};

/* Counts of the timed regions, added up. Begin with a zeroed one. */
struct account {
    struct account_bytes asked, process, device;
    struct account_bytes process_start, device_start;
};

/* Around each timed region; `device` as in struct place. */
void account_start(struct account *account, dev_t device);
void account_stop(struct account *account, dev_t device, uint64_t read, uint64_t written);

/*
 * The verdict: "passed", "failed: WHAT, WHY" or "unknown: WHY". A device is shared: more than was
 * asked for may be somebody else's, and is said so; with `extra` (syncs write metadata too) it is
 * no failure.
 */
const char *account_verdict(const struct account *account, bool extra, char *text, size_t bytes);

#endif
