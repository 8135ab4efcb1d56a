/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor: whether the arm may follow, and what happens when it may not any more.
 *
 * One function of state, event and failing gates, the same in the cart, in the simulation and in a
 * rehearsal. What the figures are behind a gate is gates.h; when it is called is motion/follow.h and
 * station/cart.h. Words after CRTK (crtk_msgs OperatingState 5fa848c): each state is of one of its four.
 *
 * Reactions are ordered by severity, the severest wins, and each says what clears it (docs/supervisor.md
 * has the whole table, which is checked against this function):
 *   warn, scale down   passes with its cause
 *   hold               the arm stands under power; only the surgeon's own foot, lifted after the cause
 *                      was over, and then a fresh clutch-in, end it (hazard H-03)
 *   safe stop          brakes; instruments can be withdrawn; the bedside resets, then enables
 *   power off          no power; the bedside releases the button, then enables
 *
 * Pure: no clock, heap or thread; one owner. */
#ifndef SUPERVISOR_SUPERVISOR_H
#define SUPERVISOR_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include "supervisor/cause.h"

enum supervisor_state {
    SUPERVISOR_OFF,      /* no power; CRTK: DISABLED */
    SUPERVISOR_DISABLED, /* power, brakes: the bedside has not enabled it; CRTK: DISABLED */
    SUPERVISOR_READY,    /* at rest, as people chose, or the hands move the camera; CRTK: ENABLED */
    SUPERVISOR_FOLLOWING, /* moves by the gestures of the lease's owner; CRTK: ENABLED */
    SUPERVISOR_HELD,      /* a fault, latched, or the instruments are out; CRTK: PAUSED */
    SUPERVISOR_UNDOCKING, /* withdraws by the bedside's order, by nobody's gestures; CRTK: PAUSED */
    SUPERVISOR_STOPPED,   /* safe stop, latched; CRTK: FAULT */
    SUPERVISOR_DOCKING,   /* brings the instruments in again, likewise; CRTK: PAUSED */
    SUPERVISOR_STATES
};

/* "following". */
const char *supervisor_state_word(enum supervisor_state state);

enum supervisor_event {
    SUPERVISOR_TICK,         /* a millisecond has passed */
    SUPERVISOR_LIFT,         /* the owner's gesture: a person has the foot off the pedal */
    SUPERVISOR_LIFT_UNASKED, /* the foot is up and no person lifted it */
    SUPERVISOR_FREEZE,       /* the console has frozen the hands */
    SUPERVISOR_ENGAGE,       /* the foot is down, under a newer clutch number */
    SUPERVISOR_FOLLOW,       /* the foot is down, under the clutch number known */
    SUPERVISOR_CAMERA,       /* the camera's pedal is down, under a newer clutch number */
    SUPERVISOR_LEASE,        /* the lease changed hands */
    SUPERVISOR_ENABLE,       /* the bedside: may follow from now on */
    SUPERVISOR_DISABLE,      /* the bedside: may not any more */
    SUPERVISOR_STOP,         /* the bedside: safe stop */
    SUPERVISOR_RESET,        /* the bedside: what stopped it has been looked at */
    SUPERVISOR_UNDOCK,       /* the bedside: withdraw the instruments, in an emergency */
    SUPERVISOR_UNDOCKED,     /* the instruments are withdrawn */
    SUPERVISOR_DOCK,   /* the bedside: bring them in again; of an arm enabled that follows nobody */
    SUPERVISOR_DOCKED, /* they are in: the bedside looks, and enables */
    SUPERVISOR_ESTOP,  /* the emergency stop is pressed */
    SUPERVISOR_ESTOP_RELEASE, /* and pulled out again */
    SUPERVISOR_EVENTS
};

/* "engage". */
const char *supervisor_event_word(enum supervisor_event event);

/* Whether people cause it, at the bedside or at the console. */
bool supervisor_event_is_by_people(enum supervisor_event event);

/* What is measured or known anew at each event; a set bit is a gate that FAILS. Not measured fails. In
 * order of what is told when several fail at once. */
