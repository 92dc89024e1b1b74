/*
 * Reading back: whether every block of the file holds what was last written to it.
 */
#ifndef GM_DISKRAND_VERIFY_H
#define GM_DISKRAND_VERIFY_H

#include "file.h"

/* What --inject does to one block behind the run's back, so that a test sees it found. */
enum verify_fault { FAULT_NONE, FAULT_TORN, FAULT_MISPLACED, FAULT_LOST, FAULT_STALE };
extern const char *const verify_fault_names[]; /* ends with NULL, to be an option's choices */

struct verify {
    const struct work_file *file;
    uint64_t block, run;         /* bytes of a block; see stamp.h */
    const uint32_t *generations; /* of every block: how often it was written */
};

/* Puts the fault on the disk. Ends the process if no block was written often enough for it. */
void verify_inject(const struct verify *verify, enum verify_fault fault);

/*
 * Reads the whole file, past the page cache. Ends the process with status 3 and the first wrong
 * block's offset and fault if any is wrong.
 */
void verify_all(const struct verify *verify);

#endif
