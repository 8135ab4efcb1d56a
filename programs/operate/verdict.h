/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operation showed, in words: a sentence for each thing that should have held, and the
 * figures of both ends. Pure but for the stream printed to. */
#ifndef OPERATE_VERDICT_H
#define OPERATE_VERDICT_H

#include <stdbool.h>
#include <stdio.h>

#include "operate/figures.h"
#include "operate/timetable.h"
#include "operate/watch.h"

enum { VERDICT_SENTENCES_MAX = 8, VERDICT_SENTENCE_BYTES = 200 };

struct verdict {
    bool good; /* every one holds */
    unsigned count;
    struct verdict_sentence {
        bool good;
        char text[VERDICT_SENTENCE_BYTES];
    } sentences[VERDICT_SENTENCES_MAX];
};

/* `elapsed_s`: how much of the timetable ran; one that did not run whole is not good. Held against
 * it: the ends met and the arm followed; no hold while the first line was cut; exactly one while all
 * were; moved again after it. Holds at other times are told in a sentence but fail nothing: bad
 * weather may earn them. */
void verdict_judge(struct verdict *verdict, const struct timetable *timetable,
                   const struct watch *watch, double elapsed_s);

struct verdict_ends { /* NULL: that end left no report */
    const struct figures *cart, *console;
};

/* The report in words: figures of the whole, of each line, of each phase, holds, then the verdict. */
void verdict_print(FILE *out, const struct verdict *verdict, const struct timetable *timetable,
                   const struct watch *watch, const struct verdict_ends *ends);

#endif
