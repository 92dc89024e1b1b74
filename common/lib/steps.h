/*
 * --steps: a program as a servant, set up once, that does one repetition whenever it is told to.
 *
 *     benchmark,metric,unit,better,rep,value        once, and then:
 *     ready                                         set up, calibrated, warmed up
 *     linpack,lu,flop/s,higher,1,2.53e+10           for each line on stdin, whatever it holds, the
 *     end                                           rows of one verified repetition and this mark
 *     # key=value                                   at the end of stdin: the facts
 *
 * So a repetition costs its timed region and little else, and whoever holds several servants can
 * let them take turns. The order of one servant's life: steps_ready(), steps_await(), and as long
 * as that is true steps_answer(), steps_await(). bench_goes_on() is what calls them.
 */
#ifndef GM_STEPS_H
#define GM_STEPS_H

#include "report.h"

#include <stdbool.h>

/* Says so, behind the header. The samples so far were warm-up, and are forgotten. */
void steps_ready(struct report *report);

/* Answers with the samples of this repetition, and forgets them. */
void steps_answer(struct report *report);

/*
 * Sleeps until there is a whole line; several at once are as many steps. False when stdin has
 * ended, be it in the middle of a line. All three end the process with status 1 and one line when
 * stdin or stdout fail, a closed pipe included.
 */
bool steps_await(void);

#endif
