/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words a surgeon sees, in English, French and Arabic. A new language is a column here and in
 * what stands on this; tests hold that no word is missing. Logs, traces and JSON stay English: they
 * are for tools. */
#ifndef SCREEN_WORDS_H
#define SCREEN_WORDS_H

#include <stddef.h>

#include "motion/arm_state.h"
#include "motion/err.h"
#include "station/camera_watch.h"

enum words_language { WORDS_ENGLISH, WORDS_FRENCH, WORDS_ARABIC, WORDS_LANGUAGES };

enum word {
    WORD_COLON, /* with its spaces, as the language writes it */
    WORD_COMMA,
    WORD_SEMICOLON,
    WORD_MS, /* units */
    WORD_SECONDS,
    WORD_MM,
    WORD_LINES,
    WORD_LINE,
    WORD_STATE,
    WORD_DELAY,
    WORD_LOSS,
    WORD_JITTER,
    WORD_RATE,
    WORD_LINE_UNUSED,
    WORD_LINE_FRESH,
    WORD_LINE_GOOD,
    WORD_LINE_SUSPECT,
    WORD_LINE_LOST,
    WORD_UNSENT, /* datagrams that a machine itself would not send */
    WORD_INSTRUMENT,
    WORD_TIP,       /* of an instrument */
    WORD_TRAVELLED, /* by it */
    WORD_HANDS,
    WORD_FOLLOWS,
    WORD_HOLDS_STILL,
    WORD_MEDIAN,
    WORD_99_BELOW,
    WORD_MOST,
    WORD_INPUT_REFUSED,
    WORD_GESTURE_AGE,
    WORD_APPLIED,
    WORD_LATE,
    WORD_REFUSED,
    WORD_PICTURE,
    WORD_PICTURE_AGE,
    WORD_PICTURE_AGE_AT_MOST, /* the clock's bound included: what the hands are frozen by */
    WORD_HAND_TO_EYE,
    WORD_WHOLE,
    WORD_REPAIRED,
    WORD_LOST,
    WORD_DAMAGED,
    WORD_A_SECOND,
    WORD_CLOCK,
    WORD_OFFSET,
    WORD_HOLDS,
    WORD_LONGEST,
    WORD_EVENTS,
    WORD_NOT_MEASURED,
    WORD_NOT_CERTIFIED,
    WORD_CAMERA,
    WORD_CAMERA_CUT_SHORT,
    WORD_CAMERA_DAMAGED,
    WORD_CAMERA_SLOW,
    WORD_CAMERA_FROZEN,
    WORD_CAMERA_SILENT,
    WORD_CAMERA_ENDED,
    WORD_CAMERA_BACK,
    WORD_UNREADABLE, /* places in what a camera gives */
    WORD_SILENCES,
    WORD_ENDED,
    WORD_DIED, /* and the signal's number */
    WORD_STARTED_AGAIN,
    WORD_GIVEN_UP,
    WORD_NUMBERED,
    WORD_MET,
    WORD_PARTED,
    WORD_CLUTCH_IN,
    WORD_PICTURE_OLD,
    WORD_PHASE_WEATHER,
    WORD_PHASE_FIRST_CUT,
    WORD_PHASE_ALL_CUT,
    WORD_PHASE_RETURN,
    WORD_PHASE_END,
    WORD_HOLD_START,
    WORD_HOLD_RELEASED,
    WORD_HOLD_FROZEN,
    WORD_HOLD_AGE,
    WORD_HOLD_SILENCE,
    WORD_HOLD_CLOCK,
    WORD_HOLD_STEP,
    WORD_HOLD_SESSION,
    WORD_HOLD_LEASE,
    WORD_HOLD_BEDSIDE,
    WORD_HOLD_PRESENCE,
    WORD_HOLD_PICTURE,
    WORD_HOLD_LOOP,
    WORD_HOLD_FORCE,
    WORD_HOLD_TRACKING,
    WORD_HOLD_ARM,
    WORD_HOLD_DISABLED,
    WORD_HOLD_STOPPED,
    WORD_HOLD_UNDOCK,
    WORD_HOLD_UNDOCKED,
    WORD_HOLD_ESTOP,
    WORD_HOLD_POWER,
    WORD_HOLD_DOCK,
    WORD_HOLD_CAMERA,
    WORD_HOLD_LINE,
    WORDS
};

/* UTF-8, a constant. */
const char *words_of(enum word word, enum words_language language);

/* Why the arm holds; WORD_FOLLOWS for HOLD_NONE, WORD_NOT_MEASURED for none that we know. */
enum word words_of_hold(enum hold_cause cause);

/* Why a sample of the hands was refused. */
const char *words_of_refusal(enum motion_err err, enum words_language language);

/* How the camera is; WORD_CAMERA_BACK for CAMERA_WELL, WORD_NOT_MEASURED for none that we know. */
enum word words_of_camera(enum camera_state state);

/* What an event of a program's log means for the people in the room; NULL for one that is not known. `event`:
 * its name, `len` bytes of it. */
const char *words_of_event(const char *event, size_t len, enum words_language language);

/* Turns the decimal points between digits of `text` into the commas of French and of Moroccan Arabic;
 * English keeps them. */
void words_write_decimals(char *text, enum words_language language);

/* The language that a locale names: "fr", "fr_MA.UTF-8"; English for any other, and for NULL. */
enum words_language words_language_of(const char *locale);

/* `option`, or what LC_ALL, LC_MESSAGES or LANG say when it is NULL. Main thread, at start. */
enum words_language words_language_chosen(const char *option);

#endif