enum supervisor_gate {
    GATE_POWER,         /* the motors have no fault */
    GATE_ARM,           /* the arm says where it is, and takes its set-points */
    GATE_TRACKING,      /* it is where it was sent, instruments and endoscope */
    GATE_BEDSIDE,       /* the bedside panel is heard */
    GATE_LEASE,         /* somebody has the lease */
    GATE_SESSION,       /* its owner is connected */
    GATE_LOOP,          /* the control loop runs */
    GATE_CLOCK,         /* the age of gestures is measured */
    GATE_AGE,           /* the gesture is young */
    GATE_SILENCE,       /* gestures come */
    GATE_STEP,          /* the hands did not leap */
    GATE_LINE,          /* the lines have room for pictures (station/picture_line.h) */
    GATE_PICTURE,       /* what the surgeon sees is young, by our own clock */
    GATE_PRESENCE,      /* somebody is at the hands */
    GATE_FORCE,         /* the force at the tips is below its limit */
    GATE_FORCE_NEAR,    /* and below the lesser one that slows the tips */
    GATE_TRACKING_NEAR, /* likewise the error of tracking */
    GATE_WORKSPACE,     /* no limit of joints or fixtures keeps a tip from its goal */
    GATE_DELAY,         /* hand to eye is within the profile's amber band */
    GATES
};

#define GATE_BIT(gate) (UINT32_C(1) << (gate))

enum reaction {
    REACTION_NONE,
    REACTION_WARN, /* told to everybody */
    REACTION_SCALE_DOWN, /* and the tips' speed limit is lowered (motion/follow.h); the scale from hand to tip is
                            nobody's but the surgeon's */
    REACTION_HOLD,
    REACTION_SAFE_STOP,
    REACTION_POWER_OFF,
    REACTIONS
};

const char *reaction_word(enum reaction reaction);

/* What a gate is called ("gesture-age"), what failing at it does, and the cause that is told. */
struct supervisor_gate_row {
    const char *word;
    enum reaction reaction;
    enum hold_cause cause;
    bool minds_rest; /* failing at it latches a hold also while the pedal is up */
};

extern const struct supervisor_gate_row supervisor_gates[GATES];

/* All gates that keep the arm from following. */
uint32_t supervisor_blocking_gates(void);

struct supervisor {
    enum supervisor_state state;
    enum hold_cause cause; /* HOLD_NONE: it follows */
    bool armed;            /* a clutch-in may begin the following: a foot was lifted since */
    bool estop;            /* the emergency stop is down */
    bool
        is_out; /* the instruments began to go out and were not docked since: nothing follows (H-70) */
};

/* Off: the bedside has yet to enable it. */
void supervisor_init(struct supervisor *supervisor);

/* Takes `event` with the set of gates that fail now. What it reacts with is the greatest of what the
 * failing gates ask for and what the state itself is: HELD is a hold, STOPPED a safe stop, OFF no power. */
enum reaction supervisor_step(struct supervisor *supervisor, enum supervisor_event event,
                              uint32_t failing);

/* Who ends the state, and how: of state and cause alone, so whoever is told these knows it as well. */
enum clearing supervisor_clears(const struct supervisor *supervisor);

/* What the robot's motors get: nothing in OFF, brakes in STOPPED and DISABLED, else power. */
enum supervisor_power { SUPERVISOR_NO_POWER, SUPERVISOR_BRAKED, SUPERVISOR_POWERED };

enum supervisor_power supervisor_power(const struct supervisor *supervisor);

static inline bool supervisor_follows(const struct supervisor *supervisor)
{
    return supervisor->state == SUPERVISOR_FOLLOWING;
}

/* Whether the hands move the camera while the instruments rest: under the same gates as following (hazard H-57). */
static inline bool supervisor_leads_camera(const struct supervisor *supervisor)
{
    return supervisor->state == SUPERVISOR_READY && supervisor->cause == HOLD_CAMERA;
}

#endif
