/*
 * What a block holds. Its contents are random and so neither compress nor deduplicate; on top of
 * them lie a stamp, which says which block this is and which write of it, and in every further page
 * a tag derived from the stamp, so that no two pages of a file are ever equal: filesystems and
 * volumes that deduplicate do it by 4 KiB or more. To be verified, every sector has a tag, so that
 * a part of an older write is never equal to the newer one's. That touches seven more cache lines
 * of a page, which the device has just read: a tenth of the CPU time of an I/O.
 */
#ifndef GM_DISKRAND_STAMP_H
#define GM_DISKRAND_STAMP_H

#include "rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STAMP_SECTOR = 512, STAMP_PAGE = 4096 };

/* The first 32 bytes of a block. */
struct stamp {
    uint64_t number;     /* of the block in the file */
    uint64_t generation; /* 0: as the file was filled; then each write of this block adds 1 */
    uint64_t run;        /* differs from run to run, whatever the seed */
    uint64_t checksum;   /* of everything else in the block */
};

/* Random contents; of every sector, the last `compressible` percent are zero. */
void stamp_fill(void *buffer, size_t bytes, struct rng *rng, double compressible);

/*
 * Writes stamp and tags into a block of `bytes` bytes, a multiple of STAMP_SECTOR. The checksum and
 * the tags of sectors are there only if `checksum` is set: they cost time.
 */
void stamp_put(void *block, size_t bytes, struct stamp stamp, bool checksum);

enum stamp_fault {
    STAMP_GOOD,
    STAMP_TORN,      /* the checksum is wrong: parts of different writes, or damaged bytes */
    STAMP_MISPLACED, /* another block's contents */
    STAMP_LOST,      /* contents from before the run: no write has arrived */
    STAMP_STALE      /* contents of an older write than the last one */
};
extern const char *const stamp_fault_names[];

/* Compares a block with what it must hold (wanted.checksum is not used). */
enum stamp_fault stamp_check(const void *block, size_t bytes, struct stamp wanted,
                             struct stamp *found);

#endif
