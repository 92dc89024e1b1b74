/* What report.c collects and report_print.c prints: nobody else's business. */
#ifndef GM_REPORT_DATA_H
#define GM_REPORT_DATA_H

#include "report.h"

#include <stdbool.h>
#include <stddef.h>

struct sample {
    int rep;
    double value;
};

struct metric {
    struct metric *next;
    char *name;
    const char *unit;
    enum better better;
    size_t count, room, counted; /* samples, space for them, samples that are not warm-up */
    struct sample *samples;
};

struct fact {
    struct fact *next;
    char *key, *value;
};

struct note {
    struct note *next;
    char *text;
};

struct report {
    const char *benchmark;
    char *title;
    bool show_facts; /* in text */
    struct metric *metrics, **last_metric;
    struct fact *facts, **last_fact;
    struct note *notes, **last_note;
    bool served; /* report_header() was called */
};

#endif
