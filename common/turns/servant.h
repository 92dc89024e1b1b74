/*
 * A servant: a process that does one repetition for every line it is sent (`TOOL --steps`), and
 * answers with that repetition's rows and an end mark.
 *
 * It lives in a folder. Read there: `serve`, the shell script that it is. Written there: `rows`,
 * what it measured, with the number of the turn for that of the repetition; `facts`, the lines
 * `# key=value` that it ended with, without the mark; `err`, what it and its conductor said on
 * stderr; `status`, its exit status, or 124 where its conductor had to end it.
 *
 * A script whose stdin and stdout pass through other processes (an engine's) can say `channel PATH`
 * first: from then on the FIFOs PATH.in and PATH.out stand for them, which are removed once it is
 * ready. What it has running on their other end needs nobody in between, whose work would leave the
 * CPU cold for the step.
 */
#ifndef GM_TURNS_SERVANT_H
#define GM_TURNS_SERVANT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct servant {
    const char *folder;
    bool lives; /* can be asked for a step */
    pid_t pid;  /* also its process group; 0: none */
    int in, out;
    int script; /* what it said `channel` by, which only its end is awaited from; -1: none */
    FILE *rows;
    char *text; /* what it has said and nobody has read yet: `used` bytes, of which the first line
                   begins at `line` */
    size_t used, room, line;
};

/* Starts it and waits until it is ready. Failing, it is ended and its folder says why. */
void servant_start(struct servant *servant, const char *folder, double limit_s);

/*
 * One repetition, as turn number `turn`. False if it died or took longer than limit_s: then it has
 * been ended, and its folder says why.
 */
bool servant_step(struct servant *servant, uint64_t turn, double limit_s);

/* Closes its input, takes its facts, waits for its end. True if it ended well; also if it had. */
bool servant_finish(struct servant *servant, double limit_s);

/* Kills it and whatever it has started in its process group; from a signal handler, too. */
void servant_kill(const struct servant *servant);

#endif
