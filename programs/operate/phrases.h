/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the closing report of `jisr operate` and the first lines of `jisr try` say, in the languages of the page
 * (screen/words.h).
 *
 * A phrase has places for figures, `{0}` to `{9}`, because languages order them differently; a test
 * holds that every language has the same ones. Numbers stand so that no word has to agree with them.
 * Pure, no heap; any thread. */
#ifndef OPERATE_PHRASES_H
#define OPERATE_PHRASES_H

#include <stddef.h>

#include "screen/words.h"

enum { PHRASE_BYTES = 512, PHRASE_PLACES = 10, FIGURE_BYTES = 32 };

enum phrase {
    PHRASE_FIGURES, /* headings */
    PHRASE_DELAYS,
    PHRASE_LINES,
    PHRASE_CUTS,
    PHRASE_CUTS_COUNT,
    PHRASE_VERDICT,

    PHRASE_MEDIAN, /* columns */
    PHRASE_99,
    PHRASE_99_9,
    PHRASE_MOST,
    PHRASE_RECEIVED,
    PHRASE_LOST,
    PHRASE_DELAY,
    PHRASE_JITTER,
    PHRASE_SILENCE,

    PHRASE_PART_FORTH, /* rows: what the delay from hand to eye is made of, */
    PHRASE_PART_ROBOT,
    PHRASE_PART_ENCODE,
    PHRASE_PART_BACK,
    PHRASE_PART_DECODE,
    PHRASE_PART_DISPLAY,
    PHRASE_COMMAND,
    PHRASE_LOOP,
    PHRASE_LOOP_LATE,
    PHRASE_NOT_REALTIME,
    PHRASE_GESTURES, /* and others */
    PHRASE_GESTURE_COUNTS,
    PHRASE_PICTURES,
    PHRASE_PICTURE_COUNTS,
    PHRASE_CAMERA_COUNTS,
    PHRASE_TASK,
    PHRASE_TASK_COUNTS,
    PHRASE_TASK_DONE,
    PHRASE_TASK_OPEN,
    PHRASE_CLOCK_READING,
    PHRASE_LINE_FORTH,
    PHRASE_LINE_BACK,
    PHRASE_UNSENT_COUNTS,
    PHRASE_HOLD,
    PHRASE_HOLD_TO_THE_END,
    PHRASE_PHASE,
    PHRASE_PHASE_GESTURES,

    PHRASE_GOOD, /* the verdict */
    PHRASE_BAD,
    PHRASE_OPEN,
    PHRASE_NEVER_MET,
    PHRASE_NEVER_FOLLOWED,
    PHRASE_FOLLOWED,
    PHRASE_FIRST_CUT_STOPPED,
    PHRASE_FIRST_CUT_HELD_BEFORE,
    PHRASE_FIRST_CUT_NO_GESTURE,
    PHRASE_FIRST_CUT_WELL,
    PHRASE_ALL_CUT_HELD_BEFORE,
    PHRASE_ALL_CUT_NOT_HELD,
    PHRASE_ALL_CUT_HELD_OFTEN,
    PHRASE_ALL_CUT_WELL,
    PHRASE_RETURN_NOT_FOLLOWED,
    PHRASE_RETURN_NO_GESTURE,
    PHRASE_RETURN_WELL,
    PHRASE_EARLY,
    PHRASE_OTHER_HOLDS,
    PHRASE_TASK_WELL, /* {0} s, {1} what it takes, {2} steps, {3} touches, {4} torn, {5} forces */
    PHRASE_TASK_UNCLEAN,
    PHRASE_TASK_UNDONE,
    PHRASE_TASK_SHORT,
    PHRASE_TASK_SHORT_UNCLEAN,
    PHRASE_TASK_OF_OTHERS,
    PHRASE_DIED,
    PHRASE_GIVEN_UP,
    PHRASE_NOT_FOLLOWED_SINCE,
    PHRASE_BROKEN,
    PHRASE_REPORT_UNWRITTEN,
    PHRASE_FROM_STATUS, /* under a table's heading as well */
    PHRASE_TRACE_HOLES,
    PHRASE_LOGS_UNWRITTEN,
    PHRASE_NO_CART_REPORT,
    PHRASE_NO_CONSOLE_REPORT,
    PHRASE_ALL_WELL,
    PHRASE_JUDGED_WELL,
    PHRASE_NOT_WELL,

    PHRASE_TRY_WINDOWS, /* what to do at a trial, a line each */
    PHRASE_TRY_ENABLE,
    PHRASE_TRY_FOLLOW,
    PHRASE_TRY_END,
    PHRASES
};

/* UTF-8, a constant, its places unfilled. */
const char *phrase_of(enum phrase phrase, enum words_language language);

/* The phrase with `texts[n]` at `{n}`; what has no room is cut. */
void phrase_fill(char out[static PHRASE_BYTES], enum phrase phrase, enum words_language language,
                 const char *const texts[static PHRASE_PLACES]);

struct figure_text {
    char text[FIGURE_BYTES];
};

/* A number as people of that language write it; "-" when it was not measured. */
struct figure_text figure_text(double figure, int digits, enum words_language language);

#endif
