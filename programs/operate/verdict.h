/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operation showed: a sentence for each thing that should have held. Pure. */
#ifndef OPERATE_VERDICT_H
#define OPERATE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "operate/figures.h"
#include "operate/papers.h"
#include "operate/phrases.h"
#include "operate/restart.h"
#include "operate/timetable.h"
#include "operate/watch.h"

enum { VERDICT_SENTENCES_MAX = 17 };

/* A script had time for its task once the operation lasted so many times what the task takes by itself: the cut of
 * every line is 7 % of the timetable, and after it the pictures have to be there again and the arm engaged. */
#define VERDICT_TASK_SHARE 1.4

struct verdict_evidence {
    const struct timetable *timetable;
    const struct watch *watch;
    uint64_t began_ns; /* the timetable's zero */
    double elapsed_s;  /* how much of the timetable ran */
    bool is_broken;    /* a program ended that should not have */
    double task_s;     /* what the task of the scripted hands takes; NAN: they do none */
    const struct restart *restarts; /* of every process, `restart_count` of them */
    size_t restart_count;
    const struct figures *cart, *console; /* NULL: that end left nothing */
    struct papers papers[STATUS_SIDES];
    const char *logs_why; /* they were asked for and are not whole; else NULL */
};

enum verdict_mark {
    VERDICT_GOOD,
    VERDICT_BAD,
    VERDICT_OPEN /* told, and held against nobody */
};

struct verdict {
    bool good;    /* none is bad */
    bool is_open; /* some are VERDICT_OPEN */
    unsigned count;
    struct verdict_sentence {
        enum verdict_mark mark;
        char text[PHRASE_BYTES];
    } sentences[VERDICT_SENTENCES_MAX];
};

/* Held against it: the timetable ran whole and no program broke or died; both ends left reports, and what
 * traces and logs they were asked for, whole; the ends
 * met and the arm followed; no hold while the first line was cut; exactly one while all were; moved
 * again after it; no hold at other times that nobody asked for, whatever the weather. Of a part of the
 * timetable in which a process died, or the arm had not followed since, only that is said.
 *
 * Where the robot has a scene: scripted hands have done its task, touched nothing that is not to be touched, stayed
 * below its limit of force and tore nothing out of the jaws. A task that is not done is open where the hands are
 * others, or ran for less than VERDICT_TASK_SHARE times what it takes. */
void verdict_judge(struct verdict *verdict, const struct verdict_evidence *evidence,
                   enum words_language language);

#endif
