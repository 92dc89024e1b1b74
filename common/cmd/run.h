/* One run of the command, and why one has failed. */
#ifndef GM_CMD_RUN_H
#define GM_CMD_RUN_H

#include <stdbool.h>

struct run {
    char **words;     /* the command, ends with NULL */
    const char *name; /* for messages; NULL: run_prepare() takes the first word's last part */
    bool keep_out;    /* what it prints is wanted */
    int in, out, err; /* what its first three descriptors are: files in memory, or /dev/null */
    int error;        /* why the last run did not start; 0: it did */
    int status;       /* how it ended, as waitpid() says */
};

/* Opens its files. Ends the process if the system refuses. */
void run_prepare(struct run *run);

/* Empties the files that it writes to. */
void run_clear(const struct run *run);

/* True if it ended with status 0. Nothing is printed: this is what is timed. */
bool run_once(struct run *run);

/* Ends the process with one line that says why the last run was not a good one. */
_Noreturn void run_explain(const struct run *run);

#endif
