/*
 * The file that is measured. Made by this program it has a header (its first MiB, which the
 * workload never touches), then the data. Anybody else's file or a block device has no header and
 * is touched only when the user has named it twice.
 */
#ifndef GM_DISKRAND_FILE_H
#define GM_DISKRAND_FILE_H

#include "place.h"

struct file_want {
    const char *path;     /* a file, a folder (then a file of ours in it), or a block device */
    const char *destroys; /* --i-know-this-destroys, or NULL */
    uint64_t bytes;       /* of data */
    uint64_t block;
    bool buffered; /* through the page cache instead of O_DIRECT */
    bool keep;     /* leave the file for a later run; otherwise it has no name while it is used */
    bool refill;   /* fill even a file that is ours and ready */
    double compressible;
    uint64_t seed, run; /* of the contents; see stamp.h */
};

struct work_file {
    char name[4096]; /* for messages */
    int fd;
    bool named;            /* by us: the operand is its folder */
    bool foreign;          /* not ours: no header */
    bool reused;           /* was ready from an earlier run, not filled now */
    bool linked;           /* has a name that is ours to remove */
    uint64_t start, bytes; /* of the data: offset and length, whole blocks */
    double fill_s;
    struct place place;
    struct extents extents;
};

enum { FILE_HEADER_BYTES = 1 << 20 };

/*
 * Opens or makes the file, asks for the space, fills it with random data, syncs it and checks that
 * every block of it is written. Ends the process with one line if anything is not as wanted; then
 * nothing is left behind.
 */
void file_open(struct work_file *file, const struct file_want *want);

/* Prints where a file or folder lies: filesystem=, device= and, where it is no disk, memory=. */
void file_where(const char *path);

void file_close(struct work_file *file);

#endif
