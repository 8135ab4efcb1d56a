/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why the arm keeps still: one list for the supervisor, the wire and the screens.
 *
 * The numbers are on the wire (docs/protocol.md, "Arm state"): a new one is added at the end.
 * Pure values: no memory kept, any thread. */
#ifndef SUPERVISOR_CAUSE_H
#define SUPERVISOR_CAUSE_H

#include <stdbool.h>

/* Up to HOLD_FORCE, and of HOLD_CAMERA and HOLD_LINE, a fresh clutch-in of the surgeon ends it, once what caused it is
 * over. The rest are the bedside's to clear (docs/supervisor.md). */
enum hold_cause {
    HOLD_NONE,  /* it follows */
    HOLD_START, /* never engaged since the bedside enabled it, or since the lease changed hands */
    HOLD_RELEASED, /* the surgeon's foot is off the pedal */
    HOLD_FROZEN,   /* the console froze the hands: enum frozen_by says why */
    HOLD_AGE,      /* a gesture was older than the gate */
    HOLD_SILENCE,  /* no gesture for longer than the gate */
    HOLD_CLOCK,    /* the age of a gesture was not measured */
    HOLD_STEP,     /* the hands leapt */
    HOLD_SESSION,  /* the session with the owner of the lease is lost */
    HOLD_LEASE,    /* the lease changed hands, or nobody has it */
    HOLD_BEDSIDE,  /* the bedside panel is silent */
    HOLD_PRESENCE, /* nobody is at the console's hands */
    HOLD_PICTURE,  /* the picture that the surgeon sees is too old, judged here */
    HOLD_LOOP,     /* the control loop stood still */
    HOLD_FORCE,    /* more force at a tip than allowed */
    HOLD_TRACKING, /* the arm is not where it was sent */
    HOLD_ARM,      /* the arm does not say where it is, or refuses its set-points */
    HOLD_DISABLED, /* the bedside has not enabled the arm */
    HOLD_STOPPED,  /* the bedside stopped it */
    HOLD_UNDOCK,   /* instruments withdraw in an emergency */
    HOLD_ESTOP,    /* the emergency stop was pressed */
    HOLD_POWER,    /* the motors have a fault */
    HOLD_DOCK,     /* instruments are brought in again */
    HOLD_CAMERA,   /* a rest: the surgeon's hands move the camera */
    HOLD_LINE,     /* the lines to the surgeon have no room for pictures */
    HOLD_UNDOCKED, /* the instruments have withdrawn: they are out, until they are docked */
    HOLD_CAUSES
};

/* Why a console froze its surgeon's hands, HOLD_FROZEN, as its pulse says; the numbers are on the wire
 * (station/pulse.h). */
enum frozen_by {
    FROZEN_BY_UNKNOWN, /* they are not frozen, or nobody has told why */
    FROZEN_BY_PICTURE, /* the picture there is too old, damaged or not there */
    FROZEN_BY_WINDOW,  /* its window lost the keyboard or stood still, or awaits a first press */
    FROZEN_BY_DEVICE,  /* a device that held them was unplugged */
    FROZEN_BY_INPUT,   /* what their device gave was refused, or it is silent */
    FROZEN_BYS
};

/* In one word, for lines that programs read: "picture"; "-" for FROZEN_BY_UNKNOWN. */
const char *frozen_by_word(enum frozen_by by);

/* The number of a hold in a log of them (motion/hold_log.h): the cause, or from HOLD_CAUSES on HOLD_FROZEN with why;
 * below HOLD_CODES. */
enum { HOLD_CODES = HOLD_CAUSES + FROZEN_BYS };
unsigned hold_code(enum hold_cause cause, enum frozen_by by);

/* In words: hold_cause_text's, or "hands frozen: device unplugged". */
const char *hold_code_text(unsigned code);

/* The cause in words for logs and screens: "gesture too old". */
const char *hold_cause_text(enum hold_cause cause);

/* In one word, for lines that programs read: "age"; "none" for HOLD_NONE. */
const char *hold_cause_word(enum hold_cause cause);

/* Who ends it, and how. */
enum clearing {
    CLEARING_NONE,        /* it follows: nothing is to be ended */
    CLEARING_CLUTCH_IN,   /* the surgeon: foot up, then a clutch-in; */
    CLEARING_PICTURE,     /* once the picture is young; */
    CLEARING_LINE,        /* once a better line carries pictures; */
    CLEARING_AFTER,       /* once the cause is over; */
    CLEARING_CAMERA,      /* likewise, by the camera's pedal */
    CLEARING_ENABLE,      /* the bedside: enable */
    CLEARING_RESET,       /* the bedside: reset, once the cause is over, then enable */
    CLEARING_BUTTON,      /* the bedside: button out, then enable */
    CLEARING_FAULT,       /* the bedside: enable, once the fault is gone */
    CLEARING_DOCKED,      /* the bedside: enable, once the instruments are in */
    CLEARING_RESET_DOCK,  /* the bedside: reset, once the cause is over, enable, then dock; */
    CLEARING_ENABLE_DOCK, /* that is reset: enable, then dock; */
    CLEARING_DOCK,        /* and enabled: dock */
    CLEARINGS
};

/* In words for pages and logs: "the bedside: enable"; "" for CLEARING_NONE. */
const char *clearing_text(enum clearing clearing);

/* In one word, for lines that programs read: "bedside:enable"; "nobody:nothing" for CLEARING_NONE. */
const char *clearing_word(enum clearing clearing);

/* What ends a hold by that cause. What has stopped docking or undocking on its way is the bedside's to clear, whatever
 * it was: supervisor_clears. */
enum clearing hold_cause_clears(enum hold_cause cause);

/* A rest that people chose; a fault on top of it is news, a fault on top of a fault is not. */
bool hold_cause_is_rest(enum hold_cause cause);

#endif
