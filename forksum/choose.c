#include "choose.h"

#include "anew.h"
#include "err.h"
#include "family.h"
#include "opt.h"

#include <errno.h>
#include <math.h>
#include <sys/mman.h>

/* Stacks for children that share memory: touched only as far as they are used. */
static char *map_stacks(const struct tree *tree, struct range range)
{
    struct shape shape = range_shape(range.last - range.first + 1, tree->leaf);
    unsigned depth = shape.depth < TREE_SIZES ? TREE_SIZES : shape.depth;
    double slots = tree->order == ORDER_PATH ? depth + 1 : ldexp(1, (int)depth + 1);
    void *stacks = MAP_FAILED;
    errno = ENOMEM;
    if (slots < 0x1p30)
        stacks = mmap(NULL, (size_t)slots * STACK_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stacks == MAP_FAILED)
        die_errno(STATUS_SYSTEM, "%.0f stacks", slots);
    return stacks;
}

static void set_method(struct trees *trees, enum method_id id, bool exec)
{
    struct tree *tree = &trees->tree;
    tree->method = methods[id];
    tree->program = NULL;
    if (exec && !tree->method.may_exec)
        opt_usage("--exec goes with the methods fork, vfork and spawn");
    if (exec || tree->method.execs) {
        tree->program = anew_program();
        if (!tree->program)
            die(STATUS_UNAVAILABLE, "--method %s: no path to this program", method_names[id]);
    }
    if (tree->method.suspends && tree->order == ORDER_TREE && !tree->program)
        opt_usage("--method vfork stands still until the child ends: only --order path");
    if (tree->method.shares_memory)
        tree->stacks = map_stacks(tree, trees->range);
}

/* Whether this system has the method; any other failure will show again when it is measured. */
static bool works(const struct tree *tree, struct answer *answer)
{
    struct tree small = *tree;
    small.leaf = 1;
    small.inject = INJECT_NONE;
    tree_time(&small, (struct range){1, 2}, answer);
    if (answer->step == STEP_NONE)
        return true;
    family_end();
    return !method_lacking(answer->error);
}

static _Noreturn void die_without(const char *what, const struct answer *answer)
{
    die(STATUS_UNAVAILABLE, "%s: %s", what, answer_reason(answer));
}

enum method_id choose_method(struct trees *trees, enum method_id wanted, bool exec,
                             struct report *report)
{
    static const enum method_id by_likeness[METHOD_COUNT] = {
        METHOD_FORK, METHOD_SPAWN, METHOD_VFORK, METHOD_CLONE, METHOD_THREAD};
    struct answer answer = {0};

    if (wanted != METHOD_AUTO) {
        set_method(trees, wanted, exec);
        if (!works(&trees->tree, &answer))
            die_without(method_names[wanted], &answer);
        return wanted;
    }
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        enum method_id id = by_likeness[i];
        if ((exec && !methods[id].may_exec) ||
            (trees->tree.order == ORDER_TREE && methods[id].suspends && !methods[id].execs))
            continue;
        set_method(trees, id, exec);
        if (!works(&trees->tree, &answer))
            continue;
        if (id != METHOD_FORK) {
            warn("no fork here: measuring --method %s instead", method_names[id]);
            report_note(report, "no fork here: this is --method %s", method_names[id]);
        }
        return id;
    }
    die_without("no way to make a process or a thread", &answer);
}
