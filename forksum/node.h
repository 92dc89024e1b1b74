/*
 * One node of the tree of processes: it sums its range directly, or gives each half to a child of
 * its own and reads their sums from pipes.
 *
 * Everything here is system calls alone (sys.h): no libc, no global variable that is written.
 */
#ifndef GM_FORKSUM_NODE_H
#define GM_FORKSUM_NODE_H

#include "range.h"

#include <stdbool.h>
#include <stdint.h>

enum order {
    ORDER_PATH, /* left before right: as many processes at once as the tree is deep */
    ORDER_TREE  /* both at once: as many as the tree has nodes */
};

/* What tests make the leaf do that holds a certain number; or its parent, at INJECT_STARVE. */
enum inject { INJECT_NONE, INJECT_WRONG, INJECT_KILL, INJECT_EXIT, INJECT_SHORT, INJECT_STARVE };

struct job;

/* A way to make a child that runs job_run(job). */
struct method {
    /* Returns a handle for wait(), or a negative errno; nothing is left behind then. */
    long (*start)(struct job *job);
    /* Returns the wait status, or a negative errno; ECHILD: gone, and nobody knows how. */
    int (*wait)(long handle);
    int (*await_end)(long handle); /* the same without reaping it; NULL: cannot be told apart */
    void (*kill)(long handle);     /* ends a child early; wait() must still follow */
    bool is_thread;                /* the child shares the caller's file descriptors */
    bool shares_memory;            /* the child runs in the caller's memory, on a stack of ours */
    bool suspends;                 /* the caller stands still until the child ends or execs */
    bool may_exec;
    bool execs;       /* always runs the program anew */
    unsigned char id; /* in methods[] */
};

/* What all nodes of a tree have in common. */
struct tree {
    struct method method; /* a copy: a table would be one more page to fault in */
    u128 leaf;            /* ranges of up to so many numbers have no children */
    u128 injected;        /* what `inject` is about */
    uint64_t patience_ns; /* how long a node waits for the system to allow another process */
    int order, inject;
    long root;             /* process id of the root */
    volatile long *family; /* where the root notes its (two) children while they live */
    char *stacks;          /* for children that share memory: STACK_BYTES for each slot */
    const char *program;   /* not NULL: children run the program anew, which has this path */
};

enum { STACK_BYTES = 16384 };

enum step { STEP_NONE, STEP_PIPE, STEP_START, STEP_EXEC, STEP_WAIT, STEP_CHILD, STEP_READ };

/* What a node writes into its pipe: less than PIPE_BUF, so one write takes it all or nothing. */
struct answer {
    u128 sum;
    uint64_t processes; /* made below this node */
    uint64_t retries;   /* times that the system refused one and was asked again */
    struct range range; /* of the child that failed */
    int step, error;    /* what failed: errno, or the wait status at STEP_CHILD */
};

/* A child's work. `slot` numbers the stacks: no two nodes alive at once have the same one. */
struct job {
    const struct tree *tree;
    struct range range;
    uint64_t slot;
    unsigned depth;
    int out;         /* the pipe's end that the answer goes into; -1: just end */
    int foreign[3];  /* descriptors of the parent that the child has no use for, or -1 */
    uint64_t *times; /* where to note when the child began and when it ended, or NULL */
};

/* Computes a root's node and all below it. */
void node_run(const struct job *job, struct answer *answer);

/* A child's whole life but for ending it: closes what is foreign, computes, answers. */
void job_run(const struct job *job);

/* For a child that cannot even begin: answers with what failed. */
void job_fail(const struct job *job, int step, int error);

/* CLOCK_MONOTONIC by a system call: libc's clock would be another page to be faulted in. */
uint64_t node_now_ns(void);

#endif
